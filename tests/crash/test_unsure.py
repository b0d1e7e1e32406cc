"""An incoming webhook keeps no history: whether a message whose answer was lost arrived, nobody can tell.

The window can't be closed. ``WHEN_UNSURE`` decides on which side the harm is, and each case is counted.
"""

import pytest

from tests.crash.runs import Run, Tally, singles
from tests.crash.scenarios import BY_WEBHOOK
from tests.crash.world import World


def every_run(steward: World, when_unsure: str) -> list[Run]:
    return [run for _, run in singles(steward, BY_WEBHOOK[when_unsure], Tally())]


@pytest.mark.req("P3", "A11")
def test_when_unsure_is_resend_nothing_is_lost_and_what_is_told_twice_was_counted(steward: World) -> None:
    runs = every_run(steward, "resend")
    assert [str(run) for run in runs if run.lost or run.wrong] == []
    assert [str(run) for run in runs if run.doubled and not run.unsure] == []
    assert {who for run in runs for who in run.doubled} == {"message Ann"}


@pytest.mark.req("P3", "A11")
def test_when_unsure_is_skip_nobody_is_told_twice_and_what_is_lost_was_counted(steward: World) -> None:
    runs = every_run(steward, "skip")
    assert [str(run) for run in runs if run.doubled or run.wrong] == []
    assert [str(run) for run in runs if run.lost and not run.unsure] == []
    assert {who for run in runs for who in run.lost} == {"message Ann"}
