"""Everything that can happen to any call, one at a time: nobody is told twice or not at all, and nothing is left behind.

The calls are found by working the scenario once undisturbed; a new call in the processor is covered without a change.
"""

import pytest

from tests.crash.runs import Tally, asked_before, singles
from tests.crash.scenarios import SCENARIOS, Scenario
from tests.crash.world import World


@pytest.mark.timeout(600)  # hundreds of runs each
@pytest.mark.req("P3", "P4")
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.name)
def test_one_fault_anywhere_loses_nothing_and_tells_nobody_twice(
    steward: World, tally: Tally, scenario: Scenario
) -> None:
    covered = asked_before(steward, scenario, SCENARIOS)
    wrong = [str(run) for _, run in singles(steward, scenario, tally, covered) if run.failed]
    assert wrong == []
    assert tally.runs > tally.points
