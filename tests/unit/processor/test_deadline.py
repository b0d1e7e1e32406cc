"""Who is reminded of a deadline, in which ways and words; and what was told is not planned again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from processor.automations.deadline import Occasion, ago, occasions, reminders, when
from processor.automations.people import MOST_NAMED
from processor.plan_reminders import plan_reminders
from steward.claims import hold
from steward.effects import Effect, Kind, Status
from steward.ladder import Ladder
from steward.pages import Person
from steward.rules import DeadlineRule, Rules, parse
from steward.snapshots import Snapshot
from steward.words import PageLink, Text, Words

ANN, BEN = Person("ann", "Ann", "person"), Person("ben", None, "person")
DESIGN = Person("design", "Design", "group")
LEAD = "1ead0000-0000-4000-8000-000000000001"
THURSDAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def rules(rule: str = "", source: str = "") -> Rules:
    return parse(f"""
[slack]
default_channel = "#team"
[email]
sender = "steward@example.com"
[[data_source]]
name = "Tasks"
id = "tasks"
slack_channel = "#tasks"
properties = {{ assignee = "Who", status = "Status", due = "Due", priority = "Priority" }}
{source}
[[data_source.automation]]
kind = "deadline"
{rule}
""")


def page(due: str | None = "2026-11-27", *people: Person, status: str = "Open", **more: Any) -> Snapshot:
    return Snapshot(
        "p",
        3,
        NOW - timedelta(hours=3, minutes=20),
        False,
        "tasks",
        "Write",
        "https://notion/p",
        people or (ANN,),
        {
            "due": due and {"start": due, "end": None},
            "status": {"id": status, "name": status},
            "priority": {"id": "h", "name": "High"},
        },
        **more,
    )


def occasion(file: Rules, day: date = THURSDAY, *, remembered: bool = False) -> Occasion:
    source = file.data_source[0]
    ladder = Ladder.of(source.of_kind(DeadlineRule)[0], file.calendar_for(source))
    return Occasion(file, source, ladder, day, NOW + (day - THURSDAY), remembered)


def told(snapshot: Snapshot, at: Occasion) -> list[tuple[str, Kind, str, str]]:
    """Rung and person of every draft, its kind, its channel, and what it says."""
    return [
        (r.key.split("/", 1)[1], d.kind, d.channel, said(d.words))
        for r in reminders(snapshot, at)
        for d in r.drafts
    ]


def said(words: Words) -> str:
    shown = []
    for part in words:
        match part:
            case Text(text, strong):
                shown.append(f"*{text}*" if strong else text)
            case PageLink(title):
                shown.append(f"[{title}]")
            case Person(id_):
                shown.append(f"@{id_}")
    return "".join(shown)


@pytest.mark.req("A5")
def test_an_assignee_is_told_ahead_by_comment_and_message() -> None:
    assert told(page(), occasion(rules())) == [
        ("ahead/ann", Kind.COMMENT, "", "@ann, this task is due tomorrow (Fri 27 Nov)."),
        ("ahead/ann", Kind.MESSAGE, "#tasks", "@ann: [Write] is due tomorrow (Fri 27 Nov)"),
    ]


@pytest.mark.req("A5", "A11")
@pytest.mark.parametrize(
    ("options", "people", "expected"),
    [
        ("comment = false", (ANN, BEN), {("ann", Kind.MESSAGE), ("ben", Kind.MESSAGE)}),
        ("slack = false", (ANN,), {("ann", Kind.COMMENT)}),
        (
            "slack = false\ncomment = false\ndirect = true\nemail = true",
            (ANN, BEN),
            {(who, kind) for who in ("ann", "ben") for kind in (Kind.DIRECT, Kind.EMAIL)},
        ),
        ("direct = true", (DESIGN,), {("design", Kind.COMMENT), ("design", Kind.MESSAGE)}),
        ("comment = false\nslack = false", (ANN,), set()),
    ],
)
def test_in_which_ways_is_said_by_the_rule(
    options: str, people: tuple[Person, ...], expected: set[tuple[str, Kind]]
) -> None:
    found = told(page("2026-11-27", *people), occasion(rules(options)))

    assert {(key.removeprefix("ahead/"), kind) for key, kind, _, _ in found} == expected


@pytest.mark.req("A5")
@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("2026-11-26", "ahead/ann"),
        ("2026-11-28", None),
        ("2026-11-25", "assignee/ann"),
        ("2026-11-10", "channel/"),
        (None, None),
        ("never", None),
    ],
)
def test_which_rung_depends_on_the_date(due: str | None, expected: str | None) -> None:
    keys = [key for key, *_ in told(page(due), occasion(rules()))]

    assert (keys[-1] if keys else None) == expected


@pytest.mark.req("A5")
@pytest.mark.parametrize(
    "changes",
    [
        {"gone": True},
        {"source_id": "others"},
        {"values": {**page().values, "status": {"id": "d", "name": "Done"}}},
        {"values": {**page().values, "priority": {"id": "l", "name": "Low"}}},
        {"values": {**page().values, "priority": None}},
        {"values": {"due": page().values["due"]}},
        {"assignees": None},
        {"assignees": ()},
    ],
    ids=lambda c: next(iter(c)),
)
def test_nobody_is_reminded_of_what_is_done_gone_somebody_elses_or_nobodys(changes: dict[str, Any]) -> None:
    file = rules('where = { priority = "High" }')

    assert told(page(), occasion(file))
    assert not told(replace(page(), **changes), occasion(file))


@pytest.mark.req("A5")
def test_the_lead_and_then_the_channel_are_told_whose_task_it_is() -> None:
    file = rules("overdue.slack_channel = '#late'\ndirect = true", f'lead = "{LEAD}"')
    overdue = page("2026-11-13", ANN, BEN)

    found = {key: (kind, channel, text) for key, kind, channel, text in told(overdue, occasion(file))}
    lead = [text for key, kind, _, text in told(overdue, occasion(file)) if key == f"lead/{LEAD}"]

    assert lead == [
        f"@{LEAD}, this task was due on Fri 13 Nov, 13 days ago.",
        f"@{LEAD}: [Write] was due on Fri 13 Nov, 13 days ago; assigned to @ann, @ben",
        "[Write] was due on Fri 13 Nov, 13 days ago; assigned to @ann, @ben",
    ]
    assert found["channel/"] == (
        Kind.MESSAGE,
        "#late",
        "[Write] was due on Fri 13 Nov, 13 days ago; assigned to @ann, @ben",
    )


@pytest.mark.req("A5")
def test_the_lead_and_the_channel_are_told_of_what_nobody_is_assigned_to() -> None:
    file = rules(source='lead = "lead@example.com"')
    nobodys = replace(page("2026-11-16"), assignees=())

    found = told(nobodys, occasion(file))

    assert [(key, kind) for key, kind, *_ in found] == [
        ("lead/lead@example.com", Kind.MESSAGE),  # who is known by an address alone can't be mentioned
        ("channel/", Kind.MESSAGE),
    ]
    assert all(text.endswith("; nobody is assigned") for *_, text in found)


def test_a_crowd_is_named_up_to_a_point_and_counted() -> None:
    crowd = tuple(Person(f"p{n}", None, "person") for n in range(MOST_NAMED + 3))

    channel = next(
        text for key, _, _, text in told(page("2026-11-16", *crowd), occasion(rules())) if key == "channel/"
    )

    assert channel.endswith(f", @p{MOST_NAMED - 1} and 3 more")


@pytest.mark.req("A5")
def test_while_notion_is_away_it_says_how_old_it_is_writes_nothing_there_and_looks_nobody_up() -> None:
    found = told(page("2026-11-27", ANN), occasion(rules(), remembered=True))

    assert found == [
        (
            "ahead/ann",
            Kind.MESSAGE,
            "#tasks",
            "*Ann*: [Write] is due tomorrow (Fri 27 Nov) (as of 3 h ago, because Notion can't be asked)",
        )
    ]


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("2026-11-26", "is due today (Thu 26 Nov)"),
        ("2026-11-27", "is due tomorrow (Fri 27 Nov)"),
        ("2026-11-30", "is due in 4 days (Mon 30 Nov)"),
        ("2027-01-01", "is due in 36 days (Fri 1 Jan 2027)"),
        ("2026-11-25", "was due yesterday (Wed 25 Nov)"),
        ("2026-11-23", "was due on Mon 23 Nov, 3 days ago"),
        ("2025-11-26", "was due on Wed 26 Nov 2025, 365 days ago"),
    ],
)
def test_the_words_for_a_day(due: str, expected: str) -> None:
    assert when(date.fromisoformat(due), THURSDAY) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(-5, "1 min"), (0, "1 min"), (59, "59 min"), (60, "1 h"), (47 * 60, "47 h"), (48 * 60, "2 days")],
)
def test_the_words_for_an_age(minutes: int, expected: str) -> None:
    assert ago(timedelta(minutes=minutes)) == expected


@pytest.mark.req("A5")
def test_the_runs_that_have_come_are_those_of_every_rule_whose_time_it_is() -> None:
    file = rules('name = "early"\nat = "08:00"\n[[data_source.automation]]\nkind = "deadline"\nat = "10:00"')

    assert [o.rule.name for o in occasions(file, NOW)] == ["early"]
    assert [o.rule.name for o in occasions(file, NOW + timedelta(hours=1))] == ["early", None]
    assert [o.day for o in occasions(file, NOW - timedelta(hours=1, minutes=1))] == []


def planned(snapshot: Snapshot, effects: Sequence[Effect], at: Occasion) -> tuple[Effect, ...]:
    plan = plan_reminders(
        snapshot,
        effects,
        reminders(snapshot, at),
        rule="Tasks/deadline",
        event_id="e",
        now=at.now,
        quiet=(),
    )
    return plan.effects if plan else ()


@pytest.mark.req("A5", "P3")
def test_the_same_reminder_is_planned_once_whatever_else_becomes_of_the_page() -> None:
    at = occasion(rules())
    first = planned(page(), (), at)
    renamed = replace(page(), version=9, title="Write it")
    closed = [
        replace(e, status=status) for e, status in zip(first, (Status.DONE, Status.FAILED), strict=True)
    ]

    assert len(first) == 2
    assert planned(renamed, first, at) == ()
    assert planned(renamed, closed, at) == ()
    assert planned(renamed, [replace(first[0], status=Status.SKIPPED)], at) == ()


@pytest.mark.req("A5")
@pytest.mark.parametrize(
    ("after", "again"),
    [
        (page("2026-11-26"), True),
        (page("2026-11-27T10:00:00.000+00:00"), False),
        (page("2026-11-27", ANN, BEN), True),
        (page("2026-11-27", status="Blocked"), False),
    ],
    ids=["another day", "another time of the day", "another person", "another status"],
)
def test_another_date_or_person_is_another_reminder(after: Snapshot, again: bool) -> None:
    first = planned(page(), (), occasion(rules()))

    assert bool(planned(after, first, occasion(rules()))) == again


@pytest.mark.req("A5", "P3")
def test_what_was_told_in_slack_while_notion_was_away_is_not_told_again() -> None:
    away = planned(page(), (), occasion(rules(), remembered=True))

    assert [e.kind for e in away] == [Kind.MESSAGE]
    assert planned(page(), [replace(away[0], status=Status.FOLDED)], occasion(rules())) == ()


@pytest.mark.req("A5", "P3")
@pytest.mark.parametrize(
    "moved",
    [
        page("2026-11-30"),
        page("2026-11-27", status="Done"),
        page("2026-11-27", BEN),
        replace(page(), gone=True),
        page(None),
    ],
    ids=["moved", "done", "reassigned", "gone", "no date"],
)
def test_a_reminder_that_waits_is_not_true_any_more_when_its_page_moves_on(moved: Snapshot) -> None:
    waiting = planned(page(), (), occasion(rules()))

    assert all(hold(e.claims, page()) for e in waiting)
    assert not any(hold(e.claims, moved) for e in waiting)


@pytest.mark.req("A5", "P3")
def test_a_page_that_goes_on_being_meant_goes_on_being_reminded_of() -> None:
    at = occasion(rules('where = { priority = ["High", "Urgent"], assignee = "Ann" }'))
    waiting = planned(page("2026-11-27", ANN, BEN), (), at)
    urgent = {"priority": {"id": "u", "name": "Urgent"}}
    low = {"priority": {"id": "l", "name": "Low"}}
    after = page("2026-11-27", ANN, BEN)

    assert waiting
    assert all(hold(e.claims, replace(after, values={**after.values, **urgent})) for e in waiting)
    assert not any(hold(e.claims, replace(after, values={**after.values, **low})) for e in waiting)
    assert not any(hold(e.claims, page("2026-11-27", BEN)) for e in waiting)


@pytest.mark.req("A5", "P3")
def test_a_reminder_that_was_cancelled_is_told_when_its_date_comes_back() -> None:
    at = occasion(rules())
    cancelled = [replace(e, status=Status.CANCELLED) for e in planned(page(), (), at)]

    assert [e.id for e in planned(page(), cancelled, at)] == [e.id for e in cancelled]


@pytest.mark.req("A5", "P3")
def test_a_reminder_of_an_older_date_that_still_waits_is_cancelled_by_the_next_plan() -> None:
    at = occasion(rules())
    waiting = planned(page("2026-11-26"), (), at)
    plan = plan_reminders(
        page(),
        waiting,
        reminders(page(), at),
        rule="Tasks/deadline",
        event_id="e",
        now=NOW,
        quiet=(),
    )

    assert plan is not None
    assert set(plan.obsolete) == set(waiting)


@pytest.mark.req("A5")
def test_a_crowd_is_reminded_in_several_commits_each_once() -> None:
    at = occasion(rules())
    crowd = page("2026-11-27", *(Person(f"p{n}", None, "person") for n in range(100)))
    effects: list[Effect] = []
    commits = 0
    while made := planned(crowd, effects, at):
        assert len(made) <= 98
        effects += made
        commits += 1

    assert commits == 3
    assert len({e.id for e in effects}) == 200


@pytest.mark.req("A5", "A13")
def test_messages_wait_to_be_gathered_and_comments_do_not() -> None:
    at = occasion(rules())
    quiet = NOW + timedelta(seconds=45)
    plan = plan_reminders(
        page(), (), reminders(page(), at), rule="r", event_id="e", now=NOW, quiet=(quiet, None)
    )

    assert plan is not None
    assert {e.kind: e.retry_at for e in plan.effects} == {Kind.COMMENT: NOW, Kind.MESSAGE: quiet}
