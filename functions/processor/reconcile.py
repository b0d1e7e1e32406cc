"""Bringing the memory of a page up to date: what was just seen becomes the next snapshot, with the effects it plans.

Three ways lead here, and all three end in the same commit: reading a page, a row of a query in a burst, and a row of the
sweep. A row is worth less than a reading, because the index behind a query lags: it is taken only when its own
``last_edited_time`` is a later minute than what is remembered. Everything else is left to a reading.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from processor.commit import Committer
from processor.connections import Connections
from processor.drafted import room_for_changes
from processor.known import Known
from processor.observation import Observation, Reason, Seen
from processor.peers import Peers
from processor.plan import Context, Plan, late_news, plan_gone, plan_observed, plan_untold
from processor.relevance import News
from processor.seen import absent, assignees_of, differ, only_adds, shown
from steward import telemetry
from steward.clients.notion import Answer
from steward.effects import Effect, Status
from steward.errors import CallFailed
from steward.outcomes import TABLE, Then
from steward.pages import Page, decode_page
from steward.people import People
from steward.rules import MAIN, DataSource, Rules
from steward.snapshots import Departure, Snapshot
from steward.state import PageRecord, State


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
        margin: timedelta,
        now: Callable[[], datetime],
        count: telemetry.Count,
        skipped: Callable[[str], None],
    ) -> None:
        self._rules = rules
        self._state = state
        self._connections = connections
        self._known = known
        self._people = people
        self._peers = peers
        self._margin = margin
        self._now = now
        self._committer = Committer(state, count, skipped, now)

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
        return self._take(answer, reason)

    def wrote(self, effect: Effect, answer: Answer) -> None:
        """Observe a page from the answer that shows what a write of ours gave it; call it before the write is done.

        Notion's event of our own write is ignored, so this is where those are told whom it assigned. A write that is not
        done is looked for, and is then observed by what the look showed: it is observed at least once, and what is
        observed again differs in nothing.

        Args:
            effect: the write.
            answer: of the write itself, or of the reading that found it.

        Raises:
            StateConflict: another writer was faster.
        """
        if "properties" in answer.body:  # else the connection may not read pages, and observes nothing at all
            nothing = News(False, self._peers.carried_at(effect))
            self._take(answer, Reason(effect.event_id, lambda *_: nothing, written=effect.writes or {}))

    def came_across(self, effect: Effect, answer: Answer) -> None:
        """Observe a page that was read before a write, and was found to be changed by people; raises as ``wrote``."""
        self._take(answer, Reason(effect.event_id, lambda *_: News(False, None)))

    def _take(self, answer: Answer, reason: Reason) -> Observation:
        page = decode_page(answer.body)
        source = self._rules.source_of(page.data_source_id, page.database_id)
        if source is None:
            return Observation(Seen.ELSEWHERE, self._gone(page.id, Departure.ELSEWHERE, reason))
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
            row = self.shown(page, source, before)
            if self.differs(page, source, before) or not only_adds(before, row, page, observed_at):
                return False
        if any(e.status is Status.STARTED for e in record.still_open):
            return False  # what may have happened is settled first, when the page's own event comes
        if not reason.announced and before is not None and self._peers.status_differs(page, source, before):
            return False  # when it was changed decides, and only its own event knows that to the second
        self._commit(page, source, observed_at, reason, listed=True)
        return True

    def differs(self, page: Page, source: DataSource, snapshot: Snapshot) -> bool:
        """Whether what the automations watch is not as remembered."""
        return page.in_trash or differ(snapshot, self.shown(page, source, snapshot))

    def shown(self, page: Page, source: DataSource, before: Snapshot | None) -> Snapshot:
        """What a row says of a page; nothing is committed."""
        return shown(before, page, source, self._known.properties_of(source), self._rules)

    def owes_news(self, snapshot: Snapshot, reason: Reason) -> bool:
        """Whether an event that the snapshot covers says that its silent baseline was news."""
        source = self._rules.source_of(snapshot.source_id)
        return source is not None and late_news(snapshot, reason.news(None, source), self._margin)

    def tell_untold(self, record: PageRecord, reason: Reason) -> None:
        """Plan what a silent baseline kept back."""
        source = self._rules.source_of(record.snapshot.source_id) if record.snapshot else None
        if source is not None:
            context = self._context(source, None, reason, listed=False)
            self._committer.commit(
                record, context, lambda now, still, given: plan_untold(now, still, given) if now else None
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
                record.snapshot, record.snapshot.tombstone(None), (), record.still_open[: room_for_changes(0)]
            )
            return 0
        context = self._context(source, None, reason, listed=False)

        def planner(now: Snapshot | None, still: Sequence[Effect], given: Context) -> Plan | None:
            return None if now is None else plan_gone(now, now, None, departure, still, given)

        return self._committer.commit(record, context, planner)

    def _commit(
        self, page: Page, source: DataSource, observed_at: datetime | None, reason: Reason, *, listed: bool
    ) -> int:
        self._known.learn(source, page)
        record = self._state.load(page.id)
        peers = self._peers.of(source, page, record)
        context = replace(self._context(source, page, reason, listed=listed), peers=peers)
        planned = self._committer.commit(
            record,
            context,
            lambda before, still, given: plan_observed(before, page, observed_at, still, given),
            reason.notes,
        )
        if planned:
            for person in assignees_of(page, context.properties) or ():
                self._people.learn(person)
        return planned

    def _context(self, source: DataSource, page: Page | None, reason: Reason, *, listed: bool) -> Context:
        properties = self._known.properties_of(source)
        return Context(
            rules=self._rules,
            source=source,
            properties=properties,
            types=self._known.types_of(source),
            news=reason.news(page, source),
            event_id=reason.event_id,
            margin=self._margin,
            now=self._now(),
            quiet_until=reason.quiet_until,
            listed=listed,
            announced=reason.announced,
            absent=frozenset() if page is None else absent(page, source, properties),
            written=reason.written,
        )


def _is_later(page: Page, before: Snapshot) -> bool:
    if page.last_edited_time is None:
        return False
    return before.edited_at is None or page.last_edited_time > before.edited_at
