"""How Steward is, in one word and the numbers behind it: what ``GET /health`` gives. Pure.

It comes from the pulse, and from the records of what rests, because those change between two pulses.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from steward.documents import iso
from steward.pauses import Cause, Pause
from steward.pulse import MINUTES, Pulse, Sample, Service, ServiceState

OLD = timedelta(minutes=5)
"""The triage writes every minute: an older pulse says nothing of now, and that nobody looks."""

ENOUGH = 0.95
"""More than this share of the window's events has to succeed."""

FEWEST = 3
"""Events that must have failed before "none succeeded" means that nothing works: one alone may be its own fault."""

FLOOR, MANY = 0.5, 10
"""Where less than that share succeeds, of at least so many events, more is broken than works: that is down."""

OLDEST = timedelta(seconds=900)
"""How long the oldest event may wait, as the alarm has it where nobody sets another one."""

SERVICES = ("notion", "hubspot", "slack", "postgres")
"""Those that are always told of, also where they are not used."""

BY_USE = frozenset({"slack", "postgres"})
"""Services that have no probe: after an hour without work nobody knows how they are, and that is no trouble."""

UNUSED = "unused"

_RUNNING = Pause()


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds work back, as its records say now.

    Attributes:
        pause: of the lane.
        resting: how much else rests since its calls failed: further Notion connections, the mirror's database.
        oldest: how long the oldest event may wait.
    """

    pause: Pause = _RUNNING
    resting: int = 0
    oldest: timedelta = OLDEST


NOTHING_HELD = Standing()


def is_old(pulse: Pulse, now: datetime) -> bool:
    """Whether it says nothing of now; one from the future is no better: a clock that went wrong must not look well for long."""
    return abs(now - pulse.at) > OLD


def too_old(pulse: Pulse, standing: Standing) -> timedelta | None:
    """How long the oldest event has waited, where that is too long; else None."""
    seconds = pulse.lane.oldest_seconds
    return (
        None if seconds is None or seconds <= standing.oldest.total_seconds() else timedelta(seconds=seconds)
    )


def is_unseen(name: str, service: Service) -> bool:
    """Whether nobody knows how a service is of which the triage's probes should tell."""
    return service.state is ServiceState.UNKNOWN and name not in BY_USE


def most_fail(succeeded: int, failed: int) -> bool:
    """Whether so much fails that nothing can be relied on."""
    if not succeeded:
        return failed >= FEWEST
    return succeeded + failed >= MANY and succeeded / (succeeded + failed) < FLOOR


def health(pulse: Pulse | None, now: datetime, standing: Standing = NOTHING_HELD) -> dict[str, Any]:
    """How Steward is, as JSON for anybody: it names no person, page, id, token or host.

    Args:
        pulse: the last one, or None.
        now: our clock.
        standing: what holds work back.

    Returns:
        ``status`` (healthy, degraded, down) and ``reason``; ``checked_at``; ``window_minutes``, and of the events that were
        finished in these ``total``, ``succeeded``, ``failed``; ``last_event_at``; ``services``: name → ``state``,
        ``since``, ``latency_ms`` (of the last answer that was timed, or null); those of ``SERVICES`` are always there.
        Times are ISO-8601 in UTC, or null.
    """
    status, reason = _status(pulse, now, standing)
    succeeded, failed = _counts(pulse)
    return {
        "status": status,
        "reason": reason,
        "checked_at": iso(pulse.at) if pulse else None,
        "window_minutes": MINUTES,
        "total": succeeded + failed,
        "succeeded": succeeded,
        "failed": failed,
        "last_event_at": iso(pulse.last_event_at) if pulse else None,
        "services": _services(pulse),
    }


def _services(pulse: Pulse | None) -> dict[str, Any]:
    found: Mapping[str, Service] = pulse.services if pulse else {}
    none = {"state": UNUSED if pulse else str(ServiceState.UNKNOWN), "since": None, "latency_ms": None}
    return {name: dict(none) for name in SERVICES} | {
        name: {
            "state": str(service.state),
            "since": iso(service.since),
            "latency_ms": _latency(service.samples),
        }
        for name, service in found.items()
    }


def _status(pulse: Pulse | None, now: datetime, standing: Standing) -> tuple[str, str]:
    if pulse is None:
        return "degraded", "; ".join(["the triage has not looked yet", *_held(standing)])
    if is_old(pulse, now):
        return "down", f"the triage is silent: it last looked at {pulse.at:%Y-%m-%d %H:%M} UTC"
    if reason := next(_down(pulse), None):
        return "down", reason
    if reasons := [*_held(standing), *_degraded(pulse, standing)]:
        return "degraded", "; ".join(reasons)
    return "healthy", _well(pulse)


def _down(pulse: Pulse) -> Iterator[str]:
    notion = pulse.services.get(SERVICES[0])
    if notion is not None and notion.state is ServiceState.DOWN:
        yield f"{SERVICES[0]} is down for us; events wait and none is lost"
    succeeded, failed = _counts(pulse)
    if most_fail(succeeded, failed):
        many = f"{failed} of the last {succeeded + failed} events failed"
        yield many if succeeded else f"none of the last {failed} events succeeded"


def _held(standing: Standing) -> Iterator[str]:
    if standing.pause.holds:
        operator = standing.pause.cause is Cause.OPERATOR
        who = "an operator paused the lane" if operator else "the lane rests"
        yield f"{who}; events wait and none is lost"


def _degraded(pulse: Pulse, standing: Standing) -> Iterator[str]:
    for name, service in pulse.services.items():
        if service.state is ServiceState.DOWN:
            yield f"{name} is down for us; what it is told waits"
        elif service.state is ServiceState.DEGRADED:
            yield f"{name} is degraded"
        elif is_unseen(name, service):
            yield f"nobody knows how {name} is"
    if standing.resting:
        yield "a part of us rests since its calls failed"
    if waited := too_old(pulse, standing):
        yield f"the oldest event has waited for {round(waited.total_seconds() / 60)} min"
    if pulse.dead_letters:
        yield f"{pulse.dead_letters} dead letter{'' if pulse.dead_letters == 1 else 's'}"
    succeeded, failed = _counts(pulse)
    if failed and succeeded / (succeeded + failed) <= ENOUGH:
        yield f"{failed} of the last {succeeded + failed} events failed"


def _well(pulse: Pulse) -> str:
    """What was seen, and no more than that."""
    up = [name for name, service in pulse.services.items() if service.state is ServiceState.UP]
    idle = [name for name, service in pulse.services.items() if service.state is ServiceState.UNKNOWN]
    succeeded, failed = _counts(pulse)
    events = f"{succeeded} of {succeeded + failed} events succeeded" if succeeded else "no event"
    return "; ".join(
        [
            *([f"{' and '.join(up)} up"] if up else []),
            *(
                [f"{' and '.join(idle)} {'was' if len(idle) == 1 else 'were'} not used lately"]
                if idle
                else []
            ),
            f"{events} in the last {MINUTES} min",
        ]
    )


def _counts(pulse: Pulse | None) -> tuple[int, int]:
    """Events of the window that succeeded, and that failed."""
    minutes = pulse.minutes if pulse else ()
    return sum(m.succeeded for m in minutes), sum(m.failed for m in minutes)


def _latency(samples: Sequence[Sample]) -> int | None:
    return next((round(s.seconds * 1000) for s in reversed(samples) if s.seconds is not None), None)
