"""Every drill of the game day, on a clock that the drill turns (T3, T5, T6, T7)."""

import pytest

from tests.gameday.drills import DRILLS, Drill
from tests.gameday.score import play
from tests.gameday.turned_clock import turned_clock


@pytest.mark.req("T3", "T5", "T6", "T7", "T10")
@pytest.mark.parametrize("drill", DRILLS, ids=lambda drill: drill.name)
def test_the_desk_stands_the_drill(drill: Drill) -> None:
    with turned_clock() as on:
        assert play(drill, on).misses == []
