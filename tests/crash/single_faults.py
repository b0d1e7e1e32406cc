"""Everything that can happen to any call of a scenario, one at a time.

The scenarios are shared out among three modules, because tests run in several processes at once, each module in one of
them, and all of them in one module took longer than all the rest. The slices leave none out.
"""

from tests.crash.runs import Tally, asked_before, singles
from tests.crash.scenarios import SCENARIOS, Scenario
from tests.crash.world import World

FIRST, SECOND, THIRD = SCENARIOS[:11], SCENARIOS[11:19], SCENARIOS[19:]
"""About the same time each."""

SUMMED_AS = "test_single_faults.py"
"""What the sum of all three is called."""


def wrong_runs(steward: World, tally: Tally, scenario: Scenario) -> list[str]:
    """What is not as it has to be, a line for each run; every run is counted."""
    covered = asked_before(steward, scenario, SCENARIOS)
    return [str(run) for _, run in singles(steward, scenario, tally, covered) if run.failed]
