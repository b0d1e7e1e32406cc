"""How Steward is, as its last round saw it: kept in State, so that whoever shows it makes no call. Pure.

The triage writes the pulse at the end of each round, see ``triage.next_pulse``; the console only reads it,
see ``steward.health``.
An item of the table is bounded and each kilobyte of it is paid for at every look: times are kept to the second and
relative to ``at``, the last ``MINUTES`` of everything, column by column, and what repeats once with how often: an hour in
which nothing happened is a few bytes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import accumulate, groupby, pairwise
from typing import Any

from steward.documents import iso

PULSE = "PULSE"
"""Under which name ``memory`` keeps it."""

MINUTES = SAMPLES = 60
"""How many minutes, and how many samples of each service, are kept."""

MOST_REPEATED = 1_000
"""How often a kept value may say that it repeats: what says more was not written here."""

LOST_HOURS = 24
"""Over how long lost webhooks are counted."""


class ServiceState(StrEnum):
    """How a service is for us."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    UNKNOWN = "unknown"  # nothing was seen of it: neither good nor bad


@dataclass(frozen=True, slots=True)
class Minute:
    """The events of one minute.

    Attributes:
        at: when it began.
        succeeded: events that were finished.
        failed: that were parked, or of which an effect failed for good; one that failed later counts in its own minute.
    """

    at: datetime
    succeeded: int
    failed: int


@dataclass(frozen=True, slots=True)
class Sample:
    """What one round saw of a service: ``good`` is None where nothing was seen, ``seconds`` where no answer was timed."""

    at: datetime
    good: bool | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Service:
    """A service that we work with: how it is, since when, half a sentence for operators, the last samples, oldest first."""

    state: ServiceState
    since: datetime
    says: str = ""
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True)
class Lane:
    """The lane: messages that can be received, that are being worked or given back, and the oldest one's age in seconds."""

    waiting: int
    in_flight: int
    oldest_seconds: float | None


@dataclass(frozen=True, slots=True)
class LostHour:
    """What sweeps found in one hour: how many changes, and the seconds that the one had waited which waited longest."""

    at: datetime
    changes: int
    longest_seconds: float | None


@dataclass(frozen=True, slots=True)
class Lost:
    """What sweeps found in the last ``hours`` that no webhook had brought; ``by_hour`` without the hours that had none."""

    changes: int = 0
    hours: int = LOST_HOURS
    longest_seconds: float | None = None
    by_hour: tuple[LostHour, ...] = ()


@dataclass(frozen=True, slots=True)
class Pulse:
    """How Steward is.

    Attributes:
        at: when the triage wrote it.
        minutes: the last 60, oldest first.
        last_event_at: when the newest event from Notion was finished, or None.
        services: those that are used, of notion, hubspot, slack, postgres.
        lane: how the lane stands.
        dead_letters: how many there are.
        lost: what no webhook brought.
    """

    at: datetime
    minutes: tuple[Minute, ...] = ()
    last_event_at: datetime | None = None
    services: Mapping[str, Service] = field(default_factory=dict)
    lane: Lane = Lane(0, 0, None)
    dead_letters: int = 0
    lost: Lost = Lost()

    def document(self) -> dict[str, Any]:
        """As JSON."""
        after = _after(self.at)
        return {
            "at": iso(self.at),
            "minutes": [
                _runs(_steps([after(m.at) for m in self.minutes])),
                _runs(m.succeeded for m in self.minutes),
                _runs(m.failed for m in self.minutes),
            ],
            "last_event_at": iso(self.last_event_at),
            "services": {
                name: {
                    "state": str(service.state),
                    "since": iso(service.since),
                    "says": service.says,
                    "samples": [
                        _runs(_steps([after(s.at) for s in service.samples])),
                        _runs(s.good for s in service.samples),
                        _runs(s.seconds for s in service.samples),
                    ],
                }
                for name, service in self.services.items()
            },
            "lane": [self.lane.waiting, self.lane.in_flight, self.lane.oldest_seconds],
            "dead_letters": self.dead_letters,
            "lost": [
                self.lost.changes,
                self.lost.hours,
                self.lost.longest_seconds,
                [[after(h.at), h.changes, h.longest_seconds] for h in self.lost.by_hour],
            ],
        }

    @staticmethod
    def of(document: Any) -> "Pulse | None":
        """What ``document`` wrote; None for anything else, however old or broken."""
        try:
            return _of(document)
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
            return None


def _after(start: datetime) -> Callable[[datetime], int]:
    return lambda at: round((at - start).total_seconds())


def _steps(offsets: Sequence[int]) -> list[int]:
    """The first one, and from each to the next: the same number, mostly."""
    return [*offsets[:1], *(later - earlier for earlier, later in pairwise(offsets))]


def _runs(values: Iterable[Any]) -> list[Any]:
    """Each value, or where it repeats a pair of it and how often."""
    counted = ((value, len(list(same))) for value, same in groupby(values))
    return [value if count == 1 else [value, count] for value, count in counted]


def _unrolled(runs: Iterable[Any]) -> list[Any]:
    """What ``_runs`` wrote."""
    found: list[Any] = []
    for run in runs:
        value, count = run if isinstance(run, list) else (run, 1)
        if not 1 <= int(count) <= MOST_REPEATED:
            raise ValueError(f"{count} times")
        found += [value] * int(count)
    return found


def _rows(columns: Any) -> Iterable[tuple[int, Any, Any]]:
    """Offsets in seconds, and the two values of each."""
    steps, ones, others = columns
    offsets = accumulate(int(step) for step in _unrolled(steps))
    return zip(offsets, _unrolled(ones), _unrolled(others), strict=True)


def _of(document: Any) -> Pulse:
    at = _moment(document["at"])

    def then(seconds: Any) -> datetime:
        return at + timedelta(seconds=int(seconds))

    changes, hours, longest, by_hour = document["lost"]
    waiting, in_flight, oldest = document["lane"]
    services = {
        str(name): Service(
            ServiceState(row["state"]),
            _moment(row["since"]),
            str(row["says"]),
            tuple(
                Sample(then(t), _known(good), _number(seconds)) for t, good, seconds in _rows(row["samples"])
            ),
        )
        for name, row in document["services"].items()
    }
    return Pulse(
        at=at,
        minutes=tuple(Minute(then(t), int(good), int(bad)) for t, good, bad in _rows(document["minutes"])),
        last_event_at=None if document["last_event_at"] is None else _moment(document["last_event_at"]),
        services=services,
        lane=Lane(int(waiting), int(in_flight), _number(oldest)),
        dead_letters=int(document["dead_letters"]),
        lost=Lost(
            int(changes),
            int(hours),
            _number(longest),
            tuple(LostHour(then(t), int(n), _number(seconds)) for t, n, seconds in by_hour),
        ),
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _known(value: Any) -> bool | None:
    return None if value is None else bool(value)


def _moment(value: str) -> datetime:
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError(f"{value} has no zone")
    return at
