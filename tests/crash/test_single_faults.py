"""Everything that can happen to any call, one at a time: nobody is told twice or not at all, and nothing is left behind.

The calls are found by working the scenario once undisturbed; a new call in the processor is covered without a change.
The first third of the scenarios.
"""

import pytest

from tests.crash.runs import Tally
from tests.crash.scenarios import Scenario
from tests.crash.single_faults import FIRST, SUMMED_AS, wrong_runs
from tests.crash.world import World

__all__ = ["SUMMED_AS"]


@pytest.mark.timeout(600)  # hundreds of runs each
@pytest.mark.req("P3", "P4")
@pytest.mark.parametrize("scenario", FIRST, ids=lambda s: s.name)
def test_one_fault_anywhere_loses_nothing_and_tells_nobody_twice(
    steward: World, tally: Tally, scenario: Scenario
) -> None:
    assert wrong_runs(steward, tally, scenario) == []
    assert tally.runs > tally.points
