"""The pages of a mirrored data source, each beside its row: a hundred a call, and a transaction for each hundred."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from processor.connections import Connections
from processor.known import Known
from processor.listing import MINUTE, Chunk, chunks
from processor.mirror_repair import Found, Repair
from processor.mirror_tables import MirrorTables
from processor.seen import shown
from steward.mirror.database import Transaction
from steward.mirror.difference import Kind
from steward.mirror.mapping import roles_of, shared_of
from steward.mirror.reconcile import Listed, compare, on_its_way
from steward.mirror.report import SourceReport
from steward.mirror.rows import Row
from steward.mirror.run import Run
from steward.pages import Page
from steward.rules import DataSource, MirrorRule, Rules
from steward.snapshots import Snapshot

CALL = "postgres.check"


class Pages:
    """Lists and compares."""

    def __init__(
        self,
        mirror: MirrorTables,
        connections: Connections,
        known: Known,
        rules: Rules,
        listed: Mapping[str, int],
        now: Callable[[], datetime],
    ) -> None:
        """Make it.

        Args:
            mirror: the database.
            connections: Notion.
            known: what is known of its properties.
            rules: the rules file.
            listed: pages that were listed before, which a list that begins again shows twice.
            now: our clock.
        """
        self._mirror = mirror
        self._connections = connections
        self._known = known
        self._rules = rules
        self._listed = listed
        self._now = now

    def compare(
        self, run: Run, source: DataSource, rule: MirrorRule, seen: dict[int, list[str]]
    ) -> Iterator[Run]:
        """Compare from where the run is to the end of the source; gives the run after each call.

        Args:
            run: as far as it has come.
            source: the data source.
            rule: its mirror.
            seen: takes the pages that were listed, by the number of the source.

        Raises:
            CallFailed: Notion or the database.
        """
        ids = self._known.ids_of(source)
        wanted = [ids[role] for role in roles_of(rule).values() if role in ids]
        only = wanted if len(wanted) == len(roles_of(rule)) else []
        for chunk in chunks(
            self._connections.of(source),
            self._known.query_id(source),
            "created_time",
            run.since,
            run.cursor,
            only=only,
        ):
            if not only and chunk.pages:
                self._known.learn(source, chunk.pages[0])
            before = seen.get(run.source, [])
            new = {p.id: p for p in chunk.pages if not p.in_trash and p.id not in self._listed}
            pages = [page for page in new.values() if page.id not in before]
            report = self._together(run, pages, chunk.observed_at, source, rule)
            seen[run.source] = [*before, *(page.id for page in pages)]
            run = _after(replace(run, sources=_with(run, report)), chunk)
            yield run

    def _together(
        self, run: Run, pages: list[Page], seen: datetime | None, source: DataSource, rule: MirrorRule
    ) -> SourceReport:
        """Compare some pages with their rows, and mend what differs, in one transaction."""
        properties, types = self._known.properties_of(source), self._known.types_of(source)
        snapshots = {p.id: shown(None, p, source, properties, self._rules) for p in pages}
        repair = Repair(self._mirror.projects, self._mirror.audit, run.order)

        def work(transaction: Transaction) -> SourceReport:
            report = run.sources[run.source]
            rows = self._mirror.projects.find(transaction, snapshots)
            for page_id, snapshot in snapshots.items():
                row = rows.get(page_id)
                report = replace(report, pages=report.pages + 1, linked=report.linked + (row is not None))
                found = self._found(snapshot, row, rule, seen, types)
                if found is None:
                    continue
                grace = timedelta(seconds=run.order.grace)
                if on_its_way(snapshot.edited_at, row, seen or self._now(), grace):
                    report = replace(report, settling=report.settling + 1)
                    continue
                difference, mended = repair.mend(transaction, found, source, rule)
                if not mended:
                    report = _counted(report, difference.kind)
                if difference.kind is not Kind.PAGE_WITHOUT_ROW or rule.auto_link or difference.repair:
                    report = report.with_difference(difference, repaired=mended)
            return report

        return self._mirror.database.run(CALL, work) if pages else run.sources[run.source]

    @staticmethod
    def _found(
        snapshot: Snapshot, row: Row | None, rule: MirrorRule, seen: datetime | None, types: Mapping[str, str]
    ) -> Found | None:
        page = Listed(snapshot.page_id, shared_of(snapshot, rule), snapshot.edited_at)
        difference = compare(page, row, rule)
        return None if difference is None else Found(difference, page, row, seen, snapshot.values, types)


def _counted(report: SourceReport, kind: Kind) -> SourceReport:
    if kind is Kind.MISMATCH:
        return replace(report, mismatches=report.mismatches + 1)
    return replace(report, pages_without_row=report.pages_without_row + 1)


def _with(run: Run, report: SourceReport) -> tuple[SourceReport, ...]:
    return (*run.sources[: run.source], report, *run.sources[run.source + 1 :])


def _after(run: Run, chunk: Chunk) -> Run:
    reached = max((p.created_time for p in chunk.pages if p.created_time), default=run.reached)
    run = replace(run, cursor=chunk.cursor, reached=reached, calls=run.calls + 1, why=None)
    if chunk.is_last:
        return replace(run, source=run.source + 1, since=None, cursor=None, reached=None)
    if not chunk.cut or reached is None:
        return run
    # The query ends at 10,000 rows: the next begins at the minute of the last, or, where one minute has more rows than
    # that, after it: what is left out is said.
    if reached != run.since:
        return replace(run, since=reached, cursor=None)
    minute = f"more than 10,000 pages were created at {reached:%Y-%m-%d %H:%M}: some were not compared"
    report = replace(run.sources[run.source], trouble=minute)
    return replace(run, since=reached + MINUTE, cursor=None, sources=_with(run, report))
