"""Planning a sync: what is written where, for which change. Tables of before and after, on both sides of the link."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from processor.automations.change import Peer
from processor.plan import Context, Plan, plan_observed
from processor.relevance import News
from steward.claims import hold
from steward.effects import Kind
from steward.errors import RulesError
from steward.pages import Page, Property
from steward.rules import SyncRule, parse
from steward.snapshots import Snapshot

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TASK, ORDER = "1f2e3d4c-5b6a-4798-8877-665544332211", "2f2e3d4c-5b6a-4798-8877-665544332211"
FILE = """
[slack]
default_channel = "#team"
[[connection]]
name = "partner"
[[data_source]]
name = "Tasks"
id = "tasks"
properties = {{ status = "Status", link = "Order" }}
[[data_source.automation]]
kind = "sync"
data_source = "Orders"
link = "link"
options = {options}
[[data_source]]
name = "Orders"
id = "orders"
connection = "partner"
properties = {{ status = "State" }}
"""
MAP = '{ "To do" = "Open", "Doing" = "Packing", "Done" = "Shipped" }'
RULES = parse(FILE.format(options=MAP))
SAME_NAMES = parse(FILE.format(options="{}"))


def option(name: str | None) -> Any:
    return None if name is None else {"id": f"id of {name}", "name": name}


def snapshot(source: str, status: str | None, at: int | None = None, **more: Any) -> Snapshot:
    """A page as it is remembered; its status is that of so many seconds after noon."""
    page_id = TASK if source == "tasks" else ORDER
    values = {"status": option(status)} | ({"link": more.pop("link", ORDER)} if source == "tasks" else {})
    when = None if at is None else NOW + timedelta(seconds=at)
    return Snapshot(page_id, 1, NOW, more.pop("gone", False), source, "t", "u", None, values, status_at=when)


def page(source: str, status: str | None, link: str | None = ORDER) -> Page:
    name = "Status" if source == "tasks" else "State"
    found = [Property("s", name, "status", option(status))]
    if source == "tasks":
        found.append(Property("l", "Order", "url", link))
    page_id = TASK if source == "tasks" else ORDER
    return Page(page_id, "u", "t", False, NOW, NOW, source, None, tuple(found))


def change(
    source: str,
    before: Snapshot | None,
    now: Page,
    others: Sequence[Snapshot] = (),
    at: int = 100,
    rules: Any = RULES,
    kind: str = "status",
) -> Plan:
    """What is planned when a page of this source is seen so, by an event of so many seconds after noon."""
    mine = rules.source_named("Tasks" if source == "tasks" else "Orders")
    theirs = rules.source_named("Orders" if source == "tasks" else "Tasks")
    peer = Peer(
        rule=rules.data_source[0].of_kind(SyncRule)[0],
        rule_id="Tasks/sync",
        forward=source == "tasks",
        source=theirs,
        properties=theirs.properties.roles(),
        types={"status": kind},
        pages={other.page_id: other for other in others},
    )
    news = News(assignees=False, at=NOW + timedelta(seconds=at))
    context = Context(
        rules, mine, mine.properties.roles(), {}, news, "event", timedelta(seconds=2), NOW, peers=(peer,)
    )
    return plan_observed(before, now, NOW + timedelta(seconds=at), (), context)


def written(plan: Plan) -> list[tuple[str | None, str, Any]]:
    """The page that is written to, by which data source's connection, and what."""
    assert {e.kind for e in plan.effects} <= {Kind.WRITE}
    return [(e.other_page, e.source_id, dict(e.writes or {})) for e in plan.effects]


@pytest.mark.req("A6")
@pytest.mark.parametrize(
    ("before", "after", "there", "expected"),
    [
        ("To do", "Doing", "Open", "Packing"),
        ("To do", "Done", "Open", "Shipped"),
        ("To do", "Done", "Shipped", None),  # they say it already
        ("To do", "To do", "Open", None),
        ("To do", "Blocked", "Open", None),  # not in the map
        ("To do", None, "Open", None),
        (None, "Doing", None, "Packing"),
        ("Blocked", "Doing", "Open", "Packing"),
    ],
)
def test_a_changed_status_is_written_there_by_the_map(
    before: str | None, after: str | None, there: str | None, expected: str | None
) -> None:
    plan = change("tasks", snapshot("tasks", before), page("tasks", after), [snapshot("orders", there)])

    assert written(plan) == (
        [(ORDER, "orders", {"State": {"status": {"name": expected}}})] if expected else []
    )


@pytest.mark.req("A6")
@pytest.mark.parametrize(
    ("after", "here", "expected"),
    [("Packing", "To do", "Doing"), ("Shipped", "Done", None), ("Lost", "To do", None)],
)
def test_the_rule_works_backwards_by_the_same_map(after: str, here: str, expected: str | None) -> None:
    plan = change("orders", snapshot("orders", "Open"), page("orders", after), [snapshot("tasks", here)])

    assert written(plan) == (
        [(TASK, "tasks", {"Status": {"status": {"name": expected}}})] if expected else []
    )
    assert {e.rule for e in plan.effects} <= {"Tasks/sync"}


@pytest.mark.req("A6")
def test_without_a_map_both_sides_use_the_same_names_and_a_select_is_written_as_one() -> None:
    plan = change(
        "tasks",
        snapshot("tasks", "A"),
        page("tasks", "B"),
        [snapshot("orders", "A")],
        rules=SAME_NAMES,
        kind="select",
    )

    assert written(plan) == [(ORDER, "orders", {"State": {"select": {"name": "B"}}})]


@pytest.mark.req("A6")
def test_a_map_in_which_two_lead_to_one_is_refused_before_it_runs() -> None:
    with pytest.raises(RulesError, match="the way back has to be clear"):
        parse(FILE.format(options='{ "Doing" = "Packing", "Review" = "Packing" }'))


@pytest.mark.req("A6")
def test_a_first_sight_and_a_page_that_comes_back_change_nothing() -> None:
    other = [snapshot("orders", "Open")]

    assert written(change("tasks", None, page("tasks", "Done"), other)) == []
    assert written(change("tasks", snapshot("tasks", "To do", gone=True), page("tasks", "Done"), other)) == []


@pytest.mark.req("A6")
@pytest.mark.parametrize(
    ("link", "others", "reason"),
    [
        (None, [snapshot("orders", "Open")], "unlinked"),
        ("order 7", [snapshot("orders", "Open")], "malformed"),
        (TASK, [snapshot("orders", "Open")], "malformed"),
        (ORDER, [snapshot("orders", "Open", gone=True)], "gone"),
    ],
)
def test_what_can_not_be_carried_over_is_noted(
    link: str | None, others: Sequence[Snapshot], reason: str
) -> None:
    plan = change("tasks", snapshot("tasks", "To do", link=link), page("tasks", "Done", link), others)

    assert written(plan) == []
    assert [note.reason for note in plan.notes] == [reason]


@pytest.mark.req("A6")
@pytest.mark.parametrize(
    "task", [snapshot("tasks", "To do", link=None), snapshot("tasks", "To do", gone=True)]
)
def test_a_task_that_once_linked_to_the_order_is_not_written(task: Snapshot) -> None:
    plan = change("orders", snapshot("orders", "Open"), page("orders", "Shipped"), [task])

    assert written(plan) == []
    assert [note.reason for note in plan.notes] == ["unlinked"]


@pytest.mark.req("A6")
@pytest.mark.parametrize(
    ("task_at", "order_at", "expected"),
    [
        (10, 50, (ORDER, "State", "Packing")),  # the order's own change is the newer one
        (90, 50, (ORDER, "State", "Shipped")),  # it is not: the order is written back
    ],
)
def test_of_two_changes_that_crossed_the_newer_webhook_wins_on_whichever_side_it_is_seen_last(
    task_at: int, order_at: int, expected: tuple[str, str, str]
) -> None:
    """The task became Done and the order Packing, from Open; the order's event is worked last."""
    task = snapshot("tasks", "Done", task_at)
    plan = change("orders", snapshot("orders", "Open", 0), page("orders", "Packing"), [task], at=order_at)

    if task_at < order_at:
        assert written(plan) == [(TASK, "tasks", {"Status": {"status": {"name": "Doing"}}})]
        assert [note.reason for note in plan.notes] == ["newest"]
    else:
        assert written(plan) == [(ORDER, "orders", {"State": {"status": {"name": "Shipped"}}})]
        assert [note.reason for note in plan.notes] == ["older"]
    assert "both sides changed" in plan.notes[0].text


@pytest.mark.req("A6")
def test_at_the_same_millisecond_both_sides_name_the_same_winner() -> None:
    task, order = snapshot("tasks", "Done", 30), snapshot("orders", "Packing", 30)
    by_order = change("orders", snapshot("orders", "Open", 0), page("orders", "Packing"), [task], at=30)
    by_task = change("tasks", snapshot("tasks", "To do", 0), page("tasks", "Done"), [order], at=30)

    assert {e.other_page for e in by_order.effects} == {e.other_page for e in by_task.effects}


@pytest.mark.req("A6")
def test_a_change_made_in_step_is_later_than_what_brought_them_there_whatever_the_clocks_say() -> None:
    task = snapshot("tasks", "Doing", 500)  # carried to the order, by a webhook with a later time
    plan = change("orders", snapshot("orders", "Packing", 500), page("orders", "Shipped"), [task], at=20)

    assert written(plan) == [(TASK, "tasks", {"Status": {"status": {"name": "Done"}}})]
    assert plan.snapshot.changed_after(task)
    assert plan.notes == ()


@pytest.mark.req("A6", "P3")
def test_a_write_is_not_true_any_more_when_the_status_or_the_link_moved_on() -> None:
    plan = change("tasks", snapshot("tasks", "To do"), page("tasks", "Done"), [snapshot("orders", "Open")])
    claims = plan.effects[0].claims

    assert hold(claims, snapshot("tasks", "Done"))
    assert not hold(claims, snapshot("tasks", "Doing"))
    assert not hold(claims, snapshot("tasks", "Done", link=TASK))
