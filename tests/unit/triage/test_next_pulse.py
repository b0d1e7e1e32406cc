"""How one pulse follows from the last, and what is counted and seen for it."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from steward.documents import iso
from steward.incidents.classes import Class
from steward.incidents.incident import Stage
from steward.pauses import Cause, Pause, Phase
from steward.pulse import MINUTES, SAMPLES, Lane, Pulse, Service, ServiceState
from tests.unit.triage.incident_words import MINUTE, START, diagnosis, incident
from triage.findings import Finding, Probe, Verdict
from triage.next_pulse import LAG, Counted, Seen, advanced, since
from triage.services import probed, used, with_rest
from triage.tally import effects_of, tally

UP = Seen(ServiceState.UP, "well", good=True, seconds=0.2)
NOTHING = Seen(None, "nothing was asked of it lately")


def next_of(last: Pulse | None, now: datetime, **more: Any) -> Pulse:
    given: dict[str, Any] = {"counted": Counted(), "services": {}, "lane": None, "dead_letters": None, **more}
    return advanced(last, now, **given)


@pytest.mark.req("C1")
def test_minutes_are_the_last_sixty_without_a_gap_and_add_up() -> None:
    first = next_of(None, START, counted=Counted({START: 2}, {START - MINUTE: 1}, START))
    second = next_of(first, START + 2 * MINUTE, counted=Counted({START: 1, START + MINUTE: 4}))

    assert len(second.minutes) == MINUTES
    assert [m.at for m in second.minutes] == [START + (2 - n) * MINUTE for n in reversed(range(MINUTES))]
    assert [(m.succeeded, m.failed) for m in second.minutes[-4:]] == [(0, 1), (3, 0), (4, 0), (0, 0)]
    assert second.last_event_at == START


@pytest.mark.req("C1")
def test_each_moment_is_counted_by_one_round_whatever_their_distance() -> None:
    last, ends = None, []
    for seconds in (0, 60, 61, 200, 10_000):
        now = START + timedelta(seconds=seconds)
        ends.append((since(last, now), now - LAG))
        last = next_of(last, now)

    for (_, before), (begins, _) in pairwise(ends[:-1]):
        assert begins == before
    assert (
        ends[-1][0] == START + timedelta(seconds=10_000) - MINUTES * MINUTE
    )  # after a long silence the window is enough


@pytest.mark.req("C1")
def test_a_pulse_from_the_future_counts_for_nothing() -> None:
    ahead = next_of(None, START + timedelta(hours=2), counted=Counted({START: 9}))

    assert sum(m.succeeded for m in next_of(ahead, START).minutes) == 0


@pytest.mark.req("C1")
def test_a_state_keeps_its_beginning_and_what_was_not_asked_keeps_its_state_for_an_hour() -> None:
    pulse = next_of(None, START, services={"slack": UP})
    for minute in range(1, SAMPLES):
        pulse = next_of(pulse, START + minute * MINUTE, services={"slack": NOTHING})
        assert (pulse.services["slack"].state, pulse.services["slack"].since) == (ServiceState.UP, START)
    later = next_of(pulse, START + SAMPLES * MINUTE, services={"slack": NOTHING})

    assert later.services["slack"].state is ServiceState.UNKNOWN
    assert later.services["slack"].since == START + SAMPLES * MINUTE
    assert len(later.services["slack"].samples) == SAMPLES


@pytest.mark.req("C1")
def test_a_service_that_is_not_used_any_more_is_not_shown() -> None:
    assert next_of(next_of(None, START, services={"hubspot": UP}), START + MINUTE).services == {}


@pytest.mark.req("C1")
def test_what_could_not_be_seen_stays_as_it_was_last_seen() -> None:
    pulse = next_of(None, START, lane=Lane(3, 1, 9.0), dead_letters=2)
    pulse = next_of(pulse, START + MINUTE)

    assert (pulse.lane, pulse.dead_letters) == (Lane(3, 1, 9.0), 2)


@pytest.mark.req("P6", "C3")
def test_lost_webhooks_are_counted_for_a_day() -> None:
    pulse = next_of(None, START, counted=Counted(lost=((START, 90.0), (START, None))))
    pulse = next_of(pulse, START + MINUTE, counted=Counted(lost=((START + MINUTE, 40.0),)))
    assert (pulse.lost.changes, pulse.lost.longest_seconds, pulse.lost.hours) == (3, 90.0, 24)

    assert next_of(pulse, START + timedelta(hours=25)).lost.changes == 0


def row(seconds: float, decision: str = "observed", dialect: str = "official", *kinds: str) -> dict[str, Any]:
    at = START + timedelta(seconds=seconds)
    return {
        "finished_at": iso(at),
        "occurred_at": iso(at - MINUTE),
        "decision": decision,
        "dialect": dialect,
        "effects": [{"kind": "slack.message", "status": status} for status in kinds],
    }


def closing(seconds: float, status: str) -> dict[str, Any]:
    effect = {"kind": "slack.message", "status": status}
    return {"changed_at": iso(START + timedelta(seconds=seconds)), "effect": effect}


@pytest.mark.req("C1")
def test_an_event_fails_when_it_is_parked_or_an_effect_of_it_failed_for_good() -> None:
    rows = [
        row(0),  # at the beginning itself: the round before has it
        row(1),
        row(2, "parked"),
        row(3, "observed", "sweep", "done", "failed"),
        row(61, "ignored", "official", "planned"),
        row(70),  # after the end
        {"finished_at": "broken"},
        {},
    ]
    found = tally(rows, [closing(62, "failed"), closing(63, "done")], START, START + timedelta(seconds=65))

    assert found.succeeded == {START: 1, START + MINUTE: 1}
    assert found.failed == {START: 2, START + MINUTE: 1}
    assert found.last_event_at == START + timedelta(seconds=61)
    assert found.lost == ((START + timedelta(seconds=3), 60.0),)
    assert len(effects_of(rows, [closing(62, "failed")])) == 4


def effect(status: str, reason: str = "", kind: str = "slack.message") -> dict[str, Any]:
    times = {"started_at": iso(START), "done_at": iso(START + timedelta(seconds=0.5))}
    return {"kind": kind, "status": status, "reason": reason, **(times if status == "done" else {})}


@pytest.mark.req("C1")
@pytest.mark.parametrize(
    ("effects", "state", "good"),
    [
        ([], None, None),
        ([effect("planned")], None, None),  # on its way
        ([effect("cancelled", "no longer true")], None, None),
        ([effect("done", kind="postgres.row")], None, None),  # another service's
        ([effect("done")], ServiceState.UP, True),
        (
            [effect("done"), effect("planned", "slack.post: unavailable, status 503")],
            ServiceState.DEGRADED,
            False,
        ),
        ([effect("planned", "slack.post: unavailable, status 503")], ServiceState.DOWN, False),
        ([effect("planned", "slack.post: unauthorized, status 401")], ServiceState.DOWN, False),
        ([effect("failed", "slack.post: rejected, channel_not_found")], ServiceState.DEGRADED, False),
    ],
)
def test_slack_is_known_by_how_its_effects_ended(
    effects: list[dict[str, Any]], state: ServiceState | None, good: bool | None
) -> None:
    seen = used("slack", effects)

    assert (seen.state, seen.good) == (state, good)
    assert seen.seconds == (
        0.5 if any(e["status"] == "done" and e["kind"][0] == "s" for e in effects) else None
    )


@pytest.mark.req("C1")
def test_a_database_at_rest_is_down() -> None:
    rest = Pause(phase=Phase.PAUSED, cause=Cause.VENDOR)

    assert with_rest(NOTHING, rest).state is ServiceState.DOWN
    assert with_rest(NOTHING, Pause()) == NOTHING


def finding(probe: Probe, verdict: Verdict = Verdict.GOOD, **more: Any) -> Finding:
    return Finding("notion", probe, verdict, START, "says", **more)


@pytest.mark.req("C1")
@pytest.mark.parametrize(
    ("cls", "stands", "state"),
    [
        (Class.HEALTHY, None, ServiceState.UP),
        (Class.OUTAGE, None, None),  # one bad round is no outage yet
        (Class.OUTAGE, Class.OUTAGE, ServiceState.DOWN),
        (Class.TOKEN, Class.TOKEN, ServiceState.DOWN),
        (Class.CAPABILITY, Class.CAPABILITY, ServiceState.DEGRADED),
        (Class.HEALTHY, Class.OUTAGE, ServiceState.DOWN),  # until it is said to be over
    ],
)
def test_a_vendor_is_as_the_incident_says_that_stands(
    cls: Class, stands: Class | None, state: ServiceState | None
) -> None:
    open_ones = [incident(cls=stands, stage=Stage.MITIGATING)] if stands else []
    found = [finding(Probe.AUTH, seconds=0.9), finding(Probe.LATENCY, seconds=0.25)]

    seen = probed([diagnosis(cls)], open_ones, found)["notion"]
    assert (seen.state, seen.seconds, seen.good) == (state, 0.25, cls is Class.HEALTHY)


@pytest.mark.req("C1")
def test_a_vendor_that_is_watched_for_relapse_is_up_and_one_that_the_lane_rests_for_is_down() -> None:
    watched = [replace(incident(), stage=Stage.MONITORING)]
    resting = [finding(Probe.BREAKER, Verdict.BAD)]

    assert probed([diagnosis(Class.HEALTHY)], watched, [])["notion"].state is ServiceState.UP
    assert probed([diagnosis(Class.HEALTHY)], [], resting)["notion"].state is ServiceState.DOWN


@pytest.mark.req("C1", "O6")
def test_a_whole_pulse_is_a_small_item() -> None:
    pulse = None
    for minute in range(SAMPLES):
        at = START + minute * MINUTE
        services = {name: replace(UP, says="x" * 300) for name in ("notion", "hubspot", "slack", "postgres")}
        pulse = next_of(pulse, at, services=services, counted=Counted({at: 180}, {at: 20}))
    assert pulse is not None
    assert isinstance(pulse.services["slack"], Service)

    assert len(str(pulse.document())) < 8 * 1024
