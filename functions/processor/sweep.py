"""The sweep: finds the changes that no webhook brought, and says how many there were (P6).

Two looks at each data source, both through the same pipeline from *observe* on:

- **changes**: the rows edited since the last sweep, with an overlap, because times are minutes and an index lags. Values
  are compared, not times. What was edited within the last minutes is left to the next sweep: its webhook may be on
  its way.
- **presence**: the rows by the time at which they were created, some hundred a sweep, the next sweep going on from there.
  A page that is remembered and not among them is read: trashed, moved, unshared, or just not indexed yet. A page that
  was never seen becomes a silent baseline.

What the sweep finds different, when everything that was delivered before it has been worked, is a lost change.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from processor.found import Finder
from processor.known import Known
from processor.listing import Chunk, chunks
from steward import telemetry
from steward.clients.notion import NotionClient
from steward.documents import iso, moment
from steward.errors import CallFailed, Failure
from steward.memory import Memory
from steward.outcomes import TABLE, Then
from steward.pages import Page
from steward.rules import DataSource, Rules
from steward.snapshots import minute_of
from steward.state import State

LAG = timedelta(minutes=6)
"""Notion aims at delivering within five minutes; what was edited since is not lost yet."""

OVERLAP = timedelta(minutes=2)
"""Looked at twice: times are minutes, and the index behind a query may lag."""

FIRST = timedelta(days=1)
"""How far the first sweep of a data source looks back."""

PRESENCE_CALLS = 10
"""Calls that one sweep of one data source spends on presence: a thousand pages."""

TIME_TO_STOP = 10.0
"""Seconds of the Lambda's time from which nothing more is begun."""

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far one lane has compared one data source.

    Attributes:
        began: the minute of the first sweep; a page that was created since and never seen was never announced.
        since: where the query that is under way begins.
        until: everything edited before was compared.
        cursor: where the query goes on; None when it is not under way.
    """

    began: datetime
    since: datetime
    until: datetime
    cursor: str | None = None

    @staticmethod
    def of(document: Any | None, now: datetime) -> "_Mark":
        """What was remembered, or the beginning."""
        if not isinstance(document, dict):
            return _Mark(minute_of(now), now - FIRST, now - FIRST)
        began, since, until = (datetime.fromisoformat(document[name]) for name in ("began", "since", "until"))
        return _Mark(began, since, until, document["cursor"])

    def at(self, until: datetime, cursor: str | None) -> "_Mark":
        """Having come so far; without a cursor the next query begins anew, with an overlap."""
        return _Mark(self.began, until - OVERLAP if cursor is None else self.since, until, cursor)

    def document(self) -> dict[str, str | None]:
        """As it is remembered."""
        return {
            "began": iso(self.began),
            "since": iso(self.since),
            "until": iso(self.until),
            "cursor": self.cursor,
        }


class Sweeper:
    """Sweeps one lane's pages."""

    def __init__(
        self,
        *,
        rules: Rules,
        state: State,
        memory: Memory,
        notion: NotionClient,
        known: Known,
        finder: Finder,
        mine: Callable[[str], bool],
        now: Callable[[], datetime],
        time_left: Callable[[], float],
        count: telemetry.Count,
    ) -> None:
        self._rules = rules
        self._state = state
        self._memory = memory
        self._notion = notion
        self._known = known
        self._finder = finder
        self._mine = mine
        self._now = now
        self._time_left = time_left
        self._count = count

    def sweep(self, lane: str) -> bool:
        """Look at every data source; False when time ran out before all changes were compared: go on in a new message.

        Raises:
            CallFailed: Notion is in trouble that passes; what was compared so far is remembered.
        """
        lost, complete = 0, True
        for source in self._rules.data_source:
            try:
                found, done = self._changes(source, lane)
                lost, complete = lost + found, complete and done
                if done:
                    lost += self._presence(source, lane)
            except CallFailed as failure:
                if TABLE[failure.failure].observing is Then.WAIT:
                    raise
                # Not shared, or not there: the other sources are swept all the same.
                self._count(telemetry.CALL_FAILED, failure=str(failure.failure))
        self._count(telemetry.CHANGES_LOST, lost)
        return complete

    def _changes(self, source: DataSource, lane: str) -> tuple[int, bool]:
        name = f"SWEPT#{source.id}#{lane}"
        mark = _Mark.of(self._memory.recall(name), self._now())
        source_id, lost = self._known.query_id(source), 0
        try:
            for chunk in chunks(self._notion, source_id, "last_edited_time", mark.since, mark.cursor):
                horizon = self._horizon(chunk)
                due = self._due(chunk.pages, horizon)
                lost += self._finder.compare(due, source, chunk.observed_at, created_since=mark.began)
                last = max(
                    (p.last_edited_time for p in chunk.pages if p.last_edited_time), default=mark.until
                )
                reached = last >= horizon or (chunk.cursor is None and not chunk.cut)
                mark = mark.at(
                    max(mark.until, horizon if reached else last), None if reached else chunk.cursor
                )
                self._memory.remember(name, mark.document())
                if reached:
                    return lost, True
                if self._out_of_time():
                    break
        except CallFailed as failure:
            if failure.failure is Failure.INVALID and mark.cursor is not None:
                # Cursors are Notion's and not for keeping: begin again at the time that was reached.
                self._memory.remember(name, mark.at(mark.until, None).document())
            raise
        # Out of time, or cut at 10,000 rows: the next part goes on.
        return lost, False

    def _presence(self, source: DataSource, lane: str) -> int:
        name = f"PRESENT#{source.id}#{lane}"
        since = moment(self._memory.recall(name))
        listed: set[str] = set()
        lost, last, ends = 0, since, False
        for number, chunk in enumerate(
            chunks(self._notion, self._known.query_id(source), "created_time", since), 1
        ):
            listed |= {page.id for page in chunk.pages}
            due = self._due(chunk.pages, self._horizon(chunk))
            lost += self._finder.compare(due, source, chunk.observed_at, created_since=None)
            last = max((p.created_time for p in chunk.pages if p.created_time), default=last)
            ends = chunk.cursor is None and not chunk.cut
            if ends or number >= PRESENCE_CALLS or self._out_of_time():
                break
        if not ends and last == since:
            # A minute with more pages than one sweep can list: its rest can't be told from what is missing.
            self._memory.remember(name, iso(last + _MINUTE) if last else None)
            return lost
        # The last minute may go on in the next chunk, so it is compared by whoever begins there.
        known = self._state.known_pages(source.id, since, None if ends else last)
        missing = [page_id for page_id in known if page_id not in listed and self._mine(page_id)]
        lost += self._finder.missing(missing, source, self._out_of_time)
        self._memory.remember(name, None if ends else iso(last))
        return lost

    def _due(self, pages: Sequence[Page], horizon: datetime) -> list[Page]:
        return [p for p in pages if p.last_edited_time is not None and p.last_edited_time < horizon]

    def _horizon(self, chunk: Chunk) -> datetime:
        return minute_of((chunk.observed_at or self._now()) - LAG)

    def _out_of_time(self) -> bool:
        return self._time_left() < TIME_TO_STOP
