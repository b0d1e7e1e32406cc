"""As ``test_single_faults``, for the last third of the scenarios."""

import pytest

from tests.crash.runs import Tally
from tests.crash.scenarios import Scenario
from tests.crash.single_faults import SUMMED_AS, THIRD, wrong_runs
from tests.crash.world import World

__all__ = ["SUMMED_AS"]


@pytest.mark.timeout(600)  # hundreds of runs each
@pytest.mark.req("P3", "P4")
@pytest.mark.parametrize("scenario", THIRD, ids=lambda s: s.name)
def test_one_fault_anywhere_loses_nothing_and_tells_nobody_twice(
    steward: World, tally: Tally, scenario: Scenario
) -> None:
    assert wrong_runs(steward, tally, scenario) == []
    assert tally.runs > tally.points
