"""docs/scale.md is what its generator writes, and its arithmetic stands in the relations that it has to."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.scale import load, quotas, report, sizes
from tests.scale.arrivals import Arrival, Asks, Day, arrivals
from tests.scale.day import Setting, simulate
from tests.scale.load import ALONE, DAILY, FLEETS, coinciding
from tests.scale.quotas import Grows
from tests.scale.service import measured

ROOT = Path(__file__).resolve().parents[3]
HINT = "run `make scale ARGS=--write`"


def rows_of(text: str) -> list[str]:
    lines = text.splitlines()
    first = lines.index(f"| {' | '.join(sizes.HEAD)} |") + 2
    return lines[first : lines.index("", first)]


@pytest.mark.req("O6")
def test_the_page_is_what_the_generator_makes_of_its_rows_and_quick_rows_come_out_again() -> None:
    text, service = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8"), measured()

    rows = rows_of(text)

    assert report.document(rows, service) == text, HINT
    names = [name for size in sizes.SIZES for name in size.rows]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == names, HINT
    for number in sizes.QUICK:
        (seen,) = sizes.play(sizes.SIZES[number], service)
        assert sizes.row(seen) == rows[number], HINT


@pytest.mark.req("O6")
def test_several_stacks_are_told_together_and_the_worst_of_them_besides() -> None:
    several = sizes.Size("three", Day(150, bulk_edits=1, bulk_pages=60), Setting(168), 2, 1, stacks=3)

    whole, worst = sizes.play(several, measured())

    each = [sizes.play(replace(several, stacks=1), measured(), seed)[0] for seed in (7,)]
    assert whole.events == 3 * worst.events == 3 * each[0].events == len(whole.totals.lags) == 3 * 2 * 210
    assert worst.totals.lag(0.99) >= whole.totals.lag(0.99) >= each[0].totals.lag(0.99) * 0.5
    assert whole.totals.deepest >= worst.totals.deepest
    assert whole.totals.lag(1.0) >= worst.totals.lag(1.0)
    assert whole.totals.calls > worst.totals.calls
    assert (whole.name, worst.name) == several.rows


def test_a_fleet_that_takes_more_than_a_quota_is_named_in_bold_and_what_binds_first_takes_the_largest_share() -> (
    None
):
    table = quotas.table()
    each = FLEETS[-1]
    binding = quotas.first(each, Grows.BY_STACKS)
    assert binding.share(each) == max(quota.share(each) for quota in quotas.quotas()) > 1
    (line,) = [line for line in table.splitlines() if line.startswith(f"| {binding.name} |")]
    assert line.endswith("%)** |")
    assert table.splitlines()[-1].endswith(f"{quotas._name(binding)} |")
    under_load = quotas.first(each, Grows.BY_EVENTS)
    assert under_load.share(each) == max(q.share(each) for q in quotas.quotas() if q.grows is Grows.BY_EVENTS)
    assert under_load is not binding


def test_no_simulated_minute_is_fuller_than_the_fullest_one_that_quotas_are_asked_for() -> None:
    one, hundred = load.ordinary("", 1, 1, 1), load.ordinary("", 100, 1, 4)
    for fleet, workspaces in ((one, 1), (hundred, 100)):
        found = sorted(
            arrival.at for number in range(workspaces) for arrival in arrivals(DAILY, 7_000 + number)
        )
        fullest = first = 0
        for last, at in enumerate(found):
            while found[first] <= at - 60:
                first += 1
            fullest = max(fullest, last - first + 1)
        # Single events scatter a little around their rate; the bulk edits of the day are no more than reckoned with.
        assert fullest <= fleet.events * 60 * 1.05
        assert fullest >= fleet.events * 60 * 0.5


@pytest.mark.parametrize(("edits", "groups"), [(1, 1), (100, 1), (100, 100), (2_000, 1)])
def test_bulk_edits_meet_more_often_than_reckoned_with_on_few_days_only(edits: int, groups: int) -> None:
    random, days = Random(5), 30
    more = 0
    for _ in range(days * min(groups, 2)):
        began = sorted(random.uniform(0, load.OFFICE_MINUTES) for _ in range(edits))
        most = max(
            sum(at - 1 < other <= at for other in began[max(0, n - 99) : n + 1]) for n, at in enumerate(began)
        )
        more += most > coinciding(edits, groups)
    assert more <= 2
    assert 1 <= coinciding(edits, groups) <= edits


@pytest.mark.req("O6")
def test_a_lane_ends_as_many_events_a_minute_as_the_page_says_and_falls_behind_with_what_the_budget_pays() -> (
    None
):
    service, (small, _) = measured(), ALONE
    assert small.ended(service) < small.events

    def deepest(a_minute: float) -> int:
        gap, random = 60 / a_minute, Random(3)
        asks = [random.choices((Asks.TELL, Asks.READ, Asks.NOTHING), (2, 3, 5))[0] for _ in range(1_500)]
        every = [Arrival(number * gap, f"page-{number}", ask) for number, ask in enumerate(asks)]
        return simulate([every], Setting(small.requests), service).deepest

    assert deepest(0.75 * small.ended(service)) < 20 < deepest(small.events)


def test_one_workspace_is_bound_by_its_lanes_until_they_are_enough_for_the_budget() -> None:
    service = measured()
    for alone in ALONE:
        assert quotas.binding(alone.work(service)).startswith("the pace")
        assert quotas.binding(replace(alone, lanes=alone.needed(service)).work(service)) == "Notion's budget"
        assert quotas.binding(replace(alone, lanes=alone.needed(service) - 1).work(service)).startswith("the")
        assert alone.events * load.calls_an_event() == pytest.approx(alone.requests)
        assert alone.fleet.events * 60 == pytest.approx(alone.events)
