"""docs/scale.md is what its generator writes."""

from pathlib import Path

import pytest

from tests.scale import quotas, report, sizes
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
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == [s.name for s in sizes.SIZES], HINT
    for number in sizes.QUICK:
        assert sizes.row(sizes.play(sizes.SIZES[number], service)) == rows[number], HINT


def test_a_fleet_that_takes_more_than_a_quota_is_named_in_bold_and_what_binds_first_takes_the_largest_share() -> (
    None
):
    table = quotas.table()
    each = quotas.FLEETS[-1]
    binding = quotas.first(each)
    shares = [quota.takes(each) / quota.most for quota in quotas.quotas()]
    assert binding.takes(each) / binding.most == max(shares) > 1
    (line,) = [line for line in table.splitlines() if line.startswith(f"| {binding.name} |")]
    assert line.endswith("%)** |")
    assert table.splitlines()[-1].endswith(f"{quotas._name(binding)} |")


def test_events_of_a_fleet_are_those_of_its_workspaces() -> None:
    one, hundred = quotas.FLEETS[:2]
    assert hundred.events == pytest.approx(100 * one.events)
    # 1,000 x 24 / 230 an hour, and 300 in eight hours
    assert one.events == pytest.approx(1_000 * 24 / 230 / 3600 + 300 / 28_800)
