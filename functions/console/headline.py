"""The one line that answers: are we well, and if not, what is wrong since when. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from steward.health import ENOUGH, Standing, is_old, is_unseen, most_fail, too_old
from steward.incidents.classes import Severity
from steward.incidents.incident import Incident, Stage
from steward.incidents.names import Names
from steward.pauses import Cause, Pause
from steward.pulse import Pulse, ServiceState


class Tone(StrEnum):
    """How a line is shown."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Headline:
    """What a glance sees.

    Attributes:
        tone: how bad it is.
        says: a short sentence.
        since: from when on, or None.
        detail: a further sentence, or "".
        also: what else is wrong, each in a few words.
        incident: which one it tells of, or None.
    """

    tone: Tone
    says: str
    since: datetime | None = None
    detail: str = ""
    also: tuple[str, ...] = ()
    incident: Incident | None = None


PAUSED: Mapping[Cause | None, str] = {
    Cause.VENDOR: "The lane rests, because Notion does not answer",
    Cause.TOKEN: "The lane rests, because Notion refuses the token",
    Cause.BLOCKED: "The lane rests, because Notion blocks the connection",
    Cause.OPERATOR: "The lane was paused by an operator",
    None: "The lane rests",
}
"""Why, in a sentence."""

_RANK = (Tone.BAD, Tone.UNKNOWN, Tone.WARN)


def headline(
    *,
    pulse: Pulse | None,
    health: Mapping[str, Any],
    standing: Standing,
    incidents: Sequence[Incident],
    names: Names,
    now: datetime,
) -> Headline:
    """The line.

    Args:
        pulse: the last one, or None.
        health: what ``steward.health`` makes of it.
        standing: what holds work back.
        incidents: those that are open.
        names: how vendors are written.
        now: our clock.
    """
    found = [
        *_silence(pulse, now),
        *_incidents(incidents, names),
        *_pause(standing.pause),
        *_services(pulse, names),
        *_waiting(pulse, standing),
        *_events(pulse, health),
    ]
    few = _few(health)
    if not found:
        last = None if pulse is None else pulse.last_event_at
        return Headline(Tone.GOOD, "All is well", None, "" if last else "No event has come yet", few)
    worst = min(found, key=lambda line: _RANK.index(line.tone))
    also = tuple(line.says for line in found if line is not worst)
    return replace(worst, also=(*also, *few))


def _silence(pulse: Pulse | None, now: datetime) -> Iterator[Headline]:
    if pulse is None:
        yield Headline(Tone.UNKNOWN, "Nobody has looked yet", None, "The triage reports once a minute.")
    elif is_old(pulse, now):
        detail = "The triage is silent. What stands here is as it last saw it."
        yield Headline(Tone.BAD, "Nobody looks", pulse.at, detail)


def _incidents(incidents: Sequence[Incident], names: Names) -> Iterator[Headline]:
    for incident in sorted(incidents, key=lambda i: (i.severity, i.opened_at)):
        going_on = incident.stage is not Stage.MONITORING
        bad = going_on and incident.severity <= Severity.P2
        says = f"{names.title(incident.vendor)}: {incident.cls}"
        yield Headline(
            Tone.BAD if bad else Tone.WARN,
            says if going_on else f"{says}, over and being watched",
            incident.opened_at,
            incident.says,
            incident=incident,
        )


def _pause(pause: Pause) -> Iterator[Headline]:
    if pause.holds:
        tone = Tone.WARN if pause.cause is Cause.OPERATOR else Tone.BAD
        yield Headline(tone, PAUSED[pause.cause], pause.since, pause.detail)


def _services(pulse: Pulse | None, names: Names) -> Iterator[Headline]:
    for name, service in (pulse.services if pulse else {}).items():
        if service.state is ServiceState.DOWN:
            says = f"{names.title(name)} is down"
            yield Headline(Tone.BAD if name == "notion" else Tone.WARN, says, service.since, service.says)
        elif service.state is ServiceState.DEGRADED:
            yield Headline(Tone.WARN, f"{names.title(name)} is not quite well", service.since, service.says)
        elif is_unseen(name, service):
            says = f"Nobody knows how {names.title(name)} is"
            yield Headline(Tone.UNKNOWN, says, service.since, service.says)


def _waiting(pulse: Pulse | None, standing: Standing) -> Iterator[Headline]:
    if pulse is not None and (waited := too_old(pulse, standing)):
        says = "Events wait for too long"
        yield Headline(
            Tone.WARN, says, pulse.at - waited, "That is the oldest one's time; see the lane below."
        )
    if standing.resting:
        yield Headline(
            Tone.WARN, "A part of us rests", None, "Since its calls failed; see the breakers below."
        )


def _events(pulse: Pulse | None, health: Mapping[str, Any]) -> Iterator[Headline]:
    if pulse is None:
        return
    if health["failed"] and not _is_few(health):
        bad = not health["succeeded"] or most_fail(health["succeeded"], health["failed"])
        tone = Tone.BAD if bad else Tone.WARN
        yield Headline(tone, _failed(health), None, "The events below can be filtered by their outcome.")
    if pulse.dead_letters:
        says = f"{pulse.dead_letters} dead letter{'' if pulse.dead_letters == 1 else 's'}"
        detail = "Why they are there, and how they are worked off again: python -m infra.operate dlq list"
        yield Headline(Tone.WARN, says, None, detail)


def _few(health: Mapping[str, Any]) -> tuple[str, ...]:
    """Failures that ``health`` calls healthy are named, and are no headline."""
    return (_failed(health),) if health["failed"] and _is_few(health) else ()


def _is_few(health: Mapping[str, Any]) -> bool:
    return bool(health["succeeded"] / health["total"] > ENOUGH)


def _failed(health: Mapping[str, Any]) -> str:
    return f"{health['failed']} of the last {health['total']} events failed"
