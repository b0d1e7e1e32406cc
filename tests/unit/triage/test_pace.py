"""What the time between two rounds is, and what is counted in rounds."""

from datetime import timedelta

import pytest

from tests.unit.triage.incident_words import START
from triage.incidents.runs import Run, with_run
from triage.pace import MINUTELY, Pace, pace_in
from triage.probes.calls import bugs_of

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("environ", "between"),
    [({}, MINUTE), ({"ROUND_SECONDS": ""}, MINUTE), ({"ROUND_SECONDS": "5"}, 5 * SECOND)],
)
def test_the_environment_names_the_seconds_and_a_minute_is_usual(
    environ: dict[str, str], between: timedelta
) -> None:
    assert pace_in(environ) == Pace(between)


@pytest.mark.parametrize("said", ["0", "-5", "2.5", "3601", "soon", "²", " 5"])
def test_what_is_no_usable_number_of_seconds_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="ROUND_SECONDS is a whole number from 1 to 3600"):
        pace_in({"ROUND_SECONDS": said})


def test_on_aws_the_times_are_those_of_a_minute() -> None:
    assert MINUTELY.gap == 20 * SECOND
    assert {MINUTELY.late, MINUTELY.lasts, MINUTELY.window} == {5 * MINUTE}
    assert {MINUTELY.fresh, MINUTELY.recent} == {15 * MINUTE}


@pytest.mark.req("T6")
@pytest.mark.parametrize(
    ("pace", "counts"), [(MINUTELY, False), (Pace(15 * SECOND), False), (Pace(14 * SECOND), True)]
)
def test_which_run_is_a_repeated_one_depends_on_the_pace(pace: Pace, counts: bool) -> None:
    before = (Run(START, ()),)

    assert with_run(before, Run(START + 4.9 * SECOND, ()), 5, pace)[1] is counts


@pytest.mark.parametrize(("window", "words"), [(5 * MINUTE, "5 minutes"), (25 * SECOND, "25 s")])
def test_a_window_is_told_as_long_as_it_is(window: timedelta, words: str) -> None:
    assert bugs_of([], START, window).says == f"no event was parked for a bug in {words}"
