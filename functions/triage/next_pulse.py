"""The next pulse, from the last one and what a round saw. Pure; see ``steward.pulse``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from steward.pulse import (
    LOST_HOURS,
    MINUTES,
    SAMPLES,
    Lane,
    Lost,
    LostHour,
    Minute,
    Pulse,
    Sample,
    Service,
    ServiceState,
)
from steward.unicode import one_line

LAG = timedelta(seconds=5)
"""What was finished in the last seconds is left to the next round: the Journal's index may not have it yet."""

SAYS_LIMIT = 200
"""Characters of what is said of a service."""

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one round saw of one service; ``state`` None: nothing new, and the samples decide."""

    state: ServiceState | None
    says: str
    good: bool | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What one round counted, of ``since`` to ``until``.

    Attributes:
        succeeded: beginning of a minute → events that were finished in it.
        failed: the same of those that failed.
        last_event_at: when the newest event from Notion was finished, or None.
        lost: when a sweep found a change → seconds for which it had gone unseen, None where nobody knows.
    """

    succeeded: Mapping[datetime, int] = field(default_factory=dict)
    failed: Mapping[datetime, int] = field(default_factory=dict)
    last_event_at: datetime | None = None
    lost: tuple[tuple[datetime, float | None], ...] = ()


def advanced(
    last: Pulse | None,
    now: datetime,
    *,
    counted: Counted,
    services: Mapping[str, Seen],
    lane: Lane | None,
    dead_letters: int | None,
) -> Pulse:
    """The next pulse.

    Args:
        last: the one before, or None.
        now: our clock.
        counted: the events since ``since(last, now)``.
        services: those that are used; another one is not shown any more.
        lane: None when it could not be seen: then the last one stands.
        dead_letters: the same.
    """
    now = now.replace(microsecond=0)
    if last is not None and last.at > now:
        last = None  # the clock was wrong, and was set right
    before = last or Pulse(now)
    times = (t for t in (before.last_event_at, counted.last_event_at) if t is not None)
    return Pulse(
        at=now,
        minutes=_minutes(before.minutes, counted, now),
        last_event_at=max(times, default=None),
        services={name: _service(before.services.get(name), seen, now) for name, seen in services.items()},
        lane=before.lane if lane is None else lane,
        dead_letters=before.dead_letters if dead_letters is None else dead_letters,
        lost=_lost(before.lost.by_hour, counted.lost, now),
    )


def since(last: Pulse | None, now: datetime) -> datetime:
    """From when on, exclusively, the next pulse counts; up to ``now - LAG``, inclusively."""
    first = now - MINUTES * _MINUTE
    return first if last is None or last.at > now else max(first, last.at - LAG)


def minute_of(at: datetime) -> datetime:
    """The minute in which something was."""
    return at.astimezone(UTC).replace(second=0, microsecond=0)


def _minutes(before: Iterable[Minute], counted: Counted, now: datetime) -> tuple[Minute, ...]:
    known = {m.at: m for m in before}
    kept = []
    for ago in reversed(range(MINUTES)):
        at = minute_of(now) - ago * _MINUTE
        was = known.get(at, Minute(at, 0, 0))
        more, failed = counted.succeeded.get(at, 0), counted.failed.get(at, 0)
        kept.append(Minute(at, was.succeeded + more, was.failed + failed))
    return tuple(kept)


def _service(before: Service | None, seen: Seen, now: datetime) -> Service:
    samples = (*(before.samples if before else ()), Sample(now, seen.good, seen.seconds))[-SAMPLES:]
    state, says = seen.state, one_line(seen.says, SAYS_LIMIT)
    if state is None:
        heard = before is not None and any(s.good is not None for s in samples)
        # What was last seen holds for as long as a sample tells of it; after that nobody knows.
        state, says = (before.state, before.says) if before and heard else (ServiceState.UNKNOWN, says)
    if before is not None and before.state is state:
        return replace(before, says=says, samples=samples)
    return Service(state, now, says, samples)


def _lost(before: Iterable[LostHour], found: Iterable[tuple[datetime, float | None]], now: datetime) -> Lost:
    hours = {h.at: h for h in before if h.at > now - LOST_HOURS * _HOUR}
    for at, seconds in found:
        hour = minute_of(at).replace(minute=0)
        was = hours.get(hour, LostHour(hour, 0, None))
        hours[hour] = LostHour(hour, was.changes + 1, _longest((was.longest_seconds, seconds)))
    by_hour = tuple(hours[at] for at in sorted(hours))
    longest = _longest(h.longest_seconds for h in by_hour)
    return Lost(sum(h.changes for h in by_hour), LOST_HOURS, longest, by_hour)


def _longest(seconds: Iterable[float | None]) -> float | None:
    return max((s for s in seconds if s is not None), default=None)
