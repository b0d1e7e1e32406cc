"""A line of the list tells what became of an event, by whoever knows it best."""

from typing import Any

import pytest

from console.event_lines import address, line_of, matches, may_have_changed, outcome_of
from console.wish import Outcome
from steward.effects import Kind, Status
from steward.pages import Person
from steward.snapshots import Snapshot
from tests.browser.world import today

PAGE = "2f1c7c1e-0d3a-4c5b-9b0e-6a1d5e0c4b11"

pytestmark = pytest.mark.req("C3", "P8")


def effect(status: Status, number: int = 0, kind: Kind = Kind.COMMENT) -> dict[str, Any]:
    return {"id": f"f{number}", "kind": str(kind), "status": str(status)}


def row(*effects: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "pk": "EVENT#e1",
        "at": "2026-11-21T14:02:11.000+00:00#e1",
        "finished_at": "2026-11-21T14:02:11.000+00:00",
        "type": "page.properties_updated",
        "entity": PAGE,
        "decision": "observed",
        "why": "-",
        "title": "Draft the plan",
        "effects": list(effects),
        **more,
    }


def snapshot(people: tuple[Person, ...] | None, *, gone: bool = False) -> Snapshot:
    return Snapshot(PAGE, 1, today(), gone, "s", "Known title", "", people)


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (row(), Outcome.QUIET),
        (row(decision="covered"), Outcome.QUIET),
        (row(effect(Status.CANCELLED), effect(Status.LAPSED, 1)), Outcome.QUIET),
        (row(effect(Status.DONE)), Outcome.DONE),
        (row(effect(Status.DONE), effect(Status.CANCELLED, 1)), Outcome.DONE),
        (row(effect(Status.DONE), effect(Status.PLANNED, 1)), Outcome.WAITING),
        (row(effect(Status.FOLDED)), Outcome.WAITING),
        (row(effect(Status.STARTED), effect(Status.FAILED, 1)), Outcome.FAILED),
        (row(effect(Status.SKIPPED)), Outcome.FAILED),
        (row(decision="parked"), Outcome.PARKED),
    ],
)
def test_an_outcome_is_the_worst_of_what_it_led_to(found: dict[str, Any], outcome: Outcome) -> None:
    assert outcome_of(found, {}) is outcome


def test_what_ended_later_counts_as_it_ended() -> None:
    waiting = row(effect(Status.PLANNED))

    assert may_have_changed(waiting)
    assert outcome_of(waiting, {"f0": effect(Status.DONE)}) is Outcome.DONE
    assert outcome_of(row(), {"f7": effect(Status.FAILED, 7)}) is Outcome.FAILED
    assert not may_have_changed(row(effect(Status.DONE), effect(Status.CANCELLED, 1)))


def test_a_line_says_whose_the_page_is_now_and_counts_what_was_done() -> None:
    made = (
        effect(Status.DONE),
        effect(Status.DONE, 1),
        effect(Status.FAILED, 2, Kind.MESSAGE),
        effect(Status.DONE, 3, Kind.ROW),
    )
    people = (Person("u1", "Ann", "person"), Person("u2", None, "person"))

    line = line_of(row(*made), {}, snapshot(people))

    assert line.assignees == ("Ann", "somebody unnamed")
    assert line.effects == (("2 comments", "done"), ("Slack message", "failed"), ("row", "done"))
    assert line.title == "Draft the plan"
    assert line.address == f"https://www.notion.so/{PAGE.replace('-', '')}"


@pytest.mark.parametrize(
    ("known", "assignees"),
    [
        (None, None),
        (snapshot(None), None),
        (snapshot(()), ()),
        (snapshot((Person("u", "Ann", "person"),), gone=True), None),
    ],
)
def test_nobody_and_not_known_are_two_things(known: Snapshot | None, assignees: Any) -> None:
    assert line_of(row(), {}, known).assignees == assignees


def test_an_event_that_was_not_looked_at_has_the_title_that_is_known() -> None:
    untitled = row(decision="ignored", title=None)

    assert line_of(untitled, {}, snapshot(())).title == "Known title"
    assert line_of(untitled, {}, None).title is None


@pytest.mark.parametrize(
    ("type_", "entity"),
    [
        ("page.created", None),
        ("page.created", "javascript:alert(1)"),
        ("page.created", "https://evil.example/2f1c7c1e0d3a4c5b9b0e6a1d5e0c4b11"),
        ("comment.created", PAGE),
        ("file_upload.completed", PAGE),
    ],
)
def test_only_an_id_of_a_page_becomes_an_address(type_: str, entity: str | None) -> None:
    assert address(type_, entity) is None


@pytest.mark.parametrize(
    "page",
    [
        "",
        "draft",
        "THE PLAN",
        PAGE,
        PAGE.replace("-", ""),
        "2f1c7c1e",
        f"https://www.notion.so/Draft-{PAGE.replace('-', '')}",
    ],
)
def test_a_page_is_found_by_title_id_or_link(page: str) -> None:
    assert matches(row(), page)


@pytest.mark.parametrize(
    "page", ["review", "2f1", "ffff", "https://www.notion.so/x-00000000000000000000000000000000"]
)
def test_another_page_is_not(page: str) -> None:
    assert not matches(row(), page)
