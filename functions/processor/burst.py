"""Observing by query: when many events wait, one call refreshes up to a hundred pages.

Which rows count is decided by ``Reconciler.take_row`` and ``Snapshot.covers``: a row that lags behind its event leaves
that event to a reading. A query is asked once for what it can answer: an event from before the last one that it did not
cover is read, not asked for again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from processor.connections import Connections
from processor.known import Known
from processor.listing import chunks
from processor.observation import Reason
from processor.reconcile import Reconciler
from processor.relevance import News
from steward.errors import CallFailed, StateConflict
from steward.events import Event
from steward.outcomes import CONNECTION_WIDE
from steward.rules import DataSource
from steward.snapshots import minute_of

DEEP = 10
"""Messages waiting from which a query is worth its row of risks: below, reading is as quick and surer."""

ROWS = 100
"""Rows of one answer."""

EDITS = frozenset({"page.created", "page.properties_updated", "page.updated"})
"""Events that move a page's ``last_edited_time``: of the others a query need not show anything."""

TIME_TO_STOP = 12.0
"""Seconds of the Lambda's time that are left for the event itself."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """The last query of a source.

    Attributes:
        since: from when.
        observed_at: until when it could see.
        reached: the minute of the last row that was taken, when it stopped before its end.
        cursor: where it stopped; None when it came to its end.
    """

    since: datetime
    observed_at: datetime | None
    reached: datetime
    cursor: str | None


class Burst:
    """Refreshes many pages at once; remembers in this environment what it asked."""

    def __init__(
        self,
        *,
        connections: Connections,
        reconciler: Reconciler,
        known: Known,
        mine: Callable[[str], bool],
        margin: timedelta,
        now: Callable[[], datetime],
        time_left: Callable[[], float],
    ) -> None:
        """Make a burst planner.

        Args:
            connections: the clients.
            reconciler: takes the rows.
            known: knows the data sources' own ids.
            mine: whether a page belongs to the lane that is being worked.
            margin: see ``Snapshot.covers``.
            now: our clock.
            time_left: seconds of the Lambda's time.
        """
        self._connections = connections
        self._reconciler = reconciler
        self._known = known
        self._mine = mine
        self._margin = margin
        self._now = now
        self._time_left = time_left
        self._asked: dict[str, _Asked] = {}

    def refresh(self, event: Event, source: DataSource, waiting: int, reason: Reason) -> bool:
        """Query the event's data source and take its rows, if that may answer the event; whether a call was made.

        Args:
            event: the event at the head of the lane.
            source: its data source.
            waiting: how many messages wait behind it.
            reason: for the event's own page; other rows claim no news.

        Raises:
            CallFailed: no reading could be made either.
        """
        if waiting < DEEP or event.occurred_at is None or event.type not in EDITS:
            return False
        if self._now() < event.occurred_at + self._margin:
            return False  # nothing that is asked now could cover it
        since = minute_of(event.occurred_at)
        asked = self._asked.get(source.id)
        cursor = None
        if asked is not None and asked.since <= since:
            if asked.cursor is not None and since <= asked.reached:
                since, cursor = asked.since, asked.cursor
            elif (
                asked.cursor is None
                and asked.observed_at is not None
                and asked.observed_at >= event.occurred_at + self._margin
            ):
                return False  # asked already, and it did not say
        try:
            # One more than the waiting would fill: not every row is one of theirs.
            self._take(event, source, since, cursor, ceil(waiting / ROWS) + 1, reason)
        except CallFailed as failure:
            if failure.failure in CONNECTION_WIDE:
                raise
            if cursor is not None:
                del self._asked[source.id]  # cursors are Notion's and not for keeping: ask anew
            else:
                self._asked[source.id] = _Asked(since, self._now(), since, None)
        return True

    def _take(
        self,
        event: Event,
        source: DataSource,
        since: datetime,
        cursor: str | None,
        limit: int,
        reason: Reason,
    ) -> None:
        others = Reason(
            reason.event_id, lambda _page, _source: News(False, None), reason.quiet_until, announced=False
        )
        source_id = self._known.query_id(source)
        for number, chunk in enumerate(
            chunks(self._connections.of(source), source_id, "last_edited_time", since, cursor), 1
        ):
            reached = max((p.last_edited_time for p in chunk.pages if p.last_edited_time), default=since)
            self._asked[source.id] = _Asked(since, chunk.observed_at, reached, chunk.cursor)
            for page in chunk.pages:
                if not self._mine(page.id):
                    continue
                try:
                    own = page.id == event.entity_id
                    self._reconciler.take_row(page, source, chunk.observed_at, reason if own else others)
                except StateConflict:
                    continue  # whoever was faster knows it better
            if number >= limit or self._time_left() < TIME_TO_STOP:
                return
