"""An operator's order, or the day's: compare the two sides of the mirror, and mend what differs if that is wanted.

It is work like any other: in the lane, paid from its budget, a few calls at a time with events in between. First the
pages, a hundred a call, each beside its row; then the rows, of which those are lost whose page no list had. The
database's trouble ends a run and is what the report says: it never holds the lane.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from processor.connections import Connections
from processor.known import Known
from processor.mirror_pages import Pages
from processor.mirror_rows import Rows
from processor.mirror_tables import MirrorTables
from steward.baseline import Phase
from steward.envelope import Comparison, encode_comparison
from steward.errors import CallFailed, Failure
from steward.lane import FIRST, Lane
from steward.memory import Memory
from steward.mirror.report import HEALTH, Report, SourceReport
from steward.mirror.run import RUN, Run, seen_name
from steward.mirror.trouble import VENDOR
from steward.outcomes import TABLE, Then, waits_beside
from steward.rules import DataSource, MirrorRule, Rules

CALLS = 5
"""Calls that one message spends: events wait behind it."""

MOST_PARTS = 10_000
"""Messages that one order takes at most."""

EVERY = timedelta(days=1)
"""How often the sides are compared without an order."""

KEEP = timedelta(days=2)
"""How long the list of a run's pages is kept."""


class MirrorCheck:
    """Works orders."""

    def __init__(
        self,
        *,
        rules: Rules,
        memory: Memory,
        lane: Lane,
        connections: Connections,
        known: Known,
        mirror: MirrorTables,
        now: Callable[[], datetime],
        out_of_time: Callable[[], bool],
    ) -> None:
        self._rules = rules
        self._memory = memory
        self._lane = lane
        self._connections = connections
        self._known = known
        self._mirror = mirror
        self._now = now
        self._out_of_time = out_of_time
        self._sources = mirrored(rules)

    def order_if_due(self, lane: str, message_id: str) -> None:
        """Order the day's comparison, once a day, in the first lane."""
        if not self._sources or lane != FIRST:
            return
        last = Run.of(self._memory.recall(RUN))
        if last is None or self._now() - last.began >= EVERY:
            order = Comparison(f"{self._now():%Y%m%d%H%M}")
            self._lane.republish(encode_comparison(order), FIRST, f"{message_id}.mirror")

    def work(self, order: Comparison, part: int, lane: str, message_id: str) -> None:
        """Work a part of an order, and send the message for the next one.

        Raises:
            CallFailed: Notion is in trouble that passes; the same message goes on.
        """
        run = self._taken_up(order, part)
        if run is None:
            return
        if not self._sources:
            self._finish(run, "the rules file keeps no mirror")
            return
        seen: dict[int, list[str]] = {}
        try:
            steps = self._steps(run, seen)
            while (reached := next(steps, None)) is not None:
                run = reached  # of a step that fails, too, what was reached before counts
        except CallFailed as failure:
            if failure.vendor == VENDOR and failure.failure is not Failure.OUT_OF_TIME:
                self._finish(run, str(failure))
                return
            run = self._failed(run, failure, seen)
        if run.phase is Phase.DONE:
            self._finish(run)
        elif part >= MOST_PARTS:
            self._finish(run, "the list does not end")
        else:
            self._remember(run, seen)
            self._lane.republish(encode_comparison(order, part + 1), lane, f"{message_id}.{part + 1}")

    def _taken_up(self, order: Comparison, part: int) -> Run | None:
        """Where the order goes on; None when it is finished, or another one has taken its place."""
        before = Run.of(self._memory.recall(RUN))
        if before is not None and before.order.run == order.run:
            return before if before.phase is Phase.RUNNING else None
        if part > 0:
            return None
        sources = tuple(SourceReport(source.name, rule.auto_link) for source, rule in self._sources)
        now = self._now()
        return self._remember(Run(order, Phase.RUNNING, now, now, sources=sources), {})

    def _steps(self, run: Run, seen: dict[int, list[str]]) -> Iterator[Run]:
        """What one message reaches, call by call."""
        calls = run.calls + CALLS
        if run.source < len(self._sources):
            listed = self._listed(run)
            pages = Pages(self._mirror, self._connections, self._known, self._rules, listed, self._now)
            while run.source < len(self._sources):
                for run in pages.compare(run, *self._sources[run.source], seen):  # noqa: B020, PLR1704 - the argument is read once; the last one goes on
                    yield run
                    if run.calls >= calls or self._out_of_time():
                        return
            return  # the rows begin with a message of their own, when the list is remembered
        rows = Rows(self._mirror, self._connections, self._rules, self._sources, self._listed(run), self._now)
        for run in rows.compare(run):  # noqa: B020 - as above
            yield run
            if run.calls >= calls or self._out_of_time():
                return

    def _listed(self, run: Run) -> dict[str, int]:
        """The pages that earlier parts have listed → the number of their source."""
        if run.source == 0 and run.since is None:
            return {}  # nothing is listed twice yet
        found: dict[str, int] = {}
        for part in range(run.parts):
            remembered = self._memory.recall(seen_name(run.order.run, part)) or {}
            for source, pages in remembered.items():
                found.update(dict.fromkeys(pages, int(source)))
        return found

    def _failed(self, run: Run, failure: CallFailed, seen: dict[int, list[str]]) -> Run:
        """Where a run goes on after trouble with Notion.

        Raises:
            CallFailed: it passes.
        """
        if TABLE[failure.failure].observing is Then.WAIT and not waits_beside(failure):
            self._remember(replace(run, why=str(failure)), seen)
            raise failure
        if run.source >= len(self._sources):
            # A further connection's: what is left of the rows is left to the next comparison.
            sources = tuple(replace(s, trouble=s.trouble or str(failure)) for s in run.sources)
            return replace(run, sources=sources, phase=Phase.DONE)
        if failure.failure is Failure.INVALID and run.cursor is not None:
            # Cursors are Notion's and not for keeping: begin again at the time that was reached.
            return replace(run, since=run.reached, cursor=None)
        troubled = replace(run.sources[run.source], trouble=str(failure))
        sources = (*run.sources[: run.source], troubled, *run.sources[run.source + 1 :])
        return replace(run, sources=sources, source=run.source + 1, since=None, cursor=None, reached=None)

    def _remember(self, run: Run, seen: dict[int, list[str]]) -> Run:
        if seen:
            self._memory.remember(
                seen_name(run.order.run, run.parts), {str(s): pages for s, pages in seen.items()}, KEEP
            )
            run = replace(run, parts=run.parts + 1)
        written = replace(run, updated=self._now())
        self._memory.remember(RUN, written.document())
        return written

    def _finish(self, run: Run, trouble: str | None = None) -> None:
        order, now = run.order, self._now()
        report = Report(
            order.run,
            run.began,
            now,
            run.calls,
            run.sources,
            run.rows_unlinked,
            order.repair,
            dry_run=order.dry_run,
            trouble=trouble,
        )
        self._memory.remember(HEALTH, report.document())
        ended = Phase.DONE if trouble is None else Phase.FAILED
        self._memory.remember(RUN, replace(run, phase=ended, updated=now, why=trouble).document())


def mirrored(rules: Rules) -> tuple[tuple[DataSource, MirrorRule], ...]:
    """The data sources that are mirrored, each with its rule."""
    return tuple((source, rule) for source in rules.data_source for rule in source.of_kind(MirrorRule)[:1])
