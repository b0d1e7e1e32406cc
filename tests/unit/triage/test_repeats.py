"""Findings in a row: counted over rounds, and begun anew by anything else."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from steward.errors import Failure
from triage.findings import Finding, Probe, Verdict
from triage.repeats import counted

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
REFUSED = Finding("notion", Probe.AUTH, Verdict.BAD, NOW, "401", failure=Failure.UNAUTHORIZED, status=401)
WELL = Finding("notion", Probe.AUTH, Verdict.GOOD, NOW, "connected")


def times(*rounds: Finding) -> list[int]:
    found, before = list[int](), dict[str, int]()
    for finding in rounds:
        (told,), kept = counted([finding], before)
        before = json.loads(json.dumps(kept))
        found.append(told.times)
    return found


@pytest.mark.req("T3")
def test_the_same_in_a_row_is_counted_and_a_success_begins_anew() -> None:
    assert times(REFUSED, REFUSED, REFUSED) == [1, 2, 3]
    assert times(REFUSED, REFUSED, WELL, REFUSED) == [1, 2, 1, 1]
    assert times(WELL, WELL) == [1, 1]


@pytest.mark.req("T3")
def test_what_one_look_saw_several_times_counts_as_often() -> None:
    assert times(replace(REFUSED, times=3), replace(REFUSED, times=3, correlation_id="other")) == [3, 6]


@pytest.mark.req("T3")
def test_another_status_or_vendor_is_not_the_same() -> None:
    other = replace(REFUSED, status=503, failure=Failure.UNAVAILABLE)

    assert times(REFUSED, other, REFUSED) == [1, 1, 1]
    assert times(REFUSED, replace(REFUSED, vendor="hubspot")) == [1, 1]
