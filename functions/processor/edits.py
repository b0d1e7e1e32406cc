"""The sweep's first look: the rows that were edited since the last one, compared with what is remembered."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from processor.connections import Connections
from processor.found import Finder
from processor.known import Known
from processor.listing import MINUTE, Chunk, chunks
from steward.documents import iso
from steward.errors import CallFailed, Failure
from steward.memory import Memory
from steward.rules import DataSource
from steward.snapshots import minute_of

OVERLAP = timedelta(minutes=2)
"""Looked at twice: times are minutes, and the index behind a query may lag."""

FIRST = timedelta(days=1)
"""How far the first sweep of a data source looks back."""


@dataclass(frozen=True, slots=True)
class Mark:
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
    def of(document: Any | None, now: datetime) -> "Mark":
        """What was remembered, or the beginning."""
        if not isinstance(document, dict):
            return Mark(minute_of(now), now - FIRST, now - FIRST)
        began, since, until = (datetime.fromisoformat(document[name]) for name in ("began", "since", "until"))
        return Mark(began, since, until, document["cursor"])

    def document(self) -> dict[str, str | None]:
        """As it is remembered."""
        return {
            "began": iso(self.began),
            "since": iso(self.since),
            "until": iso(self.until),
            "cursor": self.cursor,
        }

    def reached(self, horizon: datetime) -> "Mark":
        """Everything before the horizon was compared: the next query begins anew, with an overlap."""
        until = max(self.until, horizon)
        return replace(self, since=until - OVERLAP, until=until, cursor=None)

    def after(self, chunk: Chunk) -> "Mark":
        """A chunk further, and not at the horizon."""
        last = max((p.last_edited_time for p in chunk.pages if p.last_edited_time), default=self.until)
        if not chunk.cut:
            return replace(self, until=max(self.until, last), cursor=chunk.cursor)
        # The query ends at 10,000 rows: the next begins at the minute of the last, or, where one minute has more rows
        # than that, after it. Presence will come by those that are left out.
        since = last if last > self.since else self.since + MINUTE
        return replace(self, since=since, until=max(self.until, since), cursor=None)


class Edits:
    """Compares what was edited."""

    def __init__(
        self,
        *,
        memory: Memory,
        connections: Connections,
        known: Known,
        finder: Finder,
        now: Callable[[], datetime],
        out_of_time: Callable[[], bool],
    ) -> None:
        self._memory = memory
        self._connections = connections
        self._known = known
        self._finder = finder
        self._now = now
        self._out_of_time = out_of_time

    def compare(self, source: DataSource, lane: str, horizon: Callable[[Chunk], datetime]) -> Mark | None:
        """Compare a source's rows up to a horizon; how far it is compared, or None when time ran out before.

        Args:
            source: the data source.
            lane: whose pages are compared.
            horizon: what was edited at that moment or later, as seen in a chunk, is left to the next sweep.

        Raises:
            CallFailed: what was compared so far is remembered.
        """
        name = f"SWEPT#{source.id}#{lane}"
        mark = Mark.of(self._memory.recall(name), self._now())
        source_id = self._known.query_id(source)
        try:
            for chunk in chunks(
                self._connections.of(source), source_id, "last_edited_time", mark.since, mark.cursor
            ):
                end = horizon(chunk)
                self._finder.compare(chunk, source, before=end, created_since=mark.began)
                done = chunk.is_last or any(
                    p.last_edited_time and p.last_edited_time >= end for p in chunk.pages
                )
                mark = mark.reached(end) if done else mark.after(chunk)
                self._memory.remember(name, mark.document())
                if done:
                    return mark
                if self._out_of_time():
                    break
        except CallFailed as failure:
            if failure.failure is Failure.INVALID and mark.cursor is not None:
                # Cursors are Notion's and not for keeping: begin again at the time that was reached.
                self._memory.remember(name, replace(mark, since=mark.until - OVERLAP, cursor=None).document())
            raise
        return None
