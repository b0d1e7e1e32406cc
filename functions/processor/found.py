"""What a sweep does with what it finds: compares it with what is remembered, heals the difference, and journals it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from aws_lambda_powertools import Logger

from processor.changes import changes
from processor.listing import Chunk
from processor.observation import Reason
from processor.reconcile import Reconciler
from processor.relevance import News
from processor.settle import Settler
from processor.vitals import Vitals
from steward import telemetry
from steward.errors import CallFailed, Failure, StateConflict
from steward.events import Event
from steward.journal import Decision, Entry, Journal
from steward.outcomes import CONNECTION_WIDE
from steward.pages import Page
from steward.rules import DataSource
from steward.snapshots import Snapshot
from steward.state import State


class Finder:
    """Heals one page at a time. What can't be done with one page does not keep the others from being healed."""

    def __init__(
        self,
        *,
        state: State,
        journal: Journal,
        reconciler: Reconciler,
        settler: Settler,
        mine: Callable[[str], bool],
        our_bots: Callable[[str], frozenset[str]],
        now: Callable[[], datetime],
        calls: Callable[[], int],
        vitals: Vitals,
        logger: Logger,
        count: telemetry.Count,
        quiet_until: Callable[[], datetime],
    ) -> None:
        """Make a finder.

        Args:
            state: the table.
            journal: where a lost change is written down.
            reconciler: commits what is seen.
            settler: tells what was planned.
            our_bots: the ids of our own bot users, as a connection knows them; may raise ``CallFailed``.
            mine: whether a page belongs to the lane that is being swept.
            now: our clock.
            calls: Notion calls spent so far.
            vitals: says whether it is Notion or just one page.
            logger: logs.
            count: counts.
            quiet_until: until when the messages of lost changes wait to be gathered: they are late already.
        """
        self._state = state
        self._journal = journal
        self._reconciler = reconciler
        self._settler = settler
        self._mine = mine
        self._our_bots = our_bots
        self._now = now
        self._calls = calls
        self._vitals = vitals
        self._logger = logger
        self._count = count
        self._quiet_until = quiet_until

    def compare(self, chunk: Chunk, source: DataSource, *, before: datetime, created_since: datetime) -> None:
        """Compare rows with their snapshots and heal what differs; every change that was lost is counted.

        Args:
            chunk: rows of a query.
            source: their data source.
            before: rows that were edited then or later are left out.
            created_since: a page that was created since then, and that nobody was told of, is news.

        Raises:
            CallFailed: see ``Sweeper``; never for what is wrong with one page.
        """
        mine = [
            page
            for page in chunk.pages
            if page.last_edited_time is not None and page.last_edited_time < before and self._mine(page.id)
        ]
        known = self._state.snapshots([page.id for page in mine])
        for page in mine:
            look = partial(self._compare, page, known.get(page.id), source, chunk.observed_at, created_since)
            self._sparing_the_others(page.id, look)

    def missing(self, page_ids: Sequence[str], source: DataSource, stop: Callable[[], bool]) -> None:
        """Read pages that are remembered and were not listed.

        Raises:
            CallFailed: as ``compare``.
        """
        for page_id in page_ids:
            if stop():
                return
            if self._mine(page_id):
                read = partial(self._reconciler.read, page_id, connection=source.connection)
                self._sparing_the_others(page_id, partial(self._found, page_id, source, read))

    def _compare(
        self,
        page: Page,
        before: Snapshot | None,
        source: DataSource,
        observed_at: datetime | None,
        created_since: datetime,
    ) -> None:
        fresh = self._was_never_announced(page, before, source, created_since)
        differs = before is not None and self._reconciler.differs(page, source, before)
        if differs or (fresh and before is None):
            take = partial(self._take, page, source, observed_at)
            self._found(page.id, source, take, page.last_edited_time, news=fresh)
        if fresh and before is not None:
            self._found(
                page.id, source, partial(self._tell, page.id), page.created_time, news=True, what="-created"
            )
        if differs or fresh:
            return
        if before is not None and before.unannounced:
            self._found(page.id, source, partial(self._announce, page.id), page.last_edited_time)
        elif before is None or before.title != page.title:
            # A baseline, or what no automation watches: nothing to tell.
            silent = Reason("sweep", lambda _page, _source: News(False, None))
            self._reconciler.take_row(page, source, observed_at, silent)

    def _was_never_announced(
        self, page: Page, before: Snapshot | None, source: DataSource, created_since: datetime
    ) -> bool:
        """Whether nobody was told of a page's creation, because no event told us, or only events of what followed."""
        if page.created_time is None or page.created_time < created_since:
            return False
        if before is not None and not before.creation_untold:
            return False
        return page.created_by not in self._our_bots(source.connection)

    def _tell(self, page_id: str, reason: Reason) -> None:
        record = self._state.load(page_id)
        if record.snapshot is not None and self._reconciler.owes_news(record.snapshot, reason):
            self._reconciler.tell_untold(record, reason)

    def _take(self, page: Page, source: DataSource, observed_at: datetime | None, reason: Reason) -> None:
        # A row that is not later than what is known may be an old one: then only a reading can tell.
        if not self._reconciler.take_row(page, source, observed_at, reason):
            self._reconciler.read(page.id, reason, connection=source.connection)

    def _announce(self, page_id: str, reason: Reason) -> None:
        del reason
        self._reconciler.announce(self._state.load(page_id))

    def _sparing_the_others(self, page_id: str, look: Callable[[], None]) -> None:
        try:
            look()
        except StateConflict:
            pass  # whoever was faster knows it better
        except CallFailed as failure:
            trouble = failure.failure in (Failure.UNAVAILABLE, Failure.UNREACHABLE)
            wide = failure.failure in CONNECTION_WIDE
            # Of a further connection's trouble nobody asks further: its sources have to be swept again anyway.
            if wide or (trouble and (failure.connection or not self._vitals.answers_without(page_id))):
                raise
            self._count(telemetry.CALL_FAILED, failure=str(failure.failure))
            self._logger.warning("a page is left out of the sweep", page_id=page_id, failure=str(failure))

    def _found(
        self,
        page_id: str,
        source: DataSource,
        look: Callable[[Reason], object],
        changed_at: datetime | None = None,
        *,
        news: bool = False,
        what: str = "",
    ) -> None:
        """Look at a page again; when that shows a change, it was lost: count it, tell it, write it down."""
        now, calls = self._now(), self._calls()
        event_id = f"sweep-{now:%Y%m%dT%H%M%S}-{page_id}{what}"
        before = self._state.load(page_id)
        self._settler.settle(before, only_started=True)
        reason = Reason(event_id, lambda _page, _source: News(news, changed_at, news), self._quiet_until())
        with self._state.working(event_id):
            look(reason)
        after = self._state.load(page_id)
        announced = before.snapshot is not None and (
            before.snapshot.unannounced or (news and before.snapshot.creation_untold)
        )
        # A title is remembered to be shown, and is a change only where an automation looks at it.
        watched = after.snapshot is not None and "title" in after.snapshot.values
        changed = set(changes(before.snapshot, after.snapshot)[1]) - (set() if watched else {"title"})
        if not announced and not changed:
            return
        self._count(telemetry.CHANGES_LOST)
        if changed_at is not None:
            self._count(telemetry.UNSEEN_SECONDS, (now - changed_at).total_seconds())
        try:
            with self._state.working(event_id):
                self._settler.settle(after)
        finally:
            # The next sweep finds no difference any more: what is not written down now never is.
            event = Event(event_id, "sweep", "sweep", changed_at, page_id, "page", data_source_id=source.id)
            why = "; ".join(["found by the sweep: no webhook brought this change", *reason.notes])
            self._write_down(page_id, event, why, before.snapshot, self._calls() - calls)

    def _write_down(self, page_id: str, event: Event, why: str, before: Snapshot | None, calls: int) -> None:
        record = self._state.load(page_id)
        snapshot = record.snapshot
        was, became = changes(before, snapshot)
        self._journal.record(
            Entry(
                event,
                Decision.GONE if snapshot is None or snapshot.gone else Decision.OBSERVED,
                why,
                title=snapshot.title if snapshot else None,
                effects=[e for e in record.effects if e.event_id == event.id],
                calls=calls,
                received_at=None,
                finished_at=self._now(),
                before=was,
                after=became,
            )
        )
