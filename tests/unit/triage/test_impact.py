"""Numbers of findings as people read them."""

from datetime import timedelta

import pytest

from tests.unit.triage.incident_words import START
from triage.findings import Finding, Probe, Verdict
from triage.incidents.impact import eta_of, impact_of


def finding(probe: Probe, **numbers: float) -> Finding:
    return Finding("notion", probe, Verdict.BAD, START, "", numbers=numbers)


@pytest.mark.req("T6")
@pytest.mark.parametrize(
    ("probe", "numbers", "facts"),
    [
        (Probe.CALLS, {"calls": 1240, "failed": 37}, ("37 of 1,240 calls failed",)),
        (Probe.CALLS, {"calls": 40, "failed": 0}, ()),
        (
            Probe.LANE,
            {"waiting": 120, "oldest_seconds": 250},
            ("120 events wait", "the oldest has waited for 4 min"),
        ),
        (Probe.LANE, {"waiting": 0, "oldest_seconds": 0}, ()),
        (Probe.LANE, {"oldest_seconds": 7500}, ("the oldest has waited for 2 h 5 min",)),
        (Probe.QUOTA, {"daily_remaining": 0}, ("0 calls are left (daily remaining)",)),
        (Probe.DEAD_LETTERS, {"waiting": 3}, ("dead letters: waiting 3",)),
        (Probe.SCHEMA, {"median_seconds": 4.25}, ("schema: median 4.2 s",)),
        (Probe.LATENCY, {"median_seconds": 4.25}, ()),
        (Probe.BREAKER, {"resting_seconds": 420, "probes": 3}, ("the lane has rested for 7 min",)),
        (
            Probe.WEBHOOKS,
            {"silent_seconds": 600, "lost": 2},
            ("no webhook for 10 min", "2 changes came without a webhook"),
        ),
        (Probe.LATENCY, {"median_seconds": float("nan"), "x": float("inf")}, ()),
        (Probe.QUOTA, {"retry_after_seconds": 30}, ()),
    ],
)
def test_what_was_measured_is_told(probe: Probe, numbers: dict[str, float], facts: tuple[str, ...]) -> None:
    assert impact_of([finding(probe, **numbers)]) == facts


def test_the_same_fact_is_told_once() -> None:
    assert impact_of([finding(Probe.CALLS, calls=4, failed=2)] * 2) == ("2 of 4 calls failed",)


def test_the_latest_time_that_a_vendor_tells_is_when_it_is_over() -> None:
    told = [finding(Probe.QUOTA, retry_after_seconds=30), finding(Probe.QUOTA, wait_seconds=3570)]

    assert eta_of(told) == START + timedelta(hours=1)
    assert eta_of([finding(Probe.QUOTA, retry_after_seconds=-1), finding(Probe.AUTH)]) is None
    assert eta_of([finding(Probe.QUOTA, retry_after_seconds=float("inf"))]) is None
