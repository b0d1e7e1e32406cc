"""One line says how we are, and since when we are not well; the worst comes first, and nothing is left out."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from console.headline import Headline, Tone, headline
from steward.health import Standing, health
from steward.incidents.classes import Class, Severity
from steward.incidents.incident import Incident, Stage
from steward.incidents.names import Names
from steward.pauses import Cause, Pause, Phase
from steward.pulse import Minute, Pulse, Service, ServiceState
from tests.browser.world import today

NOW = today()
AGO = timedelta(minutes=20)
NAMES = Names({"notion": "Notion", "slack": "Slack"})

pytestmark = pytest.mark.req("C3")


def pulse(at: datetime = NOW, **more: Any) -> Pulse:
    return Pulse(**{"at": at, "last_event_at": NOW, **more})


def incident(severity: Severity, stage: Stage = Stage.MITIGATING, vendor: str = "notion") -> Incident:
    return Incident("i-1", vendor, Class.OUTAGE, severity, stage, "it says", NOW - AGO, NOW)


def told(seen: Pulse | None, pause: Pause | None = None, incidents: tuple[Incident, ...] = ()) -> Headline:
    return headline(
        pulse=seen,
        health=health(seen, NOW),
        standing=Standing(pause or Pause()),
        incidents=incidents,
        names=NAMES,
        now=NOW,
    )


def service(state: ServiceState) -> Service:
    return Service(state, NOW - AGO, "503")


@pytest.mark.parametrize(
    ("line", "tone", "says", "since"),
    [
        (told(pulse()), Tone.GOOD, "All is well", None),
        (told(None), Tone.UNKNOWN, "Nobody has looked yet", None),
        (told(pulse(NOW - AGO)), Tone.BAD, "Nobody looks", NOW - AGO),
        (told(pulse(NOW + AGO)), Tone.BAD, "Nobody looks", NOW + AGO),
        (told(pulse(), None, (incident(Severity.P1),)), Tone.BAD, "Notion: vendor outage", NOW - AGO),
        (told(pulse(), None, (incident(Severity.P3),)), Tone.WARN, "Notion: vendor outage", NOW - AGO),
        (
            told(pulse(), None, (incident(Severity.P1, Stage.MONITORING),)),
            Tone.WARN,
            "Notion: vendor outage, over and being watched",
            NOW - AGO,
        ),
        (
            told(pulse(), Pause(Phase.PAUSED, Cause.TOKEN, "401", NOW - AGO)),
            Tone.BAD,
            "The lane rests, because Notion refuses the token",
            NOW - AGO,
        ),
        (
            told(pulse(), Pause(Phase.PAUSED, Cause.OPERATOR, "deploy", NOW - AGO)),
            Tone.WARN,
            "The lane was paused by an operator",
            NOW - AGO,
        ),
        (told(pulse(), Pause(Phase.RESUMING, Cause.TOKEN, "401", NOW - AGO)), Tone.GOOD, "All is well", None),
        (
            told(pulse(services={"notion": service(ServiceState.DOWN)})),
            Tone.BAD,
            "Notion is down",
            NOW - AGO,
        ),
        (
            told(pulse(services={"slack": service(ServiceState.DOWN)})),
            Tone.WARN,
            "Slack is down",
            NOW - AGO,
        ),
        (
            told(pulse(services={"slack": service(ServiceState.DEGRADED)})),
            Tone.WARN,
            "Slack is not quite well",
            NOW - AGO,
        ),
        (
            told(pulse(services={"slack": service(ServiceState.UNKNOWN)})),
            Tone.GOOD,
            "All is well",
            None,
        ),
        (told(pulse(dead_letters=1)), Tone.WARN, "1 dead letter", None),
        (
            told(pulse(minutes=(Minute(NOW, 9, 2),))),
            Tone.WARN,
            "2 of the last 11 events failed",
            None,
        ),
        (told(pulse(minutes=(Minute(NOW, 0, 4),))), Tone.BAD, "4 of the last 4 events failed", None),
    ],
)
def test_the_line_says_what_is_wrong_since_when(
    line: Headline, tone: Tone, says: str, since: datetime | None
) -> None:
    assert (line.tone, line.says, line.since) == (tone, says, since)


def test_the_worst_comes_first_and_the_rest_is_named() -> None:
    line = told(
        pulse(services={"slack": service(ServiceState.DEGRADED)}, dead_letters=3),
        Pause(Phase.PAUSED, Cause.VENDOR, "503", NOW - AGO),
        (incident(Severity.P3, vendor="slack"),),
    )

    assert line.says == "The lane rests, because Notion does not answer"
    assert line.also == ("Slack: vendor outage", "Slack is not quite well", "3 dead letters")


def test_of_two_incidents_the_more_severe_leads() -> None:
    line = told(pulse(), None, (incident(Severity.P2, vendor="slack"), incident(Severity.P1)))

    assert line.says == "Notion: vendor outage"
    assert line.also == ("Slack: vendor outage",)


def test_what_health_calls_healthy_is_named_and_is_no_headline() -> None:
    line = told(pulse(minutes=(Minute(NOW, 99, 1),)))

    assert (line.tone, line.says, line.also) == (
        Tone.GOOD,
        "All is well",
        ("1 of the last 100 events failed",),
    )
