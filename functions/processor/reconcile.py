"""Bringing the memory of a page up to date: what was just seen becomes the next snapshot, with the effects it plans.

Three ways lead here, and all three end in the same commit: reading a page, a row of a query in a burst, and a row of the
sweep. A row is worth less than a reading, because the index behind a query lags: it is taken only when its own
``last_edited_time`` is a later minute than what is remembered. Everything else is left to a reading.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from processor.automations.change import Departure
from processor.connections import Connections
from processor.known import Known
from processor.peers import Peers
from processor.plan import MOST_ITEMS, Context, Plan, late_news, plan_gone, plan_observed, plan_untold
from processor.relevance import News
from processor.seen import assignees_of, differ, seen
from steward import telemetry
from steward.effects import Effect, Status
from steward.errors import CallFailed
from steward.outcomes import TABLE, Then
from steward.pages import Page, decode_page
from steward.people import People
from steward.rules import MAIN, DataSource, Rules
from steward.snapshots import Snapshot
from steward.state import PageRecord, State


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a page is looked at.

    Attributes:
        event_id: what led here; effects carry it.
        news: what is claimed about a page of this source.
        quiet_until: messages wait until then to be gathered; None sends them at once.
        announced: False for a row of a burst's query, whose own event is still to come.
        notes: filled with what the automations leave undone, or decided.
    """

    event_id: str
    news: Callable[[Page | None, DataSource], News]
    quiet_until: datetime | None = None
    announced: bool = True
    notes: list[str] = field(default_factory=list)


class Seen(StrEnum):
    """What looking at a page gave."""

    PRESENT = "present"
    TRASHED = "trashed"
    MISSING = "missing"  # deleted for good, or not shared with the connection
    ELSEWHERE = "elsewhere"  # in no data source of the rules file


@dataclass(frozen=True, slots=True)
class Observation:
    """What reading a page gave, and how many effects it planned."""

    seen: Seen
    planned: int = 0


class Reconciler:
    """Commits what is seen."""

    def __init__(
        self,
        *,
        rules: Rules,
        state: State,
        connections: Connections,
        known: Known,
        people: People,
        peers: Peers,
        count: telemetry.Count,
        margin: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        self._rules = rules
        self._state = state
        self._connections = connections
        self._known = known
        self._people = people
        self._peers = peers
        self._count = count
        self._margin = margin
        self._now = now

    def read(self, page_id: str, reason: Reason, connection: str = MAIN) -> Observation:
        """Read a page and commit what it shows.

        Args:
            page_id: the page.
            reason: why.
            connection: the name of the one that it is read with.

        Raises:
            CallFailed: it could not be read, and may be another time.
            StateConflict: another writer was faster.
        """
        try:
            answer = self._connections.named(connection).page(page_id)
        except CallFailed as failure:
            if TABLE[failure.failure].observing is not Then.GONE:
                raise
            return Observation(Seen.MISSING, self._gone(page_id, Departure.MISSING, reason))
        page = decode_page(answer.body)
        source = self._rules.source_of(page.data_source_id, page.database_id)
        if source is None:
            return Observation(Seen.ELSEWHERE, self._gone(page_id, Departure.ELSEWHERE, reason))
        planned = self._commit(page, source, answer.observed_at, reason, listed=False)
        return Observation(Seen.TRASHED if page.in_trash else Seen.PRESENT, planned)

    def take_row(self, page: Page, source: DataSource, observed_at: datetime | None, reason: Reason) -> bool:
        """Commit a row of a query; False when only a reading can tell.

        Raises:
            StateConflict: another writer was faster.
        """
        record = self._state.load(page.id)
        before = record.snapshot
        if before is not None and not _is_later(page, before):
            return False
        if any(e.status is Status.STARTED for e in record.still_open):
            return False  # what may have happened is settled first, when the page's own event comes
        if not reason.announced and before is not None and self._peers.status_differs(page, source, before):
            return False  # when it was changed decides, and only its own event knows that to the second
        self._commit(page, source, observed_at, reason, listed=True)
        return True

    def meet(self, page: Page, source: DataSource, observed_at: datetime | None, event_id: str) -> None:
        """Remember a page that was never seen, as it was just read for another page's sake.

        Raises:
            StateConflict: another writer was faster.
        """
        silent = Reason(event_id, lambda _page, _source: News(assignees=False, at=None))
        self._commit(page, source, observed_at, silent, listed=False)

    def differs(self, page: Page, source: DataSource, snapshot: Snapshot) -> bool:
        """Whether what the automations watch is not as remembered."""
        properties = self._known.properties_of(source)
        now = seen(snapshot, page, None, source, properties, self._rules, listed=True)
        present = assignees_of(page, properties)
        return page.in_trash or differ(snapshot, replace(now, assignees=present))

    def owes_news(self, snapshot: Snapshot, reason: Reason) -> bool:
        """Whether an event that the snapshot covers says that its silent baseline was news."""
        source = self._rules.source_of(snapshot.source_id)
        return source is not None and late_news(snapshot, reason.news(None, source), self._margin)

    def tell_untold(self, record: PageRecord, reason: Reason) -> None:
        """Plan what a silent baseline kept back."""
        source = self._rules.source_of(record.snapshot.source_id) if record.snapshot else None
        if source is not None:
            context = self._context(source, None, reason, listed=False)
            self._commit_all(
                record, lambda now, still: plan_untold(now, still, context) if now else None, reason
            )

    def announce(self, record: PageRecord) -> None:
        """Remember that an event, or the sweep's count, has told of what a query showed."""
        if record.snapshot is not None and record.snapshot.unannounced:
            self._state.commit(record.snapshot, record.snapshot.announced(), (), ())

    def _gone(self, page_id: str, departure: Departure, reason: Reason) -> int:
        """Remember that a page is not there any more; a page that was never seen is nothing to remember."""
        record = self._state.load(page_id)
        source = self._rules.source_of(record.snapshot.source_id) if record.snapshot else None
        if record.snapshot is None or record.snapshot.gone:
            return 0
        if source is None:
            # The source was taken out of the rules file: nothing is watched there any more.
            self._state.commit(
                record.snapshot, record.snapshot.tombstone(None), (), record.still_open[:MOST_ITEMS]
            )
            return 0
        context = self._context(source, None, reason, listed=False)

        def planner(now: Snapshot | None, still: Sequence[Effect]) -> Plan | None:
            return None if now is None else plan_gone(now, now, None, departure, still, context)

        return self._commit_all(record, planner, reason)

    def _commit(
        self, page: Page, source: DataSource, observed_at: datetime | None, reason: Reason, *, listed: bool
    ) -> int:
        self._known.learn(source, page)
        record = self._state.load(page.id)
        self._peers.link(source, page, record.snapshot)
        context = replace(
            self._context(source, page, reason, listed=listed),
            peers=self._peers.of(source, page, record.linked_from),
        )
        planned = self._commit_all(
            record, lambda before, still: plan_observed(before, page, observed_at, still, context), reason
        )
        if planned:
            for person in assignees_of(page, context.properties) or ():
                self._people.learn(person)
        return planned

    def _commit_all(
        self,
        record: PageRecord,
        planner: Callable[[Snapshot | None, Sequence[Effect]], Plan | None],
        reason: Reason,
    ) -> int:
        """Plan and commit until the plan is complete; returns how many effects were planned."""
        planned = 0
        while True:
            plan = planner(record.snapshot, record.still_open)
            if plan is None:
                return planned
            self._state.commit(record.snapshot, plan.snapshot, plan.effects, plan.obsolete)
            planned += len(plan.effects)
            for note in plan.notes:
                self._count(telemetry.NOTES, reason=note.reason)
                reason.notes.append(note.text)
            if plan.complete:
                return planned
            record = self._state.load(plan.snapshot.page_id)

    def _context(self, source: DataSource, page: Page | None, reason: Reason, *, listed: bool) -> Context:
        return Context(
            rules=self._rules,
            source=source,
            properties=self._known.properties_of(source),
            types=self._known.types_of(source),
            news=reason.news(page, source),
            event_id=reason.event_id,
            margin=self._margin,
            now=self._now(),
            quiet_until=reason.quiet_until,
            listed=listed,
            announced=reason.announced,
        )


def _is_later(page: Page, before: Snapshot) -> bool:
    if page.last_edited_time is None:
        return False
    return before.edited_at is None or page.last_edited_time > before.edited_at
