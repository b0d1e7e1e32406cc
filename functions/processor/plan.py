"""From what was known and what is there now, to what has to be done. Pure: no call, no clock, no state.

**First sight.** A page that was never seen announces its assignees only if the event itself says that they are news:
the page was just created, or its assignee property changed. Everything else is a silent baseline. Because deliveries
overtake one another, the baseline remembers what it kept silent about; an event that comes later but happened before,
and that says that it was news, still has it told.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from processor.automations.change import Change, Departure, Note, Peer
from processor.automations.sync import stamped
from processor.drafting import effects_of
from processor.relevance import News
from processor.seen import assignees_of, differ, seen
from steward.claims import hold
from steward.effects import Effect
from steward.pages import Page, Person
from steward.rules import DataSource, Rules
from steward.snapshots import Snapshot

RETRY_HORIZON = timedelta(hours=25)
"""Notion's last retry comes about 24 h after the event: an older claim says nothing about a baseline made now."""

MOST_EFFECTS = 80
"""Effects planned by one commit: a DynamoDB transaction takes 100 items. Where more people are added, the rest follows in
the next commit."""

MOST_ITEMS = 99
"""Of a transaction, without the snapshot."""

MOST_PEOPLE = 20
"""People told by one commit."""

_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """What to commit.

    Attributes:
        snapshot: the next version.
        effects: what to do, planned by that version.
        obsolete: open effects of older versions that are no longer true.
        complete: False when more remains than one commit takes: plan again from this snapshot.
        notes: what the automations leave undone, or decided.
    """

    snapshot: Snapshot
    effects: tuple[Effect, ...] = ()
    obsolete: tuple[Effect, ...] = ()
    complete: bool = True
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What a plan needs to know besides the page.

    Attributes:
        rules: the whole file.
        source: the page's data source.
        properties: role → id of the property that has it, or its name until the id is known.
        types: role → type of that property, as far as known.
        news: what is claimed about the page.
        event_id: what led here.
        margin: see ``Snapshot.covers``.
        now: our clock.
        quiet_until: messages wait until then to be gathered into a digest; None sends them at once.
        listed: the page is a row of a query.
        announced: an event tells of this page, or the sweep counts the change itself.
        peers: the other sides that the page's status is kept in step with.
    """

    rules: Rules
    source: DataSource
    properties: Mapping[str, str]
    types: Mapping[str, str]
    news: News
    event_id: str
    margin: timedelta
    now: datetime
    quiet_until: datetime | None = None
    listed: bool = False
    announced: bool = True
    peers: tuple[Peer, ...] = ()


def plan_observed(
    previous: Snapshot | None,
    page: Page,
    observed_at: datetime | None,
    still_open: Sequence[Effect],
    context: Context,
) -> Plan:
    """Plan for a page as it was just observed."""
    nxt = seen(
        previous, page, observed_at, context.source, context.properties, context.rules, listed=context.listed
    )
    if page.in_trash:
        return plan_gone(previous, nxt, observed_at, Departure.TRASHED, still_open, context)
    changed_at = context.news.at or page.last_edited_time or observed_at or context.now
    nxt = stamped(previous, nxt, changed_at, context.peers)
    created = context.news.created if previous is None else _is_late_creation(previous, context)
    nxt = replace(nxt, creation_untold=nxt.creation_untold and not created)
    present = assignees_of(page, context.properties)
    known = previous.assignees if previous else None
    ids = _ids(present)
    if present is None:
        added, removed = list[Person](), list[Person]()
    elif known is None and not context.news.assignees:
        nxt = replace(nxt, assignees=present, baseline_at=observed_at, untold=ids)
        added, removed = [], []
    else:
        told = _ids(known) - (
            nxt.untold if previous and late_news(previous, context.news, context.margin) else _NOBODY
        )
        nxt = replace(nxt, assignees=present, untold=nxt.untold & told & ids)
        added = [p for p in present if p.id not in told]
        removed = [p for p in known or () if p.id not in ids]
    unannounced = not context.announced and (
        nxt.unannounced or (previous is not None and differ(previous, nxt))
    )
    nxt = replace(nxt, unannounced=unannounced)
    change = _change(previous, nxt, context, added=tuple(added), removed=tuple(removed), created=created)
    return _put_together(change, still_open, context, _without)


def plan_untold(snapshot: Snapshot, still_open: Sequence[Effect], context: Context) -> Plan:
    """Plan for an event that the snapshot covers, but that says that what was kept silent was news. Costs no call."""
    owed = [p for p in snapshot.assignees or () if p.id in snapshot.untold] if context.news.assignees else []
    created = _is_late_creation(snapshot, context)
    nxt = replace(
        snapshot,
        version=snapshot.version + 1,
        untold=_NOBODY if context.news.assignees else snapshot.untold,
        creation_untold=snapshot.creation_untold and not created,
    )
    change = _change(snapshot, nxt, context, added=tuple(owed), created=created)
    return _put_together(change, still_open, context, _untold)


def plan_gone(
    previous: Snapshot | None,
    last_seen: Snapshot,
    observed_at: datetime | None,
    departure: Departure,
    still_open: Sequence[Effect],
    context: Context,
) -> Plan:
    """Plan for a page that is trashed, deleted or no longer shared.

    Args:
        previous: the snapshot that was known; None when the page was never seen there.
        last_seen: what is known of the page now, to become its tombstone.
        observed_at: when.
        departure: how it went.
        still_open: what it owes.
        context: what else is known.
    """
    change = _change(previous, last_seen.tombstone(observed_at), context, departure=departure)
    return _put_together(change, still_open, context, _without)


def late_news(snapshot: Snapshot, news: News, margin: timedelta) -> bool:
    """Whether an event tells of a moment before the silent baseline, and so of what the baseline kept silent about."""
    if not ((snapshot.untold and news.assignees) or (snapshot.creation_untold and news.created)):
        return False
    if snapshot.baseline_at is None or news.at is None:
        return True
    return snapshot.baseline_at - RETRY_HORIZON <= news.at <= snapshot.baseline_at + margin


def _is_late_creation(snapshot: Snapshot, context: Context) -> bool:
    return (
        snapshot.creation_untold
        and context.news.created
        and late_news(snapshot, context.news, context.margin)
    )


def _change(before: Snapshot | None, after: Snapshot, context: Context, **step: Any) -> Change:
    known: dict[str, Any] = {"properties": context.properties, "types": context.types, "peers": context.peers}
    return Change(before, after, context.source, context.rules, context.now, **known, **step)


def _put_together(
    change: Change,
    still_open: Sequence[Effect],
    context: Context,
    without: Callable[[Snapshot, Sequence[Person]], Snapshot],
) -> Plan:
    """As much as one commit takes: who is left out is added again when the rest is planned."""
    most = MOST_PEOPLE
    effects, notes = _effects(change, most, context)
    while len(effects) > MOST_EFFECTS and most > 1:
        most //= 2
        effects, notes = _effects(change, most, context)
    later = change.added[most:]
    obsolete = [e for e in still_open if not hold(e.claims, change.after)]
    room = MOST_ITEMS - len(effects)
    return Plan(
        without(change.after, later) if later else change.after,
        effects,
        tuple(obsolete[:room]),
        complete=not later and len(obsolete) <= room,
        notes=notes,
    )


def _effects(change: Change, most: int, context: Context) -> tuple[tuple[Effect, ...], tuple[Note, ...]]:
    return effects_of(replace(change, added=change.added[:most]), context.event_id, context.quiet_until)


def _without(snapshot: Snapshot, later: Sequence[Person]) -> Snapshot:
    return replace(snapshot, assignees=tuple(p for p in snapshot.assignees or () if p not in later))


def _untold(snapshot: Snapshot, later: Sequence[Person]) -> Snapshot:
    return replace(snapshot, untold=snapshot.untold | _ids(later))


def _ids(people: Sequence[Person] | None) -> frozenset[str]:
    return frozenset(p.id for p in people or ())
