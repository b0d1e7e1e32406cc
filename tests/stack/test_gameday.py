"""One drill of the game day on the whole stack; ``make gameday`` plays them all."""

from dataclasses import replace

import pytest

from tests.gameday.drills import DRILLS
from tests.gameday.on_stack import on_stack
from tests.gameday.score import play

pytestmark = pytest.mark.stack


@pytest.mark.req("T5", "T6", "T7")
def test_a_short_drill_stands_on_the_whole_stack() -> None:
    (drill,) = (drill for drill in DRILLS if drill.vendor == "hubspot")
    with on_stack(2) as on:
        assert play(replace(drill, lasts=4), on).misses == []
