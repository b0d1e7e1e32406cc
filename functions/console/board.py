"""The dashboard as values: what the tables say, put in the order in which somebody on call asks. Reads, never writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from console import breakers, event_list
from console.breakers import Breaker, Breakers
from console.event_list import EventList
from console.headline import Headline, headline
from console.sources import Sources
from console.sparkline import Bar, Sparkline, bars, latency, sparkline
from console.wish import Wish
from steward.budget import BudgetRecord
from steward.health import health
from steward.incidents.incident import Incident
from steward.incidents.names import Names
from steward.mirror import report
from steward.mirror.report import HEALTH, Report
from steward.pauses import Pause
from steward.pulse import PULSE, Lane, Lost, Pulse, Service
from steward.spent_budget import remembered_budget, requests_per_minute

WINDOW = 60
"""Seconds over which Notion counts requests."""

LATELY = 5
"""Incidents that are over, and are still listed."""


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A service: how it is written, how it is, the median of its last answers in seconds, its last hour."""

    title: str
    service: Service
    latency: float | None
    spark: Sparkline


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """Requests to Notion in the last minute, and how many it allows; until when it forbids all, or None."""

    used: int
    limit: int
    blocked_until: datetime | None

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return min(1.0, self.used / self.limit)


@dataclass(frozen=True, slots=True)
class Board:
    """What the dashboard shows.

    Attributes:
        at: when it was read.
        headline: the answer at a glance.
        pulse: what the triage last saw; None before its first look.
        health: what ``steward.health`` makes of it.
        services: those that are used.
        bars: events a minute, the last hour.
        pause: how the lane stands.
        breakers: the lane's first; the mirror's where there is a mirror.
        budget: of Notion's requests.
        mirror: as ``steward.mirror.report.health`` gives it; None when no mirror was ever compared.
        incidents: those that are open, with their timelines, the worst first.
        lately: the last ones that are over, without timelines, newest first.
        events: a page of the list.
        wish: what of it was asked for.
        names: how vendors are written.
    """

    at: datetime
    headline: Headline
    pulse: Pulse | None
    health: Mapping[str, Any]
    services: tuple[ServiceLine, ...]
    bars: tuple[Bar, ...]
    pause: Pause
    breakers: tuple[Breaker, ...]
    budget: BudgetUse
    mirror: Mapping[str, Any] | None
    incidents: tuple[Incident, ...]
    lately: tuple[Incident, ...]
    events: EventList
    wish: Wish
    names: Names

    @property
    def lane(self) -> Lane | None:
        """How many wait; None when nobody has looked."""
        return self.pulse.lane if self.pulse else None

    @property
    def lost(self) -> Lost | None:
        """What no webhook brought; None when nobody has looked."""
        return self.pulse.lost if self.pulse else None


def read(sources: Sources, wish: Wish) -> Board:
    """The dashboard as it is now."""
    now, memory = sources.now(), sources.memory
    events = event_list.read(
        wish,
        sources.journal,
        sources.closings,
        sources.state_table,
        now,
        timedelta(days=sources.settings.journal_days),
    )
    environ = sources.settings.environ
    live, latest = sources.incidents.live(), sources.incidents.latest(LATELY)
    compared = Report.of(memory.recall(HEALTH))
    return board_of(
        now=now,
        pulse=Pulse.of(memory.recall(PULSE)),
        breakers=breakers.read(memory, sources.settings.connections),
        oldest=sources.settings.oldest,
        budget=budget_use(remembered_budget(environ, memory), requests_per_minute(environ), now),
        mirror=None if compared is None else report.health(compared, now),
        incidents=[incident for incident in live if incident.is_open],
        lately=[incident for incident in latest if not incident.is_open],
        events=events,
        wish=wish,
        names=sources.settings.names,
    )


def board_of(
    *,
    now: datetime,
    pulse: Pulse | None,
    breakers: Breakers,
    oldest: timedelta,
    budget: BudgetUse,
    mirror: Mapping[str, Any] | None,
    incidents: Sequence[Incident],
    lately: Sequence[Incident],
    events: EventList,
    wish: Wish,
    names: Names,
) -> Board:
    """The dashboard of what was read. Pure; the arguments are those of ``Board``, incidents in any order.

    ``oldest`` is how long the oldest event may wait.
    """
    standing = breakers.standing(oldest)
    said = health(pulse, now, standing)
    used = pulse is not None and "postgres" in pulse.services
    mirrored = used or mirror is not None or breakers.mirror.record.holds
    worst_first = tuple(sorted(incidents, key=lambda i: (i.severity, i.opened_at)))
    return Board(
        at=now,
        headline=headline(
            pulse=pulse, health=said, standing=standing, incidents=incidents, names=names, now=now
        ),
        pulse=pulse,
        health=said,
        services=tuple(
            ServiceLine(names.title(name), one, latency(one.samples), sparkline(one.samples, now))
            for name, one in (pulse.services if pulse else {}).items()
        ),
        bars=bars(pulse.minutes, now) if pulse else (),
        pause=standing.pause,
        breakers=(breakers.lane, *breakers.others, *((breakers.mirror,) if mirrored else ())),
        budget=budget,
        mirror=mirror,
        incidents=worst_first,
        lately=tuple(lately),
        events=events,
        wish=wish,
        names=names,
    )


def budget_use(record: BudgetRecord | None, limit: int, now: datetime) -> BudgetUse:
    """What was spent of a limit in the last minute; nothing where nothing is remembered."""
    if record is None:
        return BudgetUse(0, limit, None)
    at = now.timestamp()
    used = sum(count for second, count in record.spent.items() if at - WINDOW < second)
    blocked = max(record.blocked_until, record.limited_until)
    return BudgetUse(used, limit, datetime.fromtimestamp(blocked, UTC) if blocked > at else None)
