"""How Steward is, in one word and the numbers behind it, from the pulse alone: what ``GET /health`` gives. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from steward.documents import iso
from steward.pulse import MINUTES, Pulse, Sample, ServiceState

OLD = timedelta(minutes=5)
"""The triage writes every minute: an older pulse says nothing of now, and that nobody looks."""

ENOUGH = 0.95
"""More than this share of the window's events has to succeed."""

FEWEST = 3
"""Events that must have failed before "none succeeded" means that nothing works: one alone may be its own fault."""

NEEDED = ("notion", "slack", "postgres")
"""Services that Steward can't do its work without, the one first that it can do nothing without."""


def is_old(pulse: Pulse, now: datetime) -> bool:
    """Whether it says nothing of now; one from the future is no better: a clock that went wrong must not look well for long."""
    return abs(now - pulse.at) > OLD


def health(pulse: Pulse | None, now: datetime) -> dict[str, Any]:
    """How Steward is, as JSON for anybody: it names no person, page, id, token or host.

    Args:
        pulse: the last one, or None.
        now: our clock.

    Returns:
        ``status`` (healthy, degraded, down) and ``reason``; ``checked_at``; ``window_minutes``, and of the events that were
        finished in these ``total``, ``succeeded``, ``failed``; ``last_event_at``; ``services``: name → ``state``,
        ``since``, ``latency_ms`` (of the last answer that was timed, or null). Times are ISO-8601 in UTC, or null.
    """
    status, reason = _status(pulse, now)
    minutes = pulse.minutes if pulse else ()
    succeeded, failed = sum(m.succeeded for m in minutes), sum(m.failed for m in minutes)
    return {
        "status": status,
        "reason": reason,
        "checked_at": iso(pulse.at) if pulse else None,
        "window_minutes": MINUTES,
        "total": succeeded + failed,
        "succeeded": succeeded,
        "failed": failed,
        "last_event_at": iso(pulse.last_event_at) if pulse else None,
        "services": {
            name: {
                "state": str(service.state),
                "since": iso(service.since),
                "latency_ms": _latency(service.samples),
            }
            for name, service in (pulse.services if pulse else {}).items()
        },
    }


def _status(pulse: Pulse | None, now: datetime) -> tuple[str, str]:
    if pulse is None:
        return "degraded", "the triage has not looked yet"
    if is_old(pulse, now):
        return "down", f"the triage is silent: it last looked at {pulse.at:%Y-%m-%d %H:%M} UTC"
    return _judged(pulse)


def _judged(pulse: Pulse) -> tuple[str, str]:
    """The status, and why; of several reasons the worst."""
    down = [n for n in NEEDED if n in pulse.services and pulse.services[n].state is ServiceState.DOWN]
    succeeded, failed = sum(m.succeeded for m in pulse.minutes), sum(m.failed for m in pulse.minutes)
    if NEEDED[0] in down:
        return "down", f"{NEEDED[0]} is down for us; events wait and none is lost"
    if failed >= FEWEST and not succeeded:
        return "down", f"none of the last {failed} events succeeded"
    if down:
        return "degraded", f"{' and '.join(down)} down for us; what it is told waits"
    if failed and succeeded / (succeeded + failed) <= ENOUGH:
        return "degraded", f"{failed} of the last {succeeded + failed} events failed"
    return "healthy", "everything that we depend on works, as far as was seen"


def _latency(samples: Sequence[Sample]) -> int | None:
    return next((round(s.seconds * 1000) for s in reversed(samples) if s.seconds is not None), None)
