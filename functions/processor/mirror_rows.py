"""The rows of the mirror, after all pages were listed: those that no list had are lost, unless the list lags."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from processor.connections import Connections
from processor.mirror_repair import LEFT, Repair, missing
from processor.mirror_tables import MirrorTables
from steward.baseline import Phase
from steward.errors import CallFailed, Failure
from steward.mirror.difference import Difference
from steward.mirror.reconcile import on_its_way, without_page
from steward.mirror.report import SourceReport
from steward.mirror.rows import Row
from steward.mirror.run import Run
from steward.outcomes import TABLE, Then
from steward.pages import decode_page
from steward.rules import DataSource, MirrorRule, Rules

BATCH = 500
"""Rows in one transaction."""

CALL = "postgres.check"


class Rows:
    """Looks for rows without a page."""

    def __init__(
        self,
        mirror: MirrorTables,
        connections: Connections,
        rules: Rules,
        sources: Sequence[tuple[DataSource, MirrorRule]],
        listed: Mapping[str, int],
        now: Callable[[], datetime],
    ) -> None:
        """Make it.

        Args:
            mirror: the database.
            connections: Notion.
            rules: the rules file.
            sources: those that are mirrored.
            listed: the pages of all → the number of their source.
            now: our clock.
        """
        self._mirror = mirror
        self._connections = connections
        self._rules = rules
        self._sources = sources
        self._listed = listed
        self._now = now
        self._numbers = {source.name: number for number, (source, _) in enumerate(sources)}

    def compare(self, run: Run) -> Iterator[Run]:
        """Go on to the end of the table; gives the run after each batch and each call.

        Raises:
            CallFailed: Notion or the database.
        """
        while run.phase is Phase.RUNNING:
            after = run.after
            rows = self._mirror.database.run(CALL, lambda t: self._mirror.projects.page(t, after, BATCH))  # noqa: B023 - called at once
            for row in rows:
                calls = run.calls
                run = replace(self._one(run, row), after=row.id)
                if run.calls > calls:
                    yield run
            if len(rows) < BATCH:
                run = replace(run, phase=Phase.DONE)
            yield run

    def _one(self, run: Run, row: Row) -> Run:
        if row.notion_page_id is None or row.trashed_at is not None:
            return replace(run, rows_unlinked=run.rows_unlinked + (row.notion_page_id is None))
        number = self._listed.get(row.notion_page_id)
        if number is not None:
            report = run.sources[number]
            return _put(run, number, replace(report, rows=report.rows + 1))
        number = self._numbers.get(row.data_source or "", 0)
        doubtful = [run.sources[number]] if row.data_source in self._numbers else run.sources
        if any(report.trouble is not None for report in doubtful):
            return run  # nobody knows all of its pages
        report = replace(run.sources[number], rows=run.sources[number].rows + 1)
        newer = row.observed_at is not None and row.observed_at > run.began
        if newer or on_its_way(None, row, self._now(), timedelta(seconds=run.order.grace)):
            return _put(run, number, replace(report, settling=report.settling + 1))
        return self._lost(run, row, report, number)

    def _lost(self, run: Run, row: Row, report: SourceReport, number: int) -> Run:
        difference = without_page(row)
        wish = missing(run.order)
        if wish != "":
            return _put(run, number, _left(report, replace(difference, repair=wish)))
        asked = self._asked_for(row)
        run = replace(run, calls=run.calls + len(asked))
        said = next(filter(None, (self._still_there(row, source) for source in asked)), None)
        if said is not None:
            return _put(run, number, _left(report, replace(difference, repair=LEFT + said)))
        repair, now = Repair(self._mirror.projects, self._mirror.audit, run.order), self._now()
        done = self._mirror.database.run(
            "postgres.repair", lambda t: repair.mark_gone(t, row, now, difference)
        )
        if not done:
            return _put(
                run, number, _left(report, replace(difference, repair=LEFT + "it was changed meanwhile"))
            )
        report = replace(report, rows=report.rows - 1)
        mended = replace(difference, repair="marked as gone")
        return _put(run, number, report.with_difference(mended, repaired=True))

    def _asked_for(self, row: Row) -> list[DataSource]:
        """Whose connections know the page of a row: its source's; where it names none that is mirrored, any of them may."""
        if row.data_source in self._numbers:
            return [self._sources[self._numbers[row.data_source]][0]]
        return list({source.connection: source for source, _ in self._sources}.values())

    def _still_there(self, row: Row, source: DataSource) -> str | None:
        """Where the page of a row is, if it is anywhere."""
        try:
            answer = self._connections.of(source).page(row.notion_page_id or "")
        except CallFailed as failure:
            if failure.failure is Failure.NOT_FOUND:
                return None
            if TABLE[failure.failure].observing is Then.WAIT:
                raise
            return f"its page can't be read: {failure}"
        page = decode_page(answer.body)
        if page.in_trash:
            return None
        home = self._rules.source_of(page.data_source_id, page.database_id)
        if home is not None and home.name in self._numbers:
            return "its page is there, the list lags"
        return "its page is somewhere that is not mirrored"


def _left(report: SourceReport, difference: Difference) -> SourceReport:
    report = replace(report, rows_without_page=report.rows_without_page + 1)
    return report.with_difference(difference, repaired=False)


def _put(run: Run, number: int, report: SourceReport) -> Run:
    return replace(run, sources=(*run.sources[:number], report, *run.sources[number + 1 :]))
