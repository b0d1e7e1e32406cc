"""Two faults in one run: a seeded sample of what ``make crash`` runs many more of."""

from random import Random

import pytest

from tests.crash.runs import Tally, sampled_pairs
from tests.crash.scenarios import SCENARIOS, Scenario
from tests.crash.world import World

PAIRS = 7
"""For each scenario; more are for ``make crash``."""


@pytest.mark.req("P3", "P4")
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.name)
def test_two_faults_in_one_run_lose_nothing_and_tell_nobody_twice(
    steward: World, tally: Tally, scenario: Scenario
) -> None:
    known = len(tally.failed)
    sampled_pairs(steward, scenario, PAIRS, Random(20), tally)
    assert [str(run) for run in tally.failed[known:]] == []
