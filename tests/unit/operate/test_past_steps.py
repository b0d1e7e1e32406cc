"""Steps of a page's history are put together again from texts and a snapshot, or are said to be unknown."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.operate.notices_diff import differences
from infra.operate.past_steps import Step, Unclear, Unknown, steps_of, value_from
from infra.operate.what_if_plan import Told
from processor.changes import changes
from steward.pages import Person
from steward.snapshots import Departure, Snapshot
from steward.values import same, shown

ANN, BEN = Person("a" * 36, "Ann", "person"), Person("b" * 36, "Lee, Ben", "person")
OPEN, DONE = {"id": "1", "name": "Open"}, {"id": "2", "name": "Done"}
NOW = Snapshot(
    "page",
    3,
    None,
    False,
    "tasks",
    "Menu",
    "https://x",
    (BEN,),
    {"status": DONE, "priority": {"id": "9", "name": "High"}},
)
TYPES = {"tasks": {"status": "status", "priority": "select", "due": "date", "assignee": "people"}}

pytestmark = pytest.mark.req("O4")


def row(before: Snapshot | None, after: Snapshot | None, event_id: str = "e", **more: Any) -> dict[str, Any]:
    was, became = changes(before, after)
    finished = datetime(2026, 11, 21, 12, 0, tzinfo=UTC).isoformat()
    event = {"pk": f"EVENT#{event_id}", "type": "page.properties_updated", "finished_at": finished}
    return {**event, "before": was, "after": became, **more}


def same_in_what_is_watched(one: Snapshot, other: Snapshot) -> bool:
    return changes(one, other) == ({}, {})


def test_a_history_is_walked_back_from_what_is_remembered_now() -> None:
    second = replace(NOW, assignees=(ANN, BEN), values={**NOW.values, "status": OPEN})
    first = replace(second, assignees=(), title="Old")

    newest, oldest = steps_of([row(second, NOW, "2"), row(first, second, "1")], NOW, TYPES)

    assert isinstance(newest, Step)
    assert isinstance(oldest, Step)
    assert newest.before is not None
    assert oldest.before is not None
    assert [s.event_id for s in (newest, oldest)] == ["2", "1"]
    assert shown(newest.before.values["status"]) == "Open"
    assert newest.before.assignees == second.assignees
    assert same_in_what_is_watched(newest.after, NOW)
    assert same_in_what_is_watched(oldest.after, newest.before)
    assert (oldest.before.title, oldest.before.assignees) == ("Old", ())


@pytest.mark.parametrize(
    ("more", "news"),
    [
        ({"type": "page.created"}, True),
        ({"effects": [{"rule": "Tasks/assignment"}]}, True),
        ({}, None),
    ],
)
def test_at_first_sight_the_journal_may_not_say_what_was_news(
    more: dict[str, Any], news: bool | None
) -> None:
    (step,) = steps_of([row(None, NOW, **more)], NOW, TYPES)
    assert isinstance(step, Step)
    assert step.before is None
    assert step.assignment_news is news


def test_a_page_that_went_left_by_the_trash_or_was_not_found() -> None:
    gone = NOW.tombstone(None, Departure.MISSING)
    (step,) = steps_of([row(NOW, gone, why="the page is in the trash")], gone, TYPES)
    assert isinstance(step, Step)
    assert step.after.departure is Departure.TRASHED
    assert step.before is not None
    assert not step.before.gone


def test_what_comes_before_an_unclear_step_is_unknown_too() -> None:
    moved = row(replace(NOW, source_id="elsewhere"), NOW, "2")
    older = row(replace(NOW, title="Old"), NOW, "1")
    found = list(steps_of([moved, older], NOW, TYPES))
    assert [type(f) for f in found] == [Unknown, Unknown]
    odd = row(
        replace(NOW, values={**NOW.values, "odd": "x"}), replace(NOW, values={**NOW.values, "odd": "y"})
    )
    (one,) = steps_of([odd], NOW, TYPES)
    assert isinstance(one, Unknown)
    assert "'odd'" in one.why


def test_an_event_that_changed_nothing_is_no_step() -> None:
    assert list(steps_of([row(NOW, NOW)], NOW, TYPES)) == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("status", OPEN),
        ("multi_select", [{"id": None, "name": "a"}, {"id": None, "name": "b"}]),
        ("date", {"start": "2026-11-21", "end": "2026-11-22"}),
        ("date", {"start": "2026-11-21", "end": None}),
        ("relation", ["p1", "p2"]),
        ("checkbox", True),
        ("checkbox", False),
        ("number", 4.5),
        ("rich_text", "4.5"),
        ("select", None),
    ],
)
def test_a_value_is_had_again_from_its_text(kind: str, value: Any) -> None:
    assert same(value_from(shown(value), kind, value), value)


def test_what_is_no_number_is_unclear() -> None:
    with pytest.raises(Unclear):
        value_from("four", "number", 4)


def told(text: str = "x", rule: str = "Tasks/status", channel: str = "#tasks", person: str = "") -> Told:
    return Told("e1", "Menu", rule, "slack.message", person, channel, text)


def test_two_files_differ_in_what_is_added_removed_and_changed() -> None:
    diff = differences(
        [told(), told(rule="Tasks/old", person="Ann"), told(rule="Tasks/moved")],
        [told(), told(rule="Tasks/new", person="Ben"), told(rule="Tasks/moved", channel="#urgent")],
    )
    assert (diff.same, diff.any) == (1, True)
    assert [t.rule for t in (*diff.added, *diff.removed)] == ["Tasks/new", "Tasks/old"]
    assert [(now.channel, new.channel) for now, new in diff.changed] == [("#tasks", "#urgent")]
    assert diff.document()["by_person"] == {
        "(a channel)": {"changed": 1},
        "Ann": {"removed": 1},
        "Ben": {"added": 1},
    }


def test_the_same_notice_twice_is_counted_twice() -> None:
    diff = differences([told()], [told(), told()])
    assert (diff.same, len(diff.added)) == (1, 1)
    assert not differences([told()], [told()]).any
