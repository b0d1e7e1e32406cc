"""Planning an assignment: who is told, who is not, and what is no longer true. A table of before and after."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from processor.automations.change import Departure
from processor.plan import MOST_PEOPLE, Context, Plan, plan_gone, plan_observed, plan_untold
from processor.relevance import News
from steward.effects import Effect, Kind
from steward.pages import Page, Property
from steward.rules import parse
from steward.snapshots import Snapshot

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
RULES = parse("""
[slack]
default_channel = "#team"
[[data_source]]
name = "Tasks"
id = "tasks"
properties = { assignee = "Assignee" }
[[data_source.automation]]
kind = "assignment"
""")
NEWS = News(assignees=True, at=NOW - timedelta(seconds=5))
NO_NEWS = News(assignees=False, at=NOW - timedelta(seconds=5))


def page(*ids: str, kind: str = "person", in_trash: bool = False, readable: bool = True) -> Page:
    value = [{"object": "user", "id": i, "type": kind, "name": i.title()} for i in ids]
    prop = Property("asg", "Assignee", "people" if readable else "rich_text", value)
    return Page("p", "https://notion/p", "Write", in_trash, NOW, NOW, "tasks", None, (prop,))


def context(news: News = NEWS) -> Context:
    return Context(
        RULES, RULES.data_source[0], {"assignee": "Assignee"}, {}, news, "event", timedelta(seconds=2), NOW
    )


def observe(
    previous: Snapshot | None,
    now: Page,
    news: News = NEWS,
    still_open: Sequence[Effect] = (),
    at: datetime = NOW,
) -> Plan:
    return plan_observed(previous, now, at, still_open, context(news))


def told(plan: Plan) -> set[tuple[str, Kind]]:
    return {(e.person.id, e.kind) for e in plan.effects if e.person}


def both(*ids: str) -> set[tuple[str, Kind]]:
    return {(i, kind) for i in ids for kind in (Kind.COMMENT, Kind.MESSAGE)}


def seen(*ids: str) -> Snapshot:
    return observe(None, page(*ids)).snapshot


@pytest.mark.req("A1")
@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((), ("ann",), ("ann",)),
        (("ann",), ("ann",), ()),
        (("ann",), ("ben",), ("ben",)),
        (("ann",), ("ann", "ben", "chloé"), ("ben", "chloé")),
        (("ann", "ben"), (), ()),
        (("ann", "ben"), ("ben", "ann"), ()),
    ],
)
def test_those_who_were_added_are_told_and_nobody_else(
    before: tuple[str, ...], after: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert told(observe(seen(*before), page(*after), NO_NEWS)) == both(*expected)


@pytest.mark.req("A1")
def test_a_first_sight_tells_only_when_the_event_says_that_it_is_news() -> None:
    assert told(observe(None, page("ann"), NEWS)) == both("ann")
    assert told(observe(None, page("ann"), NO_NEWS)) == set()


@pytest.mark.req("A1", "P3")
def test_a_silent_baseline_is_told_when_an_older_event_says_later_that_it_was_news() -> None:
    baseline = observe(None, page("ann", "ben"), NO_NEWS).snapshot

    observed = observe(baseline, page("ann"), NEWS)
    covered = plan_untold(baseline, (), context(NEWS))

    assert told(observed) == both("ann")
    assert told(covered) == both("ann", "ben")
    assert told(plan_untold(covered.snapshot, (), context(NEWS))) == set()


@pytest.mark.req("A1")
@pytest.mark.parametrize("at", [NOW + timedelta(seconds=30), NOW - timedelta(days=2)])
def test_news_from_another_time_says_nothing_of_the_baseline(at: datetime) -> None:
    baseline = observe(None, page("ann"), NO_NEWS).snapshot

    assert told(observe(baseline, page("ann"), News(True, at))) == set()


@pytest.mark.req("P3")
def test_back_and_forth_is_two_tellings_with_two_ids() -> None:
    first = observe(seen(), page("ann"))
    second = observe(first.snapshot, page("ben"))
    third = observe(second.snapshot, page("ann"))

    ids = [e.id for plan in (first, second, third) for e in plan.effects if e.person and e.person.id == "ann"]
    assert len(ids) == len(set(ids)) == 4


@pytest.mark.req("P3")
def test_a_pending_telling_of_somebody_who_was_removed_is_obsolete() -> None:
    first = observe(seen(), page("ann", "ben"))

    second = observe(first.snapshot, page("ben"), NO_NEWS, first.effects)

    assert {e.person.id for e in second.obsolete if e.person} == {"ann"}


def test_a_page_in_the_trash_makes_everything_pending_obsolete_and_restoring_it_tells_nobody_again() -> None:
    first = observe(seen(), page("ann"))

    trashed = observe(first.snapshot, page("ann", in_trash=True), NO_NEWS, first.effects)
    restored = observe(trashed.snapshot, page("ann"), NO_NEWS)

    assert trashed.snapshot.gone
    assert set(trashed.obsolete) == set(first.effects)
    assert told(restored) == set()
    assert not restored.snapshot.gone


def test_bots_are_not_told_and_groups_are_not_mentioned() -> None:
    group = Page(
        "p",
        "u",
        "t",
        False,
        NOW,
        NOW,
        "tasks",
        None,
        (Property("asg", "Assignee", "people", [{"object": "group", "id": "g", "name": "Design"}]),),
    )

    assert told(observe(None, page("robot", kind="bot"))) == set()
    assert {e.person.kind for e in observe(None, group).effects if e.person} == {"group"}


def test_an_unreadable_assignee_property_changes_nothing_that_is_known() -> None:
    previous = seen("ann")

    unreadable = observe(previous, page("ben", readable=False))

    assert unreadable.snapshot.assignees == previous.assignees
    assert told(unreadable) == set()
    assert told(observe(unreadable.snapshot, page("ann"))) == set()


@pytest.mark.req("P3")
@pytest.mark.parametrize("first_sight", [True, False])
def test_more_people_than_one_transaction_takes_are_told_in_several_each_once(first_sight: bool) -> None:
    crowd = page(*(f"person-{n}" for n in range(2 * MOST_PEOPLE + 3)))
    snapshot: Snapshot | None = None if first_sight else seen()
    effects: list[Effect] = []
    commits, complete = 0, False
    while not complete:
        plan = observe(snapshot, crowd)
        effects += plan.effects
        snapshot, complete, commits = plan.snapshot, plan.complete, commits + 1
        assert len(plan.effects) + len(plan.obsolete) + 1 <= 100

    assert commits == 3
    assert len({e.person for e in effects}) == 2 * MOST_PEOPLE + 3
    assert len(effects) == 2 * (2 * MOST_PEOPLE + 3)


def test_a_crowd_that_was_kept_silent_about_is_told_in_several_commits_each_once() -> None:
    snapshot = observe(None, page(*(f"person-{n}" for n in range(MOST_PEOPLE + 5))), NO_NEWS).snapshot

    first = plan_untold(snapshot, (), context())
    second = plan_untold(first.snapshot, (), context())

    assert (first.complete, second.complete) == (False, True)
    assert len({e.person for e in (*first.effects, *second.effects)}) == MOST_PEOPLE + 5


def test_versions_count_up_and_are_part_of_the_id() -> None:
    snapshot = seen("ann")

    gone = plan_gone(snapshot, snapshot, None, Departure.MISSING, (), context())

    assert gone.snapshot.version == snapshot.version + 1
    assert replace(snapshot, version=9).version == 9
