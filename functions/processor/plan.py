"""From what was known and what is there now, to what has to be told. Pure: no call, no clock, no state.

**First sight.** A page that was never seen announces its assignees only if the event itself says that they are news:
the page was just created, or its assignee property changed. Everything else is a silent baseline. Because deliveries
overtake one another, the baseline remembers whom it kept silent about; an event that comes later but happened before,
and that says the assignees are news, still tells them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from processor.automations.assignment import tellings
from processor.relevance import News
from steward.effects import Effect, Kind
from steward.pages import Page, Person, people
from steward.rules import DataSource, Rules
from steward.snapshots import Snapshot

RETRY_HORIZON = timedelta(hours=25)
"""Notion's last retry comes about 24 h after the event: an older claim says nothing about a baseline made now."""

MAX_PEOPLE = 20
"""People told in one commit. A DynamoDB transaction takes 100 items; the rest follows in the next commit."""

MAX_CANCELS = 50


@dataclass(frozen=True, slots=True)
class Plan:
    """What to commit.

    Attributes:
        snapshot: the next version.
        effects: what to tell, planned by that version.
        obsolete: open effects of older versions that are no longer true.
        complete: False when more remains than one commit takes: plan again from this snapshot.
    """

    snapshot: Snapshot
    effects: tuple[Effect, ...] = ()
    obsolete: tuple[Effect, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Context:
    """What a plan needs to know besides the page.

    Attributes:
        rules: the whole file.
        source: the page's data source.
        assignee: the id of its assignee property, or the name until that is known.
        news: what is claimed about the assignees.
        event_id: what led here.
        margin: see ``Snapshot.covers``.
        now: our clock.
        quiet_until: messages wait until then to be gathered into a digest; None sends them at once.
        listed: the page is a row of a query.
        announced: an event tells of this page, or the sweep counts the change itself.
    """

    rules: Rules
    source: DataSource
    assignee: str
    news: News
    event_id: str
    margin: timedelta
    now: datetime
    quiet_until: datetime | None = None
    listed: bool = False
    announced: bool = True


def plan_observed(
    previous: Snapshot | None,
    page: Page,
    observed_at: datetime | None,
    still_open: Sequence[Effect],
    context: Context,
) -> Plan:
    """Plan for a page as it was just observed."""
    if page.in_trash:
        return plan_gone(_seen(previous, page, observed_at, context), observed_at, still_open)
    present = assignees_of(page, context.assignee)
    nxt = _seen(previous, page, observed_at, context)
    if present is None:
        return Plan(nxt)
    if previous is None or previous.assignees is None:
        if not context.news.assignees:
            silent = replace(
                nxt, assignees=present, baseline_at=observed_at, untold=frozenset(p.id for p in present)
            )
            return Plan(silent)
        known: frozenset[str] = frozenset()
    else:
        known = frozenset(p.id for p in previous.assignees)
        if late_news(previous, context.news, context.margin):
            known -= previous.untold
    return _tell(nxt, present, known, still_open, context)


def plan_untold(snapshot: Snapshot, context: Context) -> Plan:
    """Plan for an event that the snapshot covers, but that says the silent baseline was news. Costs no call."""
    owed = [p for p in snapshot.assignees or () if p.id in snapshot.untold]
    now_told, later = owed[:MAX_PEOPLE], owed[MAX_PEOPLE:]
    nxt = replace(snapshot, version=snapshot.version + 1, untold=frozenset(p.id for p in later))
    return Plan(nxt, _tellings(nxt, now_told, context), complete=not later)


def plan_gone(previous: Snapshot, observed_at: datetime | None, still_open: Sequence[Effect]) -> Plan:
    """Plan for a page that is trashed, deleted or no longer shared: nothing about it is worth telling any more."""
    return Plan(
        previous.tombstone(observed_at),
        obsolete=tuple(still_open[:MAX_CANCELS]),
        complete=len(still_open) <= MAX_CANCELS,
    )


def late_news(snapshot: Snapshot, news: News, margin: timedelta) -> bool:
    """Whether an event tells of a moment before the silent baseline, and so of what the baseline kept silent about."""
    if not (snapshot.untold and news.assignees):
        return False
    if snapshot.baseline_at is None or news.at is None:
        return True
    return snapshot.baseline_at - RETRY_HORIZON <= news.at <= snapshot.baseline_at + margin


def _tell(
    nxt: Snapshot,
    present: tuple[Person, ...],
    known: frozenset[str],
    still_open: Sequence[Effect],
    context: Context,
) -> Plan:
    added = [p for p in present if p.id not in known]
    now_told, later = added[:MAX_PEOPLE], added[MAX_PEOPLE:]
    waiting = {p.id for p in later}
    snapshot = replace(
        nxt,
        assignees=tuple(p for p in present if p.id not in waiting),
        untold=nxt.untold & known & {p.id for p in present},
    )
    ids = {p.id for p in present}
    changed = nxt.assignees is not None and ids != {p.id for p in nxt.assignees}
    snapshot = replace(snapshot, unannounced=not context.announced and (changed or nxt.unannounced))
    gone = [e for e in still_open if e.person_id not in ids]
    return Plan(
        snapshot,
        _tellings(snapshot, now_told, context),
        tuple(gone[:MAX_CANCELS]),
        complete=not later and len(gone) <= MAX_CANCELS,
    )


def _tellings(snapshot: Snapshot, people: Sequence[Person], context: Context) -> tuple[Effect, ...]:
    planned = tellings(snapshot, people, context.source, context.rules, context.event_id, context.now)
    return tuple(replace(e, retry_at=context.quiet_until) if e.kind is Kind.MESSAGE else e for e in planned)


def _seen(previous: Snapshot | None, page: Page, observed_at: datetime | None, context: Context) -> Snapshot:
    first = Snapshot(page.id, 0, observed_at, False, context.source.id, page.title, page.url, None)
    before = previous or first
    return replace(
        before,
        version=before.version + 1,
        observed_at=observed_at,
        gone=False,
        source_id=context.source.id,
        title=page.title,
        url=page.url,
        edited_at=page.last_edited_time,
        created_at=page.created_time or before.created_at,
        listed=context.listed,
    )


def assignees_of(page: Page, reference: str) -> tuple[Person, ...] | None:
    """Who a page is assigned to, without bots; None when the property can't be read."""
    found = people(page.find(reference))
    return None if found is None else tuple(p for p in found if p.kind != "bot")
