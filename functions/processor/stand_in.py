"""What an event itself says of its page stands in for a reading, while Notion can't be read (I5; see ADR 14).

Only the older dialects carry values, only rows of the mirror take them, and only until the page is read: before a row
takes any, an effect is planned that belongs to the page's next version, and so makes the row match whatever the next
reading shows. A value that was seen, or told of, later is never overwritten.

This is beside the event's own way: that stays on the lane, and is worked as ever when Notion is back. So nothing here may
hold it up: what fails is left to the reading.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger

from processor.known import Known
from processor.mirror_database import MirrorDatabase
from processor.mirror_tables import tables_in
from processor.seen import shown
from steward.effects import Effect, Kind, effect_id
from steward.errors import CallFailed, Failure, StateConflict
from steward.events import Event
from steward.mirror.connection import is_kept
from steward.mirror.database import Transaction
from steward.mirror.mapping import NAME, TITLE, shared_of
from steward.mirror.matching import matched_unseen
from steward.mirror.written import Cause, write
from steward.pages import decode_page
from steward.rules import DataSource, MirrorRule, Rules
from steward.state import PageRecord, State

PUT = "postgres.put_inline"

RICH = frozenset({"title", "rich_text"})

UNREAD = frozenset(
    {Failure.UNAVAILABLE, Failure.UNREACHABLE, Failure.UNAUTHORIZED, Failure.BLOCKED, Failure.RESTING}
)
"""How a reading fails when it is not the page's fault, and will for a while. Waiting for our turn is none of them."""


class StandIn:
    """Takes events that can't be worked now."""

    def __init__(
        self,
        database: MirrorDatabase,
        *,
        rules: Rules,
        state: State,
        known: Known,
        margin: timedelta,
        now: Callable[[], datetime],
        logger: Logger,
    ) -> None:
        """Make it.

        Args:
            database: where the rows are.
            rules: the rules file.
            state: what is known of pages.
            known: what is known of schemas.
            margin: see ``Snapshot.covers``.
            now: our clock.
            logger: logs.
        """
        self._database = database
        self._rules = rules
        self._state = state
        self._known = known
        self._margin = margin
        self._now = now
        self._logger = logger
        tables = tables_in(database, rules)
        self._projects, self._audit = tables.projects, tables.audit

    def take(self, event: Event) -> None:
        """Let the page's row say what the event says, if it carries values and the row is not newer."""
        if event.inline is None or event.entity_type != "page" or event.entity_id is None:
            return
        if event.occurred_at is None or not is_kept(self._rules):
            return  # nobody could tell whether it is newer than what is known
        record = self._state.load(event.entity_id)
        at = record.snapshot.source_id if record.snapshot else None
        source = self._rules.source_of(event.data_source_id, event.parent_id, at)
        rule = next(iter(source.of_kind(MirrorRule)), None) if source is not None else None
        gone = record.snapshot is not None and record.snapshot.gone
        covered = record.snapshot is not None and record.snapshot.covers(event.occurred_at, self._margin)
        if source is None or rule is None or gone or covered:
            return
        try:
            values = self._values(event.entity_id, event.inline, source, rule)
            if values:
                self._stand_in(event, event.occurred_at, record, values, source, rule)
        except (CallFailed, StateConflict, ValueError, OverflowError) as error:
            self._logger.info(
                "an event does not stand in for its page", event_id=event.id, error=type(error).__name__
            )

    def _values(
        self, page_id: str, inline: Mapping[str, Any], source: DataSource, rule: MirrorRule
    ) -> dict[str, Any]:
        page = decode_page({"id": page_id, "properties": inline})
        # A text of another shape is not understood, which is not empty.
        texts = tuple(p for p in page.properties if p.type not in RICH or isinstance(p.value, list))
        page = replace(page, properties=texts)
        ids = self._known.ids_of(source)
        # Not every tool passes the ids on.
        found = {
            role: ids[role] if role in ids and page.find(ids[role]) else name
            for role, name in source.properties.roles().items()
        }
        snapshot = shown(None, page, source, found, self._rules)
        values = shared_of(snapshot, rule)
        if TITLE not in snapshot.values:
            values.pop(NAME)  # not carried, which is not empty
        return values

    def _stand_in(
        self,
        event: Event,
        at: datetime,
        record: PageRecord,
        values: Mapping[str, Any],
        source: DataSource,
        rule: MirrorRule,
    ) -> None:
        self._database.refuse(PUT)
        owed = self._correction(event, at, record, source, rule)

        def work(transaction: Transaction) -> None:
            row = self._projects.find(transaction, [owed.page_id]).get(owed.page_id)
            if row is None or self._audit.has(transaction, cause.effect_id):
                return
            match = matched_unseen(row, values, rule, at)
            if match.action is not None:
                write(transaction, self._projects, self._audit, row, match, cause)

        cause = Cause(f"{owed.id}-inline", event.id, at)
        if all(effect.id != owed.id for effect in record.effects):
            self._state.add([owed])
        self._database.run(PUT, work)

    def _correction(
        self, event: Event, at: datetime, record: PageRecord, source: DataSource, rule: MirrorRule
    ) -> Effect:
        """The effect that makes the row match the page's next version."""
        page_id, rule_id = event.entity_id or "", source.rule_id(rule)
        version = (record.snapshot.version if record.snapshot else 0) + 1
        # The version moves on, and an event that comes again means the same correction.
        key = f"inline {event.id}"
        same = (e for e in record.effects if e.id == effect_id(page_id, e.version, rule_id, Kind.ROW, key))
        return next(same, None) or Effect(
            id=effect_id(page_id, version, rule_id, Kind.ROW, key),
            kind=Kind.ROW,
            page_id=page_id,
            version=version,
            rule=rule_id,
            event_id=event.id,
            words=(),
            planned_at=self._now(),
            source_id=source.id,
            changed_at=at,
        )
