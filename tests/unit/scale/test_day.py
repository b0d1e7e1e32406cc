"""The simulated day stands in the relations that the real one has to, whatever the times are."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from tests.scale.arrivals import DAY, HOUR, Arrival, Asks, Day, arrivals
from tests.scale.day import Setting, Totals, simulate
from tests.scale.service import Service

SERVICE = Service(ignored=0.02, read=0.08, told=0.08, notion=0.3, slack=0.15, hop=0.04)
QUIET = Day(600, bulk_edits=1, bulk_pages=200, pages=200)


def a_day(day: Day = QUIET) -> Totals:
    return simulate([arrivals(day, 1)], Setting(168), SERVICE)


@pytest.mark.req("P2", "P5")
def test_every_event_of_a_day_is_worked_and_the_backlog_of_a_bulk_edit_is_gone_by_its_end() -> None:
    found = a_day()
    assert len(found.lags) == QUIET.events + QUIET.bulk_pages
    assert found.left == 0
    assert min(found.lags) > 0
    assert found.deepest > 10
    assert found.lag(1.0) < HOUR


@pytest.mark.req("P2")
def test_lag_grows_with_the_load() -> None:
    p99 = [a_day(Day(n, bulk_edits=0)).lag(0.99) for n in (500, 20_000)]
    assert p99[0] < p99[1]
    bulk = [a_day(replace(QUIET, bulk_pages=n)).lag(1.0) for n in (50, 200, 800)]
    assert bulk == sorted(bulk)
    assert len(set(bulk)) == 3


@pytest.mark.req("P2")
def test_no_window_of_a_minute_holds_more_calls_than_the_limit_and_a_smaller_limit_makes_a_bulk_edit_later() -> (
    None
):
    every = [Arrival(n / 100, f"page-{n}", Asks.TELL) for n in range(300)]
    found = {limit: simulate([every], Setting(limit), SERVICE) for limit in (30, 60, 168)}
    for limit, totals in found.items():
        assert totals.left == 0
        # The first minute has its limit, and so has each further one; the end is never before that.
        assert totals.lag(1.0) > (totals.calls / limit - 1) * 60 - 3
    assert found[30].lag(1.0) > found[60].lag(1.0) > found[168].lag(1.0)
    assert found[30].waits > 0


@pytest.mark.req("P5")
def test_a_deep_lane_is_read_by_query_and_costs_fewer_calls_an_event_than_a_shallow_one() -> None:
    deep = simulate([[Arrival(0, f"page-{n}", Asks.READ) for n in range(400)]], Setting(168), SERVICE)
    shallow = simulate(
        [[Arrival(5.0 * n, f"page-{n}", Asks.READ) for n in range(400)]], Setting(168), SERVICE
    )
    assert shallow.calls == 400
    assert shallow.queries == 0
    assert deep.queries > 0
    # What came within the margin is read on its own; after that a query has a hundred pages.
    assert deep.calls < 25


@pytest.mark.req("P5")
def test_events_that_a_younger_reading_covers_cost_no_call() -> None:
    same = [Arrival(0.01 * n, "page", Asks.READ) for n in range(100)]
    # What is read within the margin of two seconds, at 0.4 s each, covers nothing that came meanwhile.
    assert simulate([same], Setting(168), SERVICE).calls < 8


@pytest.mark.req("P1", "P2")
def test_lanes_work_side_by_side_and_share_the_limit_out() -> None:
    load = Day(60_000, bulk_edits=0, pages=5_000)
    evening = [a for a in arrivals(load, 3) if 10 * HOUR <= a.at < 10.5 * HOUR]
    one, four = (simulate([evening], Setting(588, lanes), SERVICE) for lanes in (1, 4))
    assert four.lag(0.99) < one.lag(0.99)
    assert four.left == one.left == 0


@pytest.mark.req("P1")
def test_fewer_lanes_at_once_make_nothing_quicker_and_lose_nothing() -> None:
    days = [arrivals(QUIET, seed) for seed in range(6)]
    found = {slots: simulate(days, Setting(168), SERVICE, slots=slots) for slots in (1, 2, 6)}
    assert {len(each.lags) for each in found.values()} == {6 * 800}
    assert found[1].lag(0.99) >= found[2].lag(0.99) >= found[6].lag(0.99)
    assert found[1].lag(0.99) > found[6].lag(0.99)


def test_a_lane_that_is_never_free_keeps_what_it_could_not_work() -> None:
    flood = [Arrival(n / 50, f"page-{n}", Asks.TELL) for n in range(2_000)]
    assert simulate([flood], Setting(10), SERVICE, patience=600).left > 1_000


def test_a_day_can_be_had_again_and_has_its_events_in_office_hours() -> None:
    day = Day(5_000, bulk_edits=0)
    events = arrivals(day, 4)
    assert events == arrivals(day, 4)
    assert events != arrivals(day, 5)
    assert all(a.at <= b.at for a, b in pairwise(events))
    assert events[0].at >= 0
    assert events[-1].at < DAY
    assert sum(9 * HOUR <= a.at < 18 * HOUR for a in events) > 0.7 * day.events
    shares = Counter(a.asks for a in events)
    assert shares[Asks.TELL] == pytest.approx(1_000, rel=0.1)
    assert shares[Asks.READ] == pytest.approx(1_500, rel=0.1)
