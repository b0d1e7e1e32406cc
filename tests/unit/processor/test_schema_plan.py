"""What is told of a schema: a table of what people believe, what stood at the last look, and what stands now."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from processor.drafted import Plan
from processor.schema_plan import STEADY, Standing, broken_in, key_of, plan_schema
from steward.claims import hold
from steward.effects import Effect, Status
from steward.rules import parse
from steward.schema import Schema
from steward.schema_check import Break, Why
from steward.snapshots import Snapshot
from steward.words import PageLink, Text

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FILE = """
[slack]
default_channel = "#team"
[[data_source]]
name = "Tasks"
id = "tasks"
properties = {{ assignee = "Assignee", status = "Status" }}
automation = [{{ kind = "assignment" }}, {{ kind = "status" }}, {{ kind = "schema", slack_channel = "#ops"{more} }}]
"""
ROOT = ("data_source", 0)
ASSIGNEE = Break(
    "Tasks",
    ("Tasks/assignment",),
    (*ROOT, "properties", "assignee"),
    Why.MISSING,
    "gone",
    'assignee = "Owner"',
)
STATUS = Break(
    "Tasks", ("Tasks/status",), (*ROOT, "automation", 1, "to"), Why.OPTION, "no option", None, "Done"
)
UNREADABLE = Break("Tasks", ("Tasks/assignment", "Tasks/status"), (*ROOT, "id"), Why.UNREADABLE, "not shared")
UNUSED = Break("Tasks", (), (*ROOT, "properties", "due"), Why.MISSING, "gone")


def look(
    previous: Snapshot | None,
    *breaks: Break,
    waiting: Sequence[Effect] = (),
    readable: bool = True,
    more: str = "",
) -> Plan:
    rules = parse(FILE.format(more=more and f", {more}"))
    standing = Standing(breaks, readable, NOW, "https://notion/tasks", Schema(()), "mark")
    return plan_schema(previous, standing, waiting, rules, rules.data_source[0], "event", NOW)


def text(plan: Plan) -> str:
    (message,) = plan.effects
    return "".join(
        part.title if isinstance(part, PageLink) else part.text
        for part in message.words
        if isinstance(part, PageLink | Text)
    )


@pytest.mark.req("A10")
@pytest.mark.parametrize(
    ("believed", "now", "said"),
    [
        ([], [], None),
        ([], [UNUSED], None),
        (
            [],
            [ASSIGNEE],
            (
                "1 automation of Tasks breaks:\n• Tasks/assignment: gone. "
                'In the rules file write assignee = "Owner"'
            ),
        ),
        (
            [],
            [STATUS],
            (
                "1 automation of Tasks breaks:\n• Tasks/status: no option. "
                "Make it anew, or take it out of the rules file."
            ),
        ),
        ([ASSIGNEE], [ASSIGNEE], None),
        (
            [ASSIGNEE],
            [ASSIGNEE, STATUS],
            (
                "1 automation of Tasks breaks:\n• Tasks/status: no option. "
                "Make it anew, or take it out of the rules file."
                "\nStill broken, as told before: Tasks/assignment."
            ),
        ),
        ([ASSIGNEE], [], "Tasks is well again for Tasks/assignment."),
        (
            [ASSIGNEE, STATUS],
            [STATUS],
            "Tasks is well again for Tasks/assignment.\nStill broken: Tasks/status.",
        ),
        (
            [STATUS],
            [ASSIGNEE],
            (
                "1 automation of Tasks breaks:\n• Tasks/assignment: gone. "
                'In the rules file write assignee = "Owner"\nWell again: Tasks/status.'
            ),
        ),
    ],
)
def test_what_is_told_is_the_difference_to_what_was_told(
    believed: list[Break], now: list[Break], said: str | None
) -> None:
    before = look(None, *believed).snapshot

    plan = look(before, *now)

    assert (text(plan) if plan.effects else None) == said
    assert plan.snapshot.version == 2
    assert set(broken_in(plan.snapshot)) == {key_of(one) for one in now if one.rules}


@pytest.mark.req("A10")
def test_a_message_names_its_channel_and_waits_unless_it_is_urgent() -> None:
    (message,) = look(None, ASSIGNEE).effects
    assert (message.channel, message.rule, message.page_id) == ("#ops", "Tasks/schema", "tasks")
    assert message.retry_at == NOW + timedelta(minutes=1)
    (urgent,) = look(None, ASSIGNEE, more="urgent = true").effects
    assert urgent.retry_at is None
    (mended,) = look(look(None, ASSIGNEE).snapshot, more="urgent = true").effects
    assert mended.retry_at == NOW + STEADY


@pytest.mark.req("A10")
def test_quiet_hours_are_kept() -> None:
    quiet = 'quiet_hours = { from = "11:00", to = "14:00" }\n'
    rules = parse(quiet + FILE.format(more=""))
    standing = Standing((ASSIGNEE,), True, NOW, None, Schema(()), "mark")
    (message,) = plan_schema(None, standing, (), rules, rules.data_source[0], "event", NOW).effects
    assert message.retry_at == NOW + timedelta(hours=2)


@pytest.mark.req("A10")
def test_without_slack_nothing_is_told_and_everything_remembered() -> None:
    plan = look(None, ASSIGNEE, more="slack = false")
    assert plan.effects == ()
    assert broken_in(plan.snapshot)


@pytest.mark.req("A10")
def test_what_waits_is_taken_back_when_it_is_mended_before_it_was_told() -> None:
    first = look(None, ASSIGNEE)

    plan = look(first.snapshot, waiting=first.effects)

    assert (plan.effects, plan.obsolete) == ((), first.effects)
    assert not hold(first.effects[0].claims, plan.snapshot)
    assert hold(first.effects[0].claims, first.snapshot)


@pytest.mark.req("A10")
def test_what_breaks_while_a_message_waits_is_told_with_it() -> None:
    first = look(None, ASSIGNEE)

    plan = look(first.snapshot, ASSIGNEE, STATUS, waiting=first.effects)

    assert plan.obsolete == first.effects
    assert text(plan).startswith("2 automations of Tasks break:")
    assert "Still" not in text(plan)


@pytest.mark.req("A10", "P3")
@pytest.mark.parametrize("status", [Status.STARTED, Status.DONE, Status.FAILED])
def test_what_may_have_been_told_is_not_told_again(status: Status) -> None:
    first = look(None, ASSIGNEE)
    started = [] if status is not Status.STARTED else [replace(first.effects[0], status=status)]

    assert look(first.snapshot, ASSIGNEE, waiting=started).effects == ()
    (mended,) = look(first.snapshot, waiting=started).effects
    assert mended.words[0] == PageLink("Tasks", "https://notion/tasks")


@pytest.mark.req("A10")
def test_a_source_that_can_not_be_read_mends_nothing() -> None:
    before = look(None, ASSIGNEE)

    lost = look(before.snapshot, UNREADABLE, readable=False)
    back = look(lost.snapshot, ASSIGNEE)

    assert text(lost).startswith(
        "2 automations of Tasks break:\n• Tasks/assignment, Tasks/status: not shared."
    )
    assert text(back) == "Tasks is well again for Tasks/status.\nStill broken: Tasks/assignment."


@pytest.mark.req("A10")
def test_a_break_that_was_not_told_before_the_source_went_is_told_when_it_is_back() -> None:
    first = look(None, ASSIGNEE)
    lost = look(first.snapshot, UNREADABLE, readable=False, waiting=first.effects)

    back = look(lost.snapshot, ASSIGNEE)

    assert lost.obsolete == first.effects
    assert "• Tasks/assignment: gone." in text(back)


@pytest.mark.req("A10")
def test_a_break_is_the_same_wherever_its_automation_stands_in_the_file() -> None:
    moved = Break(
        "Tasks", STATUS.rules, ("data_source", 3, "automation", 7, "to"), STATUS.why, "", None, "Done"
    )
    other = Break("Tasks", STATUS.rules, STATUS.place, STATUS.why, STATUS.text, None, "Doing")
    assert key_of(STATUS) == key_of(moved)
    assert key_of(STATUS) != key_of(other)


@pytest.mark.req("A10")
def test_many_breaks_name_every_automation_and_still_are_one_message() -> None:
    many = [
        Break(
            "Tasks", (f"Tasks/status:n{n}",), (*ROOT, "automation", n, "to"), Why.OPTION, "x" * 900, "y" * 900
        )
        for n in range(9)
    ]
    said = text(look(None, *many))
    assert all(f"Tasks/status:n{n}" in said for n in range(9))
    assert len(said) < 2400
