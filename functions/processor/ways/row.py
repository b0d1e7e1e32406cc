"""By a row in PostgreSQL that is made to match its page, and an audit row, in one transaction (A7).

The audit row carries the effect's id, and no two rows may carry the same: so it is known whether an effect was done, at
whatever moment an environment died. An effect that finds nothing to change leaves no audit row, and is harmless to repeat.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from processor.automations.mirror import makes_a_row
from processor.mirror_database import MirrorDatabase
from processor.ways.way import Found, Instead, Prepared
from steward.documents import iso
from steward.effects import GIVE_UP, Effect, Status
from steward.mirror.audit import CONFLICT, UNLINKED, AuditEntry, AuditLog
from steward.mirror.connection import columns_in, is_kept
from steward.mirror.database import Transaction
from steward.mirror.mapping import canonical
from steward.mirror.matching import Match, matched, matched_gone
from steward.mirror.merge import Conflict
from steward.mirror.projects import Projects
from steward.mirror.rows import Row as ProjectRow
from steward.mirror.rows import Written
from steward.outcomes import Row, Then
from steward.rules import DataSource, MirrorRule, Rules
from steward.snapshots import Snapshot
from steward.state import State

PUT, LOOK = "postgres.put_row", "postgres.find_effect"

UNREAD = timedelta(minutes=1)
"""Until it is asked again whether a page was read."""

PROJECT = "project"


class RowWay:
    """See ``Way``."""

    def __init__(
        self,
        database: MirrorDatabase,
        *,
        rules: Rules,
        state: State,
        now: Callable[[], datetime],
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        """Make it.

        Args:
            database: where the rows are.
            rules: the rules file.
            state: what is known of pages.
            now: our clock.
            new_id: gives an id that no row has.
        """
        self._database = database
        self._rules = rules
        self._state = state
        self._now = now
        self._projects = Projects(columns_in(rules), new_id)
        self._audit = AuditLog(new_id)

    def prepare(self, effect: Effect) -> Prepared:
        """Whether the database rests, so that nothing is begun that would only wait for a timeout."""
        if not is_kept(self._rules):
            raise Instead(Status.CANCELLED, "no rule keeps a mirror any more")
        self._database.refuse(PUT)
        return Prepared(effect)

    def send(self, prepared: Prepared) -> str:
        """See ``Way.send``; the id of the row, or of a page that has none."""
        effect = prepared.effect
        snapshot = self._known(effect)
        return self._database.run(PUT, lambda transaction: self._match(transaction, effect, snapshot))

    def look(self, effect: Effect) -> Found | None:
        """By the effect's audit row. Without one it was not done, or there was nothing to do."""
        return Found(self._database.run(LOOK, lambda t: self._audit.subject(t, effect.id)))

    def looking(self, row: Row) -> Then:
        """See ``Way.looking``."""
        return row.mirror

    def sending(self, row: Row) -> Then:
        """See ``Way.sending``."""
        return row.mirror

    def otherwise(self, effect: Effect) -> str | None:
        """None."""
        del effect
        return None

    def _known(self, effect: Effect) -> Snapshot:
        """What is known of the page now, and at least what planned the effect."""
        snapshot = self._state.snapshots([effect.page_id]).get(effect.page_id)
        if snapshot is not None and snapshot.version >= effect.version:
            return snapshot
        if self._now() > effect.planned_at + GIVE_UP:
            raise Instead(Status.CANCELLED, "its page was never read")
        raise Instead(Status.PLANNED, "its page is still to be read", self._now() + UNREAD)

    def _match(self, transaction: Transaction, effect: Effect, snapshot: Snapshot) -> str:
        done = self._audit.subject(transaction, effect.id)
        if done is not None:
            return done
        row = self._projects.find(transaction, [snapshot.page_id]).get(snapshot.page_id)
        source = self._rules.source_of(snapshot.source_id)
        rule = next(iter(source.of_kind(MirrorRule)), None) if source is not None else None
        if snapshot.gone or source is None or rule is None:
            if row is None:
                raise Instead(Status.CANCELLED, "no row is linked to the page, which is gone")
            at = effect.changed_at or snapshot.observed_at or self._now()
            return self._write(transaction, effect, row, matched_gone(row, snapshot, at))
        if row is None and not makes_a_row(effect):
            return self._unlinked(transaction, effect, snapshot, source)
        match = matched(row, snapshot, rule, source.name, effect.changed_at or snapshot.edited_at)
        return self._write(transaction, effect, row, match)

    def _unlinked(
        self, transaction: Transaction, effect: Effect, snapshot: Snapshot, source: DataSource
    ) -> str:
        details = {**_told(effect, snapshot.page_id), "title": snapshot.title, "data_source": source.name}
        self._note(transaction, effect, UNLINKED, snapshot.page_id, details, effect.id)
        return snapshot.page_id

    def _write(self, transaction: Transaction, effect: Effect, was: ProjectRow | None, match: Match) -> str:
        done, row = self._projects.put(transaction, match.row, visibly=match.action is not None)
        if done not in (Written.CREATED, Written.UPDATED):
            raise Instead(Status.CANCELLED, f"the row shows a newer observation: {done}")
        told = _told(effect, row.notion_page_id)
        entries = [(CONFLICT, _disputed(conflict, effect, was)) for conflict in match.conflicts]
        if match.action is not None:
            changed: dict[str, Any] = {"before": match.before, "after": match.after}
            if match.pending:
                changed["left_to_the_page"] = match.pending
            entries.insert(0, (match.action, changed))
        for number, (action, details) in enumerate(entries):
            # The first one carries the effect's id, and so stands for all of them: they are written together.
            self._note(
                transaction, effect, action, row.id, {**told, **details}, None if number else effect.id
            )
        return row.id

    def _note(
        self,
        transaction: Transaction,
        effect: Effect,
        action: str,
        resource_id: str,
        details: Mapping[str, Any],
        effect_id: str | None,
    ) -> None:
        entry = AuditEntry(action, PROJECT, resource_id, details, effect.event_id, effect_id)
        self._audit.add(transaction, entry)


def _told(effect: Effect, page_id: str | None) -> dict[str, Any]:
    return {
        "page_id": page_id,
        "event_id": effect.event_id,
        "changed_at": iso(effect.changed_at),
        "changed_by": effect.changed_by or None,
    }


def _disputed(conflict: Conflict, effect: Effect, was: ProjectRow | None) -> dict[str, Any]:
    values = json.loads(canonical({"page": conflict.page, "row": conflict.row}))
    return {
        "column": conflict.column,
        "page": values["page"],
        "row": values["row"],
        "page_at": iso(effect.changed_at),
        "row_at": iso(was.updated_at) if was is not None else None,
        "kept": str(conflict.wins),
    }
