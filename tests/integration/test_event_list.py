"""The list of events is read within bounds, and nothing falls between its pages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from console import event_list
from console.event_list import EventList
from console.wish import Outcome, Wish
from steward.closings import Closings
from steward.documents import iso
from steward.effects import Kind, Status
from steward.journal import Decision
from tests.browser.material import ANN
from tests.browser.world import World, today

MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.req("C3", "P8")


@pytest.fixture
def world() -> World:
    return World(today())


def read(world: World, wish: Wish) -> EventList:
    table: Any = world.state_table
    return event_list.read(wish, world.journal, world.closings, table, world.now, timedelta(days=90))


def all_of(world: World, wish: Wish, requests: int = 40) -> list[str]:
    """The ids of every page of the list, page by page."""
    found: list[str] = []
    for _ in range(requests):
        page = read(world, wish)
        found += [line.id for line in page.lines]
        if page.older is None:
            return found
        wish = Wish(wish.outcome, wish.page, page.older)
    raise AssertionError("the list has no end")


def quiet(world: World, number: int, ago: timedelta, title: str = "A page") -> str:
    return world.event(number, (title, "page.created", ANN, Decision.OBSERVED, "-", ()), ago)


def test_pages_of_the_list_hold_every_event_once_newest_first(world: World) -> None:
    ids = [quiet(world, number, number * 7 * MINUTE) for number in range(250)]  # over a midnight

    assert len(read(world, Wish()).lines) == event_list.SHOWN
    assert all_of(world, Wish()) == ids


def test_events_of_one_instant_do_not_fall_between_two_pages(world: World) -> None:
    ids = {quiet(world, number, MINUTE) for number in range(45)}

    found = all_of(world, Wish())

    assert set(found) == ids
    assert len(found) == 45


def test_a_filter_by_outcome_looks_after_what_was_still_owed(world: World) -> None:
    owed = ("B", "page.created", ANN, Decision.OBSERVED, "-", ((Kind.MESSAGE, Status.PLANNED),))
    failed = ("C", "page.created", ANN, Decision.OBSERVED, "-", ((Kind.MESSAGE, Status.FAILED),))
    done = ("D", "page.created", ANN, Decision.OBSERVED, "-", ((Kind.COMMENT, Status.DONE),))
    parked = ("E", "page.created", ANN, Decision.PARKED, "KeyError", ())
    ids = [world.event(n, told, n * MINUTE) for n, told in enumerate([owed, failed, done, parked])]
    last = quiet(world, 9, 9 * MINUTE)

    expected = dict(zip(("waiting", "failed", "done", "parked", "quiet"), [*ids, last], strict=True))
    assert {name: all_of(world, Wish(Outcome(name))) for name in expected} == {
        name: [id_] for name, id_ in expected.items()
    }


def test_a_page_that_one_event_in_hundreds_is_about_is_found(world: World) -> None:
    for number in range(event_list.MOST_ROWS + 50):
        quiet(world, number, number * MINUTE)
    wanted = quiet(world, 9000, 10 * MINUTE * 60 + 40 * MINUTE, "The needle")

    first = read(world, Wish(page="needle"))

    assert first.lines == ()
    assert first.older is not None, "the reading stopped at its bound, and says where"
    assert all_of(world, Wish(page="needle")) == [wanted]


def test_days_without_events_are_looked_back_a_week_at_a_time(world: World) -> None:
    wanted = quiet(world, 1, timedelta(days=30))

    first = read(world, Wish())

    assert first.lines == ()
    assert world.now - first.back_to == event_list.MOST_DAYS - MINUTE
    assert all_of(world, Wish()) == [wanted]


def test_an_empty_journal_comes_to_an_end(world: World) -> None:
    assert all_of(world, Wish()) == []


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("0001-01-01T00:00:00.000+00:00#", 0),
        ("9999-12-31T23:59:59.999999+00:00#", 1),
        ("90 days ago", 0),  # the last link of a list that was opened a moment before its end expired
    ],
)
def test_a_place_outside_what_the_journal_keeps_is_taken_for_its_end(
    world: World, place: str, shown: int
) -> None:
    quiet(world, 1, MINUTE)
    if place == "90 days ago":
        place = f"{iso(world.now - timedelta(days=90, seconds=1))}#"

    found = read(world, Wish.of({"before": place}))

    assert (len(found.lines), found.older is None) == (shown, shown == 0)


@pytest.mark.parametrize("bound", ["MOST_ROWS", "MOST_LOOKS"])
def test_what_one_request_reads_is_bounded(
    world: World, bound: str, monkeypatch: pytest.MonkeyPatch, count: Callable[[str], list[int]]
) -> None:
    monkeypatch.setattr(event_list, bound, 3)
    for number in range(30):
        told = ("B", "page.created", ANN, Decision.OBSERVED, "-", ((Kind.MESSAGE, Status.PLANNED),))
        world.event(number, told, number * MINUTE)
    looks = count("of_event")

    found = read(world, Wish(Outcome.DONE))

    assert found.older is not None
    assert len(looks) == 3
    assert all_of(world, Wish(Outcome.DONE)) == []


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[int]]:
    """Counts the calls of a method of the closings."""

    def counting(name: str) -> list[int]:
        calls: list[int] = []
        original = getattr(Closings, name)

        def counted(self: Any, *given: Any) -> Any:
            calls.append(1)
            return original(self, *given)

        monkeypatch.setattr(Closings, name, counted)
        return calls

    return counting
