"""What changed rows of the mirror lead to: a write of their pages in the outbox, or one line in the audit log."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aws_lambda_powertools import Logger

from processor.known import Known
from steward import telemetry
from steward.claims import THERE, lives_in
from steward.effects import Effect, Kind, Status, effect_id
from steward.identifiers import normalise_id
from steward.mirror.changed_rows import ChangedRows
from steward.mirror.push import Push, changed, push_of, value_id
from steward.mirror.refusals import refusal, skipped
from steward.mirror.row_values import shared_in
from steward.mirror.rows import Row
from steward.rules import DataSource, MirrorRule, Rules
from steward.snapshots import Snapshot
from steward.state import State

LONGEST_ID = 100
"""Characters of a page's id; for one that is far longer DynamoDB refuses the whole question."""


@dataclass(frozen=True)
class _Found:
    """A row that its page has to follow."""

    row: Row
    page: Snapshot
    source: DataSource
    rule: MirrorRule
    push: Push


class RowNews:
    """Plans. A page has one such write to come at most: what is written is what the row says at sending time."""

    def __init__(
        self,
        rows: ChangedRows,
        *,
        rules: Rules,
        state: State,
        known: Known,
        mine: Callable[[str], bool],
        now: Callable[[], datetime],
        logger: Logger,
        count: telemetry.Count,
    ) -> None:
        """Make it.

        Args:
            rows: the mirror's.
            rules: the rules file.
            state: the table of pages and effects.
            known: what is known of Notion's schemas.
            mine: whether a page belongs to the lane that is worked.
            now: our clock.
            logger: logs.
            count: counts.
        """
        self._rows = rows
        self._rules = rules
        self._state = state
        self._known = known
        self._mine = mine
        self._now = now
        self._logger = logger
        self._count = count

    def take(self, found: Sequence[Row], planned: list[str], most: int) -> int:
        """Plan what rows lead to, in their order.

        Args:
            found: up to 100 rows.
            planned: the pages for which a write was planned are added to it.
            most: pages in it, from which nothing more is planned.

        Returns:
            How many of the rows were seen to.

        Raises:
            CallFailed: the database's trouble, after which no row counts as seen to.
            StateConflict: another writer was faster.
        """
        news = [row for row in found if self._mine(row.notion_page_id or row.id) and self._is_news(row)]
        if not news:
            return len(found)
        measured = {one.row.id: one for one in self._measured(news)}
        self._agree(measured.values())
        ids = {value_id(one.row, c, v) for one in measured.values() for c, v in one.push.columns.items()}
        refused = self._rows.written_down(ids) if ids else frozenset[str]()
        for number, row in enumerate(found):
            one = measured.get(row.id)
            if one is None:
                continue
            left = {c for c, v in one.push.columns.items() if value_id(row, c, v) not in refused}
            if not (left or one.push.back):
                continue
            if len(planned) >= most:
                return number
            if self._plan(one):
                planned.append(one.page.page_id)
        return len(found)

    def _is_news(self, row: Row) -> bool:
        source = self._rules.source_named(row.data_source) if row.data_source else None
        sources = self._rules.data_source if source is None else (source,)
        rules = (rule for one in sources for rule in one.of_kind(MirrorRule) if rule.both_ways)
        return any(changed(row, rule) for rule in rules)

    def _measured(self, news: Sequence[Row]) -> Iterator[_Found]:
        """The rows that their pages have to follow; what no page follows is written down once."""
        ids = [row.notion_page_id or "" for row in news]
        pages = self._state.snapshots([page_id for page_id in ids if 0 < len(page_id) <= LONGEST_ID])
        notes = []
        for row in news:
            page = pages.get(row.notion_page_id or "")
            source = self._rules.source_of(page.source_id) if page is not None else None
            rule = next(iter(source.of_kind(MirrorRule)), None) if source is not None else None
            why = _why_not(row, page, rule)
            if page is None or source is None or rule is None or why is not None:
                notes.append(skipped(row, why or ""))
            elif rule.both_ways:
                push = push_of(row, rule, self._known.types_of(source), page, page.edited_at)
                values = shared_in(row, rule)
                notes += [refusal(row, no.column, values[no.column], no.why) for no in push.refused]
                yield _Found(row, page, source, rule, push)
        for entry in self._rows.write_down(notes) if notes else ():
            self._count(telemetry.NOTES, reason=entry.action)
            self._logger.warning(
                "a row is not followed", row=entry.resource_id, why=entry.details["why"], action=entry.action
            )

    def _agree(self, measured: Iterable[_Found]) -> None:
        """Remember where both sides say the same; what they say later is then known to be a change."""
        for source in self._rules.data_source:
            agree = [
                (one.row, one.push.agrees)
                for one in measured
                if one.source is source and one.push.agrees is not None
            ]
            for rule in source.of_kind(MirrorRule) if agree else ():
                self._rows.agree(agree, rule)

    def _plan(self, found: _Found) -> bool:
        """Plan the write, unless the page has one to come already; whether it is new."""
        page, rule_id = found.page, found.source.rule_id(found.rule)
        for owed in self._state.load(page.page_id).still_open:
            # One that was begun wrote what the row said then, and may be over before the row is looked at again.
            if owed.rule == rule_id and owed.kind is Kind.WRITE and owed.status is Status.PLANNED:
                return False
        now = self._now()
        properties: Mapping[str, str] = self._known.properties_of(found.source)
        key = f"row {found.row.synced_hash} {found.row.updated_at} {now.isoformat()}"
        effect = Effect(
            id=effect_id(page.page_id, page.version, rule_id, Kind.WRITE, key),
            kind=Kind.WRITE,
            page_id=page.page_id,
            version=page.version,
            rule=rule_id,
            event_id=f"row {found.row.id}",
            words=(),
            planned_at=now,
            claims=(THERE, lives_in(found.source.id)),
            writes={properties[role]: v for role, v in found.push.writes.items() if role in properties},
            source_id=found.source.id,
        )
        self._state.add([effect])
        return True


def _why_not(row: Row, page: Snapshot | None, rule: MirrorRule | None) -> str | None:
    if row.notion_page_id is None:
        return "it names no page, and rows make none"
    if page is None and normalise_id(row.notion_page_id) != row.notion_page_id:
        return "another row has its page already, whose id is only written otherwise here"
    if page is None:
        return "its page is not known: not shared with the connection, in no data source of the rules, or not seen yet"
    if page.gone:
        return "its page is gone"
    return "its page's data source has no mirror" if rule is None else None
