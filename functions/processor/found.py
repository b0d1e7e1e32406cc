"""What a sweep does with what it finds: compares it with what is remembered, heals the difference, and journals it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from processor.changes import changes
from processor.reconcile import Reason, Reconciler
from processor.relevance import News
from processor.settle import Settler
from steward import telemetry
from steward.errors import StateConflict
from steward.events import Event
from steward.journal import Decision, Entry, Journal
from steward.pages import Page
from steward.rules import DataSource
from steward.state import State


class Finder:
    """Heals one page at a time; a page that another writer is at is left to the next sweep."""

    def __init__(
        self,
        *,
        state: State,
        journal: Journal,
        reconciler: Reconciler,
        settler: Settler,
        mine: Callable[[str], bool],
        now: Callable[[], datetime],
        calls: Callable[[], int],
        count: telemetry.Count,
        quiet_until: Callable[[], datetime],
    ) -> None:
        """Make a finder.

        Args:
            state: the table.
            journal: where a lost change is written down.
            reconciler: commits what is seen.
            settler: tells what was planned.
            mine: whether a page belongs to the lane that is being swept.
            now: our clock.
            calls: Notion calls spent so far.
            count: counts.
            quiet_until: until when the messages of lost changes wait to be gathered: they are late already.
        """
        self._state = state
        self._journal = journal
        self._reconciler = reconciler
        self._settler = settler
        self._mine = mine
        self._now = now
        self._calls = calls
        self._count = count
        self._quiet_until = quiet_until

    def compare(
        self,
        pages: Sequence[Page],
        source: DataSource,
        observed_at: datetime | None,
        created_since: datetime | None,
    ) -> int:
        """Compare rows with their snapshots and heal what differs; returns how many changes had been lost.

        Args:
            pages: up to 100 rows of a query.
            source: their data source.
            observed_at: when Notion answered.
            created_since: a page that was never seen and was created since then is news; None: never is.
        """
        mine = [page for page in pages if self._mine(page.id)]
        known = self._state.snapshots([page.id for page in mine])
        lost = 0
        for page in mine:
            before = known.get(page.id)
            fresh = before is None and created_since is not None and _created(page, created_since)
            if fresh or (before is not None and self._reconciler.differs(page, source, before)):
                lost += self._heal(page, source, observed_at, news=fresh)
            elif before is not None and before.unannounced:
                lost += self._found(page.id, source, partial(self._announce, page.id), page.last_edited_time)
            elif before is None or before.title != page.title:
                # A baseline, or what no automation watches: nothing to tell.
                silent = Reason("sweep", lambda _page, _source: News(False, None))
                _unless_raced(partial(self._reconciler.take_row, page, source, observed_at, silent))
        return lost

    def missing(self, page_ids: Sequence[str], source: DataSource, stop: Callable[[], bool]) -> int:
        """Read pages that are remembered and were not listed; returns how many had changed."""
        lost = 0
        for page_id in page_ids:
            if stop():
                break
            lost += self._found(page_id, source, partial(self._reconciler.read, page_id))
        return lost

    def _announce(self, page_id: str, reason: Reason) -> None:
        del reason
        self._reconciler.announce(self._state.load(page_id))

    def _heal(self, page: Page, source: DataSource, observed_at: datetime | None, *, news: bool) -> int:
        def take(reason: Reason) -> None:
            # A row that is not later than what is known may be an old one: then only a reading can tell.
            if not self._reconciler.take_row(page, source, observed_at, reason):
                self._reconciler.read(page.id, reason)

        return self._found(page.id, source, take, page.last_edited_time, news=news)

    def _found(
        self,
        page_id: str,
        source: DataSource,
        look: Callable[[Reason], object],
        changed_at: datetime | None = None,
        *,
        news: bool = False,
    ) -> int:
        now, calls = self._now(), self._calls()
        event_id = f"sweep-{now:%Y%m%dT%H%M%S}-{page_id}"
        before = self._state.load(page_id)
        self._settler.settle(before, only_started=True)
        reason = Reason(event_id, lambda _page, _source: News(news, changed_at), self._quiet_until())
        if not _unless_raced(partial(look, reason)):
            return 0
        after = self._state.load(page_id)
        was, became = changes(before.snapshot, after.snapshot)
        announced = before.snapshot is not None and before.snapshot.unannounced
        if not announced and not {"assignees", "gone"} & set(became):
            return 0
        self._settler.settle(after)
        if changed_at is not None:
            self._count(telemetry.UNSEEN_SECONDS, (now - changed_at).total_seconds())
        event = Event(event_id, "sweep", "sweep", changed_at, page_id, "page", data_source_id=source.id)
        record = self._state.load(page_id)
        snapshot = record.snapshot
        self._journal.record(
            Entry(
                event,
                Decision.GONE if snapshot is None or snapshot.gone else Decision.OBSERVED,
                "found by the sweep: no webhook brought this change",
                title=snapshot.title if snapshot else None,
                effects=[e for e in record.effects if e.event_id == event_id],
                calls=self._calls() - calls,
                received_at=None,
                finished_at=self._now(),
                before=was,
                after=became,
            )
        )
        return 1


def _unless_raced(act: Callable[[], object]) -> bool:
    """Act; False when another writer was faster, who knows it better."""
    try:
        act()
    except StateConflict:
        return False
    return True


def _created(page: Page, since: datetime) -> bool:
    return page.created_time is not None and page.created_time >= since
