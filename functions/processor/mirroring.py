"""The mirror's tick: finds the rows that somebody changed, and lets their pages follow (A8).

Two looks. Every tick reads the rows whose ``updated_at`` is later than at the last one, and somewhat earlier, because
transactions commit in another order than they begin. And once an hour it goes through all rows, some at each tick: whoever
changes a row and forgets ``updated_at`` is found by the values. Values decide in both: a row that says what both sides agreed
on last costs no more than its reading.

What is found becomes an effect of its page in the outbox, and only then the watermark moves. Events go first: with many
waiting a tick does nothing, and one message writes few pages and goes on behind whatever came meanwhile.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger

from processor.burst import DEEP
from processor.row_news import RowNews
from processor.settle import Settler
from steward import telemetry
from steward.errors import CallFailed
from steward.memory import Memory
from steward.mirror.changed_rows import ChangedRows
from steward.mirror.rows import Watermark
from steward.mirror.trouble import VENDOR
from steward.state import State

OVERLAP = timedelta(minutes=2)
"""How long a transaction may take and still be seen by the next tick; what takes longer is found by going through all."""

EVERY = timedelta(hours=1)
"""Time from one going through all rows to the next."""

AT_ONCE = 100
"""Rows that are read together, and whose pages are looked up in State together."""

MOST_ROWS = 1000
"""Rows that one message reads in each of the two looks."""

MOST_PAGES = 10
"""Pages that one message writes: each costs two calls, and events wait behind it."""


class Mirroring:
    """Works the mirror's tick of one lane."""

    def __init__(
        self,
        rows: ChangedRows,
        news: RowNews,
        *,
        state: State,
        memory: Memory,
        settler: Settler,
        waiting: Callable[[], int],
        now: Callable[[], datetime],
        out_of_time: Callable[[], bool],
        logger: Logger,
        count: telemetry.Count,
    ) -> None:
        """Make it.

        Args:
            rows: the mirror's.
            news: plans what a row leads to.
            state: the table of pages and effects.
            memory: keeps how far was read.
            settler: runs effects.
            waiting: how many messages wait.
            now: our clock.
            out_of_time: whether nothing more should be begun.
            logger: logs.
            count: counts.
        """
        self._rows = rows
        self._news = news
        self._state = state
        self._memory = memory
        self._settler = settler
        self._waiting = waiting
        self._now = now
        self._out_of_time = out_of_time
        self._logger = logger
        self._count = count

    def follow(self, lane: str, part: int) -> bool:
        """Let pages follow their rows; False when there is more to do: go on in a new message.

        Args:
            lane: whose pages.
            part: 0 for a new tick, else the how manieth message in which it goes on.

        Raises:
            CallFailed: Notion is in trouble that passes; what was planned is remembered. Trouble of the database ends the
                tick quietly: the next one goes on where this one began.
        """
        if self._waiting() >= DEEP:
            return True
        planned: list[str] = []
        try:
            done = self._changed(lane, part, planned) and self._all(lane, planned)
        except CallFailed as failure:
            if failure.vendor != VENDOR:
                raise
            self._count(telemetry.CALL_FAILED, failure=str(failure.failure))
            self._logger.warning("the mirror is left until the next tick", failure=str(failure))
            done = True
        for page_id in planned:
            if self._out_of_time():
                break  # they are in the outbox, and due soon
            self._settle(page_id)
        return done

    def _changed(self, lane: str, part: int, planned: list[str]) -> bool:
        """Read what was written since the last tick."""
        name = f"MIRROR#{lane}"
        mark = _mark_in(self._memory.recall(name))
        start = mark if mark is None or part else Watermark(mark.updated_at - OVERLAP)
        for _ in range(MOST_ROWS // AT_ONCE):
            found, now = self._rows.since(start, AT_ONCE)
            handled = self._news.take(found, planned, MOST_PAGES)
            if handled:
                last = found[handled - 1]
                start = Watermark(last.updated_at or now, last.id)
                self._remember(name, mark, start, now)
            if handled < len(found):
                return False
            if len(found) < AT_ONCE:
                return True
        # What is dated in the future stays ahead of the watermark: another message would read the same again.
        return start is not None and start.updated_at > now

    def _remember(self, name: str, mark: Watermark | None, reached: Watermark, now: datetime) -> None:
        """Move the watermark: never back into the overlap, and never to a time that an application made up."""
        if reached.updated_at > now:
            reached = Watermark(now)
        if mark is None or (reached.updated_at, reached.id) > (mark.updated_at, mark.id):
            self._memory.remember(name, {"at": reached.updated_at.isoformat(), "id": reached.id})

    def _all(self, lane: str, planned: list[str]) -> bool:
        """Go on through all rows, if it is time."""
        name = f"MIRROR-ALL#{lane}"
        document: Mapping[str, Any] = self._memory.recall(name) or {}
        done_at = document.get("done_at")
        if done_at is not None and self._now() - datetime.fromisoformat(done_at) < EVERY:
            return True
        after = str(document.get("after", ""))
        for _ in range(MOST_ROWS // AT_ONCE):
            found = self._rows.after(after, AT_ONCE)
            handled = self._news.take(found, planned, MOST_PAGES)
            after = found[handled - 1].id if handled else after
            if handled == len(found) < AT_ONCE:
                self._memory.remember(name, {"done_at": self._now().isoformat()})
                return True
            self._memory.remember(name, {"after": after})
            if handled < len(found):
                return False
        return True  # the next tick goes on

    def _settle(self, page_id: str) -> None:
        """Run what the page owes, as long as that is observed and plans more."""
        record = self._state.load(page_id)
        while self._settler.settle(record):
            version = record.snapshot.version if record.snapshot else 0
            record = self._state.load(page_id)
            if record.snapshot is None or record.snapshot.version == version:
                return


def _mark_in(document: Any) -> Watermark | None:
    return Watermark(datetime.fromisoformat(document["at"]), document["id"]) if document else None
