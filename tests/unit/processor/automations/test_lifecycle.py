"""Pages that come, go, move and change: what a channel is told. A table of before and after."""

from typing import Any

import pytest

from processor.automations.change import Departure
from processor.automations.lifecycle import SETTLING
from steward.effects import Kind
from tests.unit.processor.automations.history import NOW, PROJECTS, TASKS, History, automation, lines, rules

ALL = 'on = ["created", "deleted", "undeleted", "moved", "locked", "unlocked"]'
ELSEWHERE = "33333333-3333-4333-8333-333333333333"


def new(options: str = ALL, projects: str = "") -> History:
    return History(rules(automation("lifecycle", options), projects))


def known(options: str = ALL, projects: str = "", **state: Any) -> History:
    made = new(options, projects)
    made.sees(**state)
    made.settled()
    made.passes(600)
    return made


@pytest.mark.req("A3")
@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([{"locked": True}], "Write in Tasks was locked."),
        ([{"locked": True}, {"locked": False}], "Write in Tasks was unlocked."),
        ([{"trash": True}], "Write in Tasks was deleted."),
        ([{"trash": True}, {}], "Write is back in Tasks."),
        ([{"title": "Write more", "status": "Done"}], None),
        ([{"locked": None}], None),
        ([{}], None),
    ],
)
def test_what_happens_to_a_page_is_told_in_a_sentence(steps: list[dict[str, Any]], told: str | None) -> None:
    made = known()
    for step in steps:
        made.settled()
        found = made.sees(**step)

    assert lines(found) == ([f"message #tasks: {told}"] if told else [])


@pytest.mark.req("A3")
@pytest.mark.parametrize("moment", ["created", "deleted", "undeleted", "moved", "locked", "unlocked"])
def test_only_what_the_rule_names_is_told(moment: str) -> None:
    made = new(f'on = ["{moment}"]', automation("lifecycle", f'on = ["{moment}"]'))
    told = []
    for step in (
        {"created": True},
        {"locked": True},
        {"locked": False},
        {"trash": True},
        {},
        {"source": PROJECTS},
    ):
        told += made.sees(**step)
        made.settled()
        made.passes(600)

    assert len(told) == (2 if moment == "moved" else 1)


@pytest.mark.req("A3")
def test_a_page_that_was_there_before_steward_is_no_news() -> None:
    made = new()

    assert made.sees(locked=True) == []
    assert History(rules(automation("lifecycle", ALL))).sees(trash=True) == []


@pytest.mark.req("A3")
def test_a_new_page_is_told_when_it_has_settled_as_what_it_became() -> None:
    made = new()
    made.sees(created=True, title="")
    made.passes(20)
    made.sees(title="Buy milk")
    made.passes(20)
    made.sees(title="Buy milk", status="Doing")

    assert lines(list(made.owed)) == ["message #tasks: New in Tasks: Buy milk"]
    assert made.owed[0].retry_at == NOW + SETTLING


@pytest.mark.req("A3")
@pytest.mark.parametrize("options", [ALL, 'on = ["deleted"]', 'on = ["created", "deleted", "undeleted"]'])
def test_a_page_that_is_created_and_deleted_at_once_says_nothing(options: str) -> None:
    made = new(options)
    made.sees(created=True)
    made.passes(30)

    made.sees(trash=True)

    assert made.owed == ()


@pytest.mark.req("A3")
def test_a_new_page_that_comes_back_before_it_was_told_is_told_as_new() -> None:
    made = new()
    made.sees(created=True)
    made.sees(trash=True)

    made.sees(title="Rewrite")

    assert lines(list(made.owed)) == ["message #tasks: New in Tasks: Rewrite"]


@pytest.mark.req("A3")
def test_a_page_that_is_deleted_after_its_creation_was_told_is_told_to_be_deleted() -> None:
    made = new()
    made.sees(created=True)
    made.settled()
    made.passes(90)

    assert lines(made.sees(trash=True)) == ["message #tasks: Write in Tasks was deleted."]


@pytest.mark.req("A3")
def test_a_page_that_comes_back_before_its_deletion_was_told_says_nothing() -> None:
    made = known()
    made.sees(trash=True)

    made.sees()

    assert made.owed == ()


@pytest.mark.req("A3")
def test_a_new_page_is_told_once_it_fits_and_not_when_it_fits_no_more() -> None:
    made = new('on = ["created"]\nwhere = { priority = ["High", "Urgent"] }')

    assert made.sees(created=True) == []
    made.passes(20)
    assert len(made.sees(priority="High")) == 1
    assert len(made.sees(priority="Urgent")) == 1
    owed = [len(made.owed)]
    made.sees(priority="Low")
    assert [*owed, len(made.owed)] == [1, 0]
    made.passes(60)
    assert made.sees(priority="High") == []


@pytest.mark.req("A3")
@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ('where = { priority = "High" }', True),
        ('where = { tags = "red" }', True),
        ('where = { assignee = "Ann" }', True),
        ('where = { assignee = "ann" }', True),
        ('where = { due = "2026-12-24" }', True),
        ('where = { title = "Write" }', True),
        ('where = { priority = "Low" }', False),
        ('where = { priority = "High", tags = "green" }', False),
        ('where = { notes = "x" }', False),
        (f'parent = ["{TASKS}"]', True),
        ('parent = ["db"]', True),
        (f'parent = ["{ELSEWHERE}", "db"]', True),
        (f'parent = ["{ELSEWHERE}"]', False),
    ],
)
@pytest.mark.parametrize("step", [{"created": True}, {"trash": True}, {"locked": True}])
def test_the_filters_hold_for_whatever_happens(filters: str, told: bool, step: dict[str, Any]) -> None:
    state: dict[str, Any] = {
        "priority": "High",
        "tags": ["red", "blue"],
        "assignee": ["ann"],
        "due": "2026-12-24",
    }
    made = new(f"{ALL}\n{filters}")
    if "created" not in step:
        made.sees(**state)
        made.passes(600)

    assert bool(made.sees(**state, **step)) == told


MOVES = automation("lifecycle", 'on = ["moved"]')


@pytest.mark.req("A3")
@pytest.mark.parametrize(
    ("tasks", "projects", "told"),
    [
        (
            'on = ["moved"]',
            MOVES,
            {
                "message #tasks: Write moved from Tasks to Projects.",
                "message #projects: Write moved from Tasks to Projects.",
            },
        ),
        ('on = ["moved"]', "", {"message #tasks: Write moved from Tasks to Projects."}),
        ('on = ["created"]', MOVES, {"message #projects: Write moved from Tasks to Projects."}),
        (
            'on = ["moved"]\nslack_channel = "#projects"',
            MOVES,
            {"message #projects: Write moved from Tasks to Projects."},
        ),
    ],
)
def test_a_move_is_told_where_the_page_left_and_where_it_came_and_once_to_a_channel_of_both(
    tasks: str, projects: str, told: set[str]
) -> None:
    found = lines(known(tasks, projects).sees(source=PROJECTS))

    assert len(found) == len(told)
    assert set(found) == told


@pytest.mark.req("A3")
def test_a_move_back_before_it_was_told_says_what_is_so_now() -> None:
    made = known('on = ["moved"]', MOVES)
    made.sees(source=PROJECTS)

    made.sees()

    assert set(lines(list(made.owed))) == {
        "message #tasks: Write moved from Projects to Tasks.",
        "message #projects: Write moved from Projects to Tasks.",
    }


@pytest.mark.req("A3")
def test_a_page_that_leaves_for_where_nobody_watches_has_moved_and_so_has_one_that_comes_from_there() -> None:
    made = known()

    gone = lines(made.loses(Departure.ELSEWHERE))
    made.settled()
    back = lines(made.sees(moved=True))

    assert gone == ["message #tasks: Write moved out of Tasks."]
    assert back == ["message #tasks: Write moved to Tasks."]


@pytest.mark.req("A3")
def test_a_page_that_was_never_seen_has_moved_when_the_event_says_so_also_when_that_comes_late() -> None:
    assert lines(new().sees(moved=True)) == ["message #tasks: Write moved to Tasks."]
    late = new()
    late.sees()
    assert lines(late.sees(moved=True)) == ["message #tasks: Write moved to Tasks."]
    assert late.sees(moved=True) == []


@pytest.mark.req("A3")
def test_a_page_that_is_not_found_any_more_is_told_to_be_gone() -> None:
    assert lines(known().loses(Departure.MISSING)) == [
        "message #tasks: Write in Tasks is gone: deleted for good, or no longer shared."
    ]


@pytest.mark.req("A3")
def test_silence_and_urgency_are_options() -> None:
    assert known(f"{ALL}\nslack = false").sees(locked=True) == []
    told = known(f'{ALL}\nurgent = true\nslack_channel = "#other"').sees(locked=True)
    assert [(e.kind, e.channel, e.urgent) for e in told] == [(Kind.MESSAGE, "#other", True)]
