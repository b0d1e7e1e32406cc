"""What is remembered of the runs, and which of them count."""

from dataclasses import replace
from datetime import timedelta

import pytest

from steward.incidents.classes import Class
from tests.unit.triage.incident_words import MINUTE, START, runs
from triage.incidents.runs import Measure, Run, document_of, run_of, runs_of, with_run

PAUSED = Measure("m1", "notion", Class.OUTAGE, START, "the lane was paused")


@pytest.mark.parametrize(
    ("after_last", "counts"),
    [
        (MINUTE, True),
        (timedelta(seconds=40), True),
        (timedelta(seconds=3), False),  # the scheduler delivered twice
        (timedelta(0), False),
        (timedelta(seconds=-1), False),  # the clock went back a second
        (timedelta(minutes=-3), False),  # late
    ],
)
@pytest.mark.req("T6")
def test_a_run_that_is_repeated_or_late_does_not_count(after_last: timedelta, counts: bool) -> None:
    before = runs("hoo")
    run = Run(before[-1].at + after_last, runs("t")[0].seen)

    after, counted = with_run(before, run, 5)

    assert counted is counts
    assert after == ((*before, run) if counts else tuple(before))


def test_what_was_done_in_a_repeated_run_is_kept_once() -> None:
    before = tuple(runs("oo"))
    run = Run(before[-1].at, (), (PAUSED,))

    once, _ = with_run(before, run, 5)
    twice, _ = with_run(once, replace(run, at=run.at + timedelta(seconds=2)), 5)

    assert once == twice == (before[0], replace(before[1], did=(PAUSED,)))


def test_runs_of_a_clock_that_was_wrong_are_forgotten() -> None:
    wrong = [replace(run, at=run.at + timedelta(hours=3)) for run in runs("ooo")]

    after, counted = with_run(wrong, runs("h")[0], 5)

    assert counted
    assert after == tuple(runs("h"))


def test_only_the_last_runs_are_kept_and_only_fresh_ones() -> None:
    later = Run(START + timedelta(minutes=17), ())

    assert [r.at for r in with_run(runs("ooooo"), later, 5)[0]] == [
        START + 2 * MINUTE,
        START + 3 * MINUTE,
        START + 4 * MINUTE,
        later.at,
    ]
    assert len(with_run(runs("oooooo"), Run(START + 6 * MINUTE, ()), 5)[0]) == 5


def test_runs_are_the_same_after_they_were_remembered() -> None:
    before = (*runs("ho-u"), Run(START + 9 * MINUTE, (), (PAUSED,)))

    assert runs_of(document_of(before)) == before
    assert runs_of(None) == ()


def test_what_no_table_takes_is_not_remembered() -> None:
    measure = replace(PAUSED, says="half\ud83d a\npair", by="x" * 500)

    run = run_of([], [measure], START)

    assert run.did[0].says == "half? a pair"
    assert len(run.did[0].by) == 100
