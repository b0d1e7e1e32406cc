"""An operator's order: remember the pages of a whole data source silently, a hundred a call (A1).

Without it, pages that were there before Steward are remembered one by one as somebody changes them. It is work like any
other: in the lane, paid from its budget, a few calls at a time with events in between; and a page that is known already
is left alone, because what is known of it may be owed to somebody. One lane does it for all: a page that another lane
sees first is that one's.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from processor.known import Known
from processor.listing import MINUTE, Chunk, chunks
from processor.observation import Reason
from processor.reconcile import Reconciler
from processor.relevance import News
from steward.baseline import Phase, Progress, memory_name
from steward.clients.notion import NotionClient
from steward.envelope import Order, encode_order
from steward.errors import CallFailed, Failure, StateConflict
from steward.events import Event
from steward.journal import Decision, Entry, Journal
from steward.lane import Lane
from steward.memory import Memory
from steward.outcomes import CONNECTION_WIDE, TABLE, Then
from steward.rules import DataSource, Rules
from steward.state import State

CALLS = 5
"""Calls that one message spends: events wait behind it."""

MOST_PARTS = 10_000
"""Messages that one order takes at most: a list that does not end must not go on for ever."""


class Baseline:
    """Works orders."""

    def __init__(
        self,
        *,
        rules: Rules,
        state: State,
        memory: Memory,
        journal: Journal,
        lane: Lane,
        notion: Callable[[DataSource], NotionClient],
        known: Known,
        reconciler: Reconciler,
        now: Callable[[], datetime],
        out_of_time: Callable[[], bool],
    ) -> None:
        self._rules = rules
        self._state = state
        self._memory = memory
        self._journal = journal
        self._lane = lane
        self._notion = notion
        self._known = known
        self._reconciler = reconciler
        self._now = now
        self._out_of_time = out_of_time

    def work(self, order: Order, part: int, lane: str, message_id: str) -> None:
        """Work a part of an order, and send the message for the next one.

        Raises:
            CallFailed: trouble that passes; the same message goes on.
        """
        source = self._rules.source_of(order.source_id)
        progress = self._taken_up(order, part)
        if progress is None:
            return
        if source is None:
            self._fail(order, progress, "the deployed rules file has no data source with this id")
            return
        try:
            progress = self._list(source, progress)
        except CallFailed as failure:
            self._failed(order, failure)
        else:
            if progress.phase is Phase.DONE:
                self._finish(source, order, progress)
                return
        if part >= MOST_PARTS:
            self._fail(order, progress, "the list does not end")
        elif self._taken_up(order, part) is not None:
            self._lane.republish(encode_order(order, part + 1), lane, f"{message_id}.{part + 1}")

    def _taken_up(self, order: Order, part: int) -> Progress | None:
        """Where the order goes on; None when it is finished, or another one has taken its place."""
        now, before = self._now(), Progress.of(self._memory.recall(memory_name(order.source_id)))
        if before is not None and before.run == order.run:
            return before if before.phase is Phase.RUNNING else None
        if part > 0:
            return None
        if before is None or before.phase is Phase.DONE:
            before = Progress(order.run, Phase.RUNNING, now, now)
        taken = replace(before, run=order.run, phase=Phase.RUNNING, why=None)
        return self._remember(order.source_id, taken)

    def _list(self, source: DataSource, progress: Progress) -> Progress:
        rows = chunks(
            self._notion(source),
            self._known.query_id(source),
            "created_time",
            progress.since,
            progress.cursor,
        )
        for number, chunk in enumerate(rows, 1):
            new = self._take(chunk, source)
            progress = _after(progress, chunk, new)
            if chunk.is_last:
                return replace(progress, phase=Phase.DONE)
            self._remember(source.id, progress)
            if number >= CALLS or self._out_of_time():
                break
        return progress

    def _take(self, chunk: Chunk, source: DataSource) -> int:
        """Remember the pages that are not known; returns how many."""
        known = self._state.snapshots([page.id for page in chunk.pages])
        silent = Reason("baseline", lambda _page, _source: News(False, None))
        new = 0
        for page in chunk.pages:
            if page.id not in known:
                try:
                    new += self._reconciler.take_row(page, source, chunk.observed_at, silent)
                except StateConflict:
                    continue  # whoever was faster knows it better
        return new

    def _failed(self, order: Order, failure: CallFailed) -> None:
        """What a failure leads to.

        Raises:
            CallFailed: it passes.
        """
        progress = Progress.of(self._memory.recall(memory_name(order.source_id)))
        if progress is None:
            raise failure
        if failure.failure in CONNECTION_WIDE or TABLE[failure.failure].observing is Then.WAIT:
            self._remember(order.source_id, replace(progress, why=str(failure)))
            raise failure
        if failure.failure is Failure.INVALID and progress.cursor is not None:
            # Cursors are Notion's and not for keeping: begin again at the time that was reached.
            self._remember(order.source_id, replace(progress, since=progress.reached, cursor=None))
            return
        self._fail(order, progress, str(failure))

    def _fail(self, order: Order, progress: Progress, why: str) -> None:
        self._remember(order.source_id, replace(progress, phase=Phase.FAILED, why=why))

    def _finish(self, source: DataSource, order: Order, progress: Progress) -> None:
        event = Event(f"baseline-{order.run}", "baseline", "operator", None, source.id, "data_source")
        known = progress.listed - progress.new
        self._journal.record(
            Entry(
                event,
                Decision.OBSERVED,
                f"{progress.new} pages remembered silently, {known} were known",
                title=source.name,
                effects=(),
                calls=progress.calls,
                received_at=None,
                finished_at=self._now(),
            )
        )
        self._remember(source.id, progress)

    def _remember(self, source_id: str, progress: Progress) -> Progress:
        written = replace(progress, updated=self._now())
        self._memory.remember(memory_name(source_id), written.document())
        return written


def _after(progress: Progress, chunk: Chunk, new: int) -> Progress:
    reached = max((p.created_time for p in chunk.pages if p.created_time), default=progress.reached)
    progress = replace(
        progress,
        cursor=chunk.cursor,
        reached=reached,
        listed=progress.listed + len(chunk.pages),
        new=progress.new + new,
        calls=progress.calls + 1,
        why=None,
    )
    if not chunk.cut or reached is None:
        return progress
    # The query ends at 10,000 rows: the next begins at the minute of the last, or, where one minute has more rows than
    # that, after it; the sweep comes by those that are left out.
    return replace(progress, since=reached if reached != progress.since else reached + MINUTE, cursor=None)
