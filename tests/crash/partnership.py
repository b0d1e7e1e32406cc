"""The second workspace on the stage: an order that the run's first task is kept in step with."""

from infra.local.simulators.notion import faults
from infra.local.simulators.notion.demo import STATUS_ID
from tests.crash.world import Stage
from tests.integration.partner import ORDERS, RULES, STATE_ID

ENVIRON = {"RULES_FILE": str(RULES)}


def a_linked_pair(stage: Stage) -> None:
    """Task and order are in step, linked and known."""
    order = stage.partner.add_page(ORDERS, {"Name": "An order", "State": "Open"})
    values = {"Status": "Not started", "Order": stage.partner.page(order)["url"]}
    stage.notion.edit(stage.page_id, properties=values, silent=True)
    stage.elsewhere["order"] = order

    def seen() -> list[str]:
        state = stage.partner.page(order)["properties"]["State"]["status"]["name"]
        status = stage.notion.page(stage.page_id)["properties"]["Status"]["status"]["name"]
        return [f"order {state}", f"task {status}"]

    stage.seen_elsewhere = seen
    stage.deliver(type="page.created")
    _deliver_of_the_order(stage, type="page.created")
    stage.work()
    stage.wait(60)


def the_task_is_done(stage: Stage) -> None:
    """Somebody here changes the task."""
    stage.notion.edit(stage.page_id, properties={"Status": "Done"}, silent=True)
    parent = {"id": "d", "type": "database", "data_source_id": stage.source_id}
    stage.deliver(data={"parent": parent, "updated_properties": [STATUS_ID]})


def the_order_is_shipped(stage: Stage) -> None:
    """Somebody there changes the order."""
    stage.partner.edit(stage.elsewhere["order"], properties={"State": "Shipped"}, silent=True)
    _deliver_of_the_order(stage)


def the_order_is_shipped_while_its_workspace_is_away(stage: Stage) -> None:
    """The event waits beside the lane, and is given back by a tick."""
    stage.partner.add_fault(faults.answer(503), match={"path": stage.elsewhere["order"]}, times=3)
    the_order_is_shipped(stage)
    stage.work()
    stage.minute()
    stage.minute()


def both_are_changed(stage: Stage) -> None:
    """Within a minute; the order's change is the newer one, and is told of first."""
    stage.notion.edit(stage.page_id, properties={"Status": "In progress"}, silent=True)
    at = stage.now()
    stage.wait(20)
    the_order_is_shipped(stage)
    parent = {"id": "d", "type": "database", "data_source_id": stage.source_id}
    stage.deliver(timestamp=at, data={"parent": parent, "updated_properties": [STATUS_ID]})


def _deliver_of_the_order(stage: Stage, **changes: str) -> None:
    parent = {"id": "d", "type": "database", "data_source_id": ORDERS}
    stage.deliver_of(
        stage.elsewhere["order"], data={"parent": parent, "updated_properties": [STATE_ID]}, **changes
    )
