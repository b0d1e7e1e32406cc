"""A task here and an order in the partner's workspace, kept in step."""

from infra.local.demo.seed import LINKED_TASK, ORDER, ORDERS
from infra.local.demo.stage import Stage
from infra.local.demo.story import must, seen
from infra.local.simulators.notion import NotionAdmin


def play(stage: Stage) -> None:
    """Change the status on either side."""
    stage.story.chapter(f"“{LINKED_TASK}” is linked to “{ORDER}” in the partner's workspace")
    here, there, task = stage.notion, stage.partner, stage.demo.tasks[LINKED_TASK]
    order = there.add_page(ORDERS, {"Name": ORDER, "State": "Open"}, by=_dora(there))
    here.edit(task, properties={"Order": there.page(order)["url"]}, by=stage.demo.chloe)
    _both_worked_off(stage, task, order)
    before = _writes(here, task) + _writes(there, order)

    here.edit(task, properties={"Status": "In progress"}, by=stage.demo.chloe)
    stage.story.tell("edit", "here: Not started → In progress")
    seen("the order in step", lambda: _state(there, order, "State") == "Packing")
    stage.story.tell("order", "there: Open → Packing, by the partner connection's own token")
    _both_worked_off(stage, task, order)
    there.edit(order, properties={"State": "Shipped"}, by=_dora(there))
    stage.story.tell("edit", "there: Packing → Shipped")
    seen("the task in step", lambda: _state(here, task, "Status") == "Done")
    stage.story.tell("task", "here: In progress → Done")
    _both_worked_off(stage, task, order)
    writes = _writes(here, task) + _writes(there, order) - before
    must(writes == 2, f"one write on each side, but there were {writes}")
    stage.story.tell("no ping-pong", f"{writes} changes, {writes} writes")


def _both_worked_off(stage: Stage, task: str, order: str) -> None:
    stage.worked_off(task)
    stage.worked_off(order, stage.partner)


def _state(workspace: NotionAdmin, page: str, name: str) -> str:
    return str(workspace.page(page)["properties"][name]["status"]["name"])


def _writes(workspace: NotionAdmin, page: str) -> int:
    return len(workspace.requests(method="PATCH", path=page))


def _dora(partner: NotionAdmin) -> str:
    """Who works there."""
    return next(str(user["id"]) for user in partner.users() if user["name"] == "Dora")
