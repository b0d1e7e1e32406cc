"""The pulse as a document, and what ``GET /health`` makes of it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from steward.health import health
from steward.pulse import (
    MINUTES,
    Lane,
    Lost,
    LostHour,
    Minute,
    Pulse,
    Sample,
    Service,
    ServiceState,
)

NOW = datetime(2026, 11, 21, 12, 0, 30, tzinfo=UTC)
UP = Service(ServiceState.UP, NOW - timedelta(hours=1), "well", (Sample(NOW, True, 0.231),))
DOWN = replace(UP, state=ServiceState.DOWN)


def pulse(succeeded: int = 100, failed: int = 0, **more: Any) -> Pulse:
    minutes = (Minute(NOW.replace(second=0), succeeded, failed),)
    return replace(Pulse(NOW, minutes, NOW, {"notion": UP, "slack": UP}, Lane(1, 0, 2.0), 0, Lost()), **more)


@pytest.mark.req("C1")
def test_a_pulse_comes_back_from_its_document_as_it_was() -> None:
    whole = pulse(
        services={
            "notion": replace(UP, samples=(Sample(NOW - timedelta(minutes=1), None, None), UP.samples[0]))
        },
        lane=Lane(3, 1, None),
        dead_letters=2,
        lost=Lost(2, 24, 90.0, (LostHour(NOW.replace(minute=0, second=0), 2, 90.0),)),
    )

    assert Pulse.of(json.loads(json.dumps(whole.document()))) == whole
    assert Pulse.of(json.loads(json.dumps(Pulse(NOW).document()))) == Pulse(NOW)


@pytest.mark.req("C1")
@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "PULSE",
        {},
        {"at": "now"},
        {**pulse().document(), "at": "2026-11-21T12:00:00"},
        {**pulse().document(), "minutes": [[0, 1]]},
        {**pulse().document(), "minutes": [[10**18], [1], [1]]},
        {**pulse().document(), "minutes": [[0], [1, 1], [1]]},
        {**pulse().document(), "minutes": [[[0, 10**9]], [[1, 10**9]], [[1, 10**9]]]},
        {**pulse().document(), "services": {"notion": {"state": "fine"}}},
        {**pulse().document(), "lane": None},
        {**pulse().document(), "lost": [1]},
    ],
)
def test_what_is_old_or_broken_is_no_pulse_and_no_error(document: Any) -> None:
    assert Pulse.of(document) is None


@pytest.mark.req("C1", "O6")
def test_a_quiet_hour_of_two_services_is_one_unit_to_write() -> None:
    hour = [NOW - timedelta(minutes=n) for n in reversed(range(MINUTES))]
    timed = tuple(Sample(at, True, n % 40 / 1000) for n, at in enumerate(hour))
    quiet = tuple(Sample(at, None, None) for at in hour)
    services = {"notion": replace(UP, samples=timed), "slack": replace(UP, samples=quiet)}
    written = pulse(minutes=tuple(Minute(at, 0, 0) for at in hour), services=services)

    assert Pulse.of(written.document()) == written
    assert len(json.dumps(written.document(), separators=(",", ":"))) < 1024


@pytest.mark.req("C1")
@pytest.mark.parametrize(
    ("seen", "status", "says"),
    [
        (pulse(), "healthy", "works"),
        (pulse(0, 0), "healthy", "works"),  # a quiet hour is no trouble
        (pulse(96, 4), "healthy", "works"),
        (pulse(95, 5), "degraded", "5 of the last 100 events failed"),
        (pulse(0, 1), "degraded", "1 of the last 1"),  # one alone may be its own fault
        (pulse(0, 3), "down", "none of the last 3"),
        (pulse(services={"notion": DOWN, "slack": DOWN}), "down", "notion is down"),
        (pulse(services={"notion": UP, "slack": DOWN}), "degraded", "slack down"),
        (pulse(services={"notion": UP, "postgres": DOWN}), "degraded", "postgres down"),
        (pulse(services={"notion": UP, "hubspot": DOWN}), "healthy", "works"),  # watched, not needed
        (
            pulse(services={"notion": replace(UP, state=ServiceState.UNKNOWN)}),
            "healthy",
            "as far as was seen",
        ),
        (pulse(at=NOW - timedelta(minutes=5)), "healthy", "works"),
        (pulse(at=NOW - timedelta(minutes=6)), "down", "the triage is silent"),
        (pulse(at=NOW + timedelta(minutes=6)), "down", "the triage is silent"),  # a clock went wrong
        (None, "degraded", "the triage has not looked yet"),
    ],
)
def test_health_says_the_worst_and_why(seen: Pulse | None, status: str, says: str) -> None:
    told = health(seen, NOW)

    assert (told["status"], says in told["reason"]) == (status, True)


@pytest.mark.req("C1")
def test_health_tells_numbers_and_states_and_no_sentence_that_somebody_wrote() -> None:
    told = health(pulse(7, 1, services={"notion": replace(UP, says="Ann's token secret_x")}), NOW)

    assert (told["total"], told["succeeded"], told["failed"], told["window_minutes"]) == (8, 7, 1, MINUTES)
    assert told["last_event_at"] == told["checked_at"] == "2026-11-21T12:00:30.000+00:00"
    assert told["services"] == {
        "notion": {"state": "up", "since": "2026-11-21T11:00:30.000+00:00", "latency_ms": 231}
    }
    assert "secret_x" not in json.dumps(told)
