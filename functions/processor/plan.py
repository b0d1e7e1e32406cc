"""From what was known and what is there now, to what has to be done. Pure: no call, no clock, no state.

**First sight.** A page that was never seen announces its assignees only if the event itself says that they are news:
the page was just created, or its assignee property changed. Everything else is a silent baseline. Because deliveries
overtake one another, the baseline remembers what it kept silent about; an event that comes later but happened before,
and that says that it was news, still has it told.

**Our own writes.** What a write gave a page is observed from its own answer, before the write counts as done: whom it
assigned is told from there, once, because the event that Notion sends of it is ignored. See ``Reconciler.wrote``.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from processor.automations.change import Change, Departure
from processor.automations.sync import stamped
from processor.context import Context
from processor.drafted import MOST_EFFECTS, MOST_PEOPLE, Plan, put_together
from processor.relevance import News
from processor.seen import assignees_of, differ, seen
from steward.effects import Effect
from steward.pages import Page, Person
from steward.snapshots import Snapshot

__all__ = [
    "MOST_EFFECTS",
    "MOST_PEOPLE",
    "Context",
    "Plan",
    "late_news",
    "plan_gone",
    "plan_observed",
    "plan_untold",
]

RETRY_HORIZON = timedelta(hours=25)
"""Notion's last retry comes about 24 h after the event: an older claim says nothing about a baseline made now."""

_NOBODY: frozenset[str] = frozenset()


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
    how = _how_it_came(previous, context)
    nxt = replace(nxt, creation_untold=nxt.creation_untold and not how)
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
    if context.written is None:
        differs = nxt.unannounced or (previous is not None and differ(previous, nxt))
        nxt = replace(nxt, unannounced=not context.announced and differs)
    change = _change(
        previous,
        nxt,
        still_open,
        context,
        added=tuple(added),
        removed=tuple(removed),
        # A row of a burst has an event of its own, which will find it covered.
        heard=context.news.at is not None or not context.announced,
        own=context.own,
        **how,
    )
    return put_together(change, context, _without)


def plan_untold(snapshot: Snapshot, still_open: Sequence[Effect], context: Context) -> Plan:
    """Plan for an event that the snapshot covers, but that says that what was kept silent was news. Costs no call."""
    owed = [p for p in snapshot.assignees or () if p.id in snapshot.untold] if context.news.assignees else []
    how = _how_it_came(snapshot, context)
    nxt = replace(
        snapshot,
        version=snapshot.version + 1,
        untold=_NOBODY if context.news.assignees else snapshot.untold,
        unannounced=False,
        creation_untold=snapshot.creation_untold and not how,
    )
    change = _change(snapshot, nxt, still_open, context, added=tuple(owed), **how)
    return put_together(change, context, _untold)


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
    gone = last_seen.tombstone(observed_at, departure)
    return put_together(_change(previous, gone, still_open, context, departure=departure), context, _without)


def late_news(snapshot: Snapshot, news: News, margin: timedelta) -> bool:
    """Whether an event tells of a moment before the silent baseline, and so of what the baseline kept silent about."""
    came = snapshot.creation_untold and (news.created or news.moved)
    if not ((snapshot.untold and news.assignees) or came):
        return False
    if snapshot.baseline_at is None or news.at is None:
        return True
    return snapshot.baseline_at - RETRY_HORIZON <= news.at <= snapshot.baseline_at + margin


def _how_it_came(previous: Snapshot | None, context: Context) -> dict[str, bool]:
    """That the page was created or moved there, when that is news: at first sight, or when it was kept silent."""
    late = (
        previous is not None
        and previous.creation_untold
        and late_news(previous, context.news, context.margin)
    )
    if previous is not None and not late:
        return {}
    if context.news.created:
        return {"created": True}
    return {"arrived": True} if context.news.moved else {}


def _change(
    before: Snapshot | None, after: Snapshot, still_open: Sequence[Effect], context: Context, **step: Any
) -> Change:
    return Change(
        before,
        after,
        context.source,
        context.rules,
        context.now,
        context.properties,
        context.types,
        open=tuple(still_open),
        peers=context.peers,
        **step,
    )


def _without(snapshot: Snapshot, added: Sequence[Person], removed: Sequence[Person]) -> Snapshot:
    there = tuple(p for p in snapshot.assignees or () if p not in added)
    return replace(snapshot, assignees=there + tuple(removed))


def _untold(snapshot: Snapshot, added: Sequence[Person], removed: Sequence[Person]) -> Snapshot:
    del removed  # nobody is, by something that is only told now
    return replace(snapshot, untold=snapshot.untold | _ids(added))


def _ids(people: Sequence[Person] | None) -> frozenset[str]:
    return frozenset(p.id for p in people or ())
