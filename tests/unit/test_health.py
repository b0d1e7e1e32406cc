"""What ``GET /health`` makes of the pulse: one word, and a sentence that says no more than is so."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.headline import Tone, headline
from steward.health import Standing, health
from steward.incidents.names import TITLES, Names
from steward.pauses import Cause, Pause, Phase
from steward.pulse import MINUTES, Lane, Lost, Minute, Pulse, Sample, Service, ServiceState

NOW = datetime(2026, 11, 21, 12, 0, 30, tzinfo=UTC)
UP = Service(ServiceState.UP, NOW - timedelta(hours=1), "well", (Sample(NOW, True, 0.231),))
UNKNOWN, DEGRADED, DOWN = (
    replace(UP, state=state) for state in (ServiceState.UNKNOWN, ServiceState.DEGRADED, ServiceState.DOWN)
)
DAY = 86_400.0

pytestmark = pytest.mark.req("C1")


def pulse(succeeded: int = 100, failed: int = 0, **more: Any) -> Pulse:
    minutes = (Minute(NOW.replace(second=0), succeeded, failed),)
    return replace(Pulse(NOW, minutes, NOW, {"notion": UP, "slack": UP}, Lane(1, 0, 2.0), 0, Lost()), **more)


def services(**states: Service) -> Pulse:
    return pulse(services={"notion": UP, "slack": UP, **states})


def paused(cause: Cause, phase: Phase = Phase.PAUSED) -> Standing:
    return Standing(Pause(phase, cause, "Ann's reason", NOW - timedelta(minutes=9)))


FOUND: list[tuple[Pulse | None, Standing, str, str]] = [
    (pulse(), Standing(), "healthy", "notion and slack up; 100 of 100 events succeeded in the last 60 min"),
    (pulse(0, 0), Standing(), "healthy", "no event in the last 60 min"),  # a quiet hour is no trouble
    (pulse(96, 4), Standing(), "healthy", "96 of 100 events succeeded"),
    (pulse(95, 5), Standing(), "degraded", "5 of the last 100 events failed"),
    (pulse(0, 1), Standing(), "degraded", "1 of the last 1"),  # one alone may be its own fault
    (pulse(0, 3), Standing(), "down", "none of the last 3"),
    (pulse(1, 999), Standing(), "down", "999 of the last 1000 events failed"),
    (pulse(49, 51), Standing(), "down", "51 of the last 100"),
    (pulse(50, 50), Standing(), "degraded", "50 of the last 100"),
    (pulse(4, 6), Standing(), "down", "6 of the last 10"),
    (pulse(4, 5), Standing(), "degraded", "5 of the last 9"),  # too few to say so
    (services(notion=DOWN, slack=DOWN), Standing(), "down", "notion is down"),
    (services(notion=DEGRADED), Standing(), "degraded", "notion is degraded"),
    (services(notion=UNKNOWN), Standing(), "degraded", "nobody knows how notion is"),
    (services(slack=DOWN), Standing(), "degraded", "slack is down for us; what it is told waits"),
    (services(postgres=DOWN), Standing(), "degraded", "postgres is down"),
    (services(hubspot=DOWN), Standing(), "degraded", "hubspot is down"),
    (services(hubspot=UNKNOWN), Standing(), "degraded", "nobody knows how hubspot is"),
    # Of these two nothing is known but by their use: a night in which nobody is told anything is no trouble.
    (services(slack=UNKNOWN), Standing(), "healthy", "notion up; slack was not used lately"),
    (services(slack=DEGRADED, postgres=UNKNOWN), Standing(), "degraded", "slack is degraded"),
    (pulse(dead_letters=12), Standing(), "degraded", "12 dead letters"),
    (pulse(lane=Lane(3, 0, DAY)), Standing(), "degraded", "the oldest event has waited for 1440 min"),
    (pulse(lane=Lane(3, 0, 900.0)), Standing(), "healthy", "up"),
    (pulse(lane=Lane(3, 0, 901.0)), Standing(), "degraded", "the oldest event has waited for 15 min"),
    (pulse(lane=Lane(3, 0, 301.0)), Standing(oldest=timedelta(minutes=5)), "degraded", "waited for 5 min"),
    (pulse(lane=Lane(3, 0, None)), Standing(), "healthy", "up"),
    (pulse(), paused(Cause.OPERATOR), "degraded", "an operator paused the lane; events wait and none is lost"),
    (pulse(), paused(Cause.TOKEN), "degraded", "the lane rests; events wait and none is lost"),
    (pulse(), paused(Cause.TOKEN, Phase.RESUMING), "healthy", "up"),
    (pulse(), Standing(resting=1), "degraded", "a part of us rests since its calls failed"),
    (
        services(hubspot=DOWN, slack=DEGRADED),
        Standing(paused(Cause.OPERATOR).pause, 1),
        "degraded",
        "none is lost; slack is degraded; hubspot is down for us; what it is told waits; a part of us rests",
    ),
    (pulse(at=NOW - timedelta(minutes=5)), Standing(), "healthy", "up"),
    (pulse(at=NOW - timedelta(minutes=6)), Standing(), "down", "the triage is silent"),
    (pulse(at=NOW + timedelta(minutes=6)), Standing(), "down", "the triage is silent"),  # a clock went wrong
    (None, Standing(), "degraded", "the triage has not looked yet"),
    (None, paused(Cause.OPERATOR), "degraded", "the triage has not looked yet; an operator paused the lane"),
]  # fmt: skip  # one case a line


@pytest.mark.parametrize(("seen", "standing", "status", "says"), FOUND)
def test_health_says_the_worst_and_why(
    seen: Pulse | None, standing: Standing, status: str, says: str
) -> None:
    told = health(seen, NOW, standing)

    assert (told["status"], says in told["reason"]) == (status, True), told["reason"]


@pytest.mark.req("C3")
@pytest.mark.parametrize(("seen", "standing"), [(seen, standing) for seen, standing, _, _ in FOUND])
def test_the_dashboard_says_that_all_is_well_exactly_when_health_does(
    seen: Pulse | None, standing: Standing
) -> None:
    told = health(seen, NOW, standing)
    line = headline(pulse=seen, health=told, standing=standing, incidents=(), names=Names(TITLES), now=NOW)

    assert (line.tone is Tone.GOOD) is (told["status"] == "healthy")
    assert told["status"] != "down" or line.tone is Tone.BAD


def test_health_tells_numbers_and_states_and_no_sentence_that_somebody_wrote() -> None:
    seen = pulse(7, 1, services={"notion": replace(UP, says="Ann's token secret_x")})
    told = health(seen, NOW, paused(Cause.OPERATOR))

    assert (told["total"], told["succeeded"], told["failed"], told["window_minutes"]) == (8, 7, 1, MINUTES)
    assert told["last_event_at"] == told["checked_at"] == "2026-11-21T12:00:30.000+00:00"
    assert told["services"]["notion"] == {
        "state": "up",
        "since": "2026-11-21T11:00:30.000+00:00",
        "latency_ms": 231,
    }
    assert "secret_x" not in json.dumps(told)
    assert "Ann" not in json.dumps(told)


def test_the_same_four_services_are_always_there_and_others_follow() -> None:
    named = ["notion", "hubspot", "slack", "postgres"]
    few = health(pulse(services={"email": UP, "notion": UP}), NOW)["services"]

    assert list(few) == [*named, "email"]
    assert few["slack"] == {"state": "unused", "since": None, "latency_ms": None}
    assert [few[name]["state"] for name in named] == ["up", "unused", "unused", "unused"]
    before = health(None, NOW)["services"]
    assert list(before) == named
    assert {one["state"] for one in before.values()} == {"unknown"}, "nobody knows yet which are used"
