"""By a row in PostgreSQL that is made to match its page, and an audit row, in one transaction (A7).

The audit row carries the effect's id, and no two rows may carry the same: so it is known whether an effect was done, at
whatever moment an environment died. An effect that finds nothing to change leaves no audit row, and is harmless to repeat.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from processor.automations.mirror import makes_a_row
from processor.mirror_database import MirrorDatabase
from processor.mirror_tables import tables_in
from processor.ways.way import Found, Instead, Prepared
from steward.effects import GIVE_UP, Effect, Status
from steward.mirror.audit import PROJECT, UNLINKED, AuditEntry
from steward.mirror.connection import is_kept
from steward.mirror.database import Transaction
from steward.mirror.matching import Match, matched, matched_gone
from steward.mirror.rows import Row as ProjectRow
from steward.mirror.rows import Written
from steward.mirror.written import Cause, write
from steward.outcomes import Row, Then
from steward.rules import DataSource, MirrorRule, Rules
from steward.snapshots import Snapshot
from steward.state import State

PUT, LOOK = "postgres.put_row", "postgres.find_effect"

UNREAD = timedelta(minutes=1)
"""Until it is asked again whether a page was read."""

TRIES = 3
"""Times that a row is matched that shows a newer observation each time."""


class RowWay:
    """See ``Way``."""

    def __init__(
        self,
        database: MirrorDatabase,
        *,
        rules: Rules,
        state: State,
        now: Callable[[], datetime],
    ) -> None:
        """Make it.

        Args:
            database: where the rows are.
            rules: the rules file.
            state: what is known of pages.
            now: our clock.
        """
        self._database = database
        self._rules = rules
        self._state = state
        self._now = now
        tables = tables_in(database, rules)
        self._projects, self._audit = tables.projects, tables.audit

    def prepare(self, effect: Effect) -> Prepared:
        """Whether the database rests, so that nothing is begun that would only wait for a timeout."""
        if not is_kept(self._rules):
            raise Instead(Status.CANCELLED, "no rule keeps a mirror any more")
        self._known(effect)
        self._database.refuse(PUT)
        return Prepared(effect)

    def send(self, prepared: Prepared) -> str:
        """See ``Way.send``; the id of the row, or of a page that has none."""
        effect, foreign = prepared.effect, None
        for _ in range(TRIES):
            done = self._try(effect, self._known(effect), foreign)
            if isinstance(done, str):
                return done
            foreign = done
        raise Instead(Status.PLANNED, "its row shows newer observations all the time", self._now() + UNREAD)

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

    def _try(self, effect: Effect, snapshot: Snapshot, foreign: int | None) -> str | int:
        """Match; instead, the row's version where that is newer than the snapshot.

        Somebody may have been faster, so the snapshot is read again. A version that is still newer than that is not of
        this page: its row was linked to another one before.
        """

        def work(transaction: Transaction) -> str | int:
            row = self._projects.find(transaction, [snapshot.page_id]).get(snapshot.page_id)
            version = row.observed_version if row is not None else None
            if row is not None and version is not None and version > snapshot.version:
                if version != foreign:
                    return version
                self._projects.forget_version(transaction, row.id)
            return self._match(transaction, effect, snapshot)

        return self._database.run(PUT, work)

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
        cause = cause_of(effect)
        told = {**cause.told(snapshot.page_id), "title": snapshot.title, "data_source": source.name}
        entry = AuditEntry(UNLINKED, PROJECT, snapshot.page_id, told, effect.event_id, effect.id)
        self._audit.add(transaction, entry)
        return snapshot.page_id

    def _write(self, transaction: Transaction, effect: Effect, was: ProjectRow | None, match: Match) -> str:
        done, row = write(transaction, self._projects, self._audit, was, match, cause_of(effect))
        if done not in (Written.CREATED, Written.UPDATED):
            raise Instead(Status.CANCELLED, f"the row shows a newer observation: {done}")
        return row.id


def cause_of(effect: Effect) -> Cause:
    """What the audit log says of an effect."""
    return Cause(effect.id, effect.event_id, effect.changed_at, effect.changed_by)
