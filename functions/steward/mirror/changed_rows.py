"""Rows that were changed, and what both sides agree on after a page took over what they say. Each method is one transaction.

Whatever is written down carries the id of what it is the end of, so that doing it twice changes nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from steward.documents import iso
from steward.mirror.agreed import recalled
from steward.mirror.audit import CONFLICT, PROJECT, PUSHED, UPDATED, AuditEntry, AuditLog
from steward.mirror.connection import Transactions
from steward.mirror.database import Transaction
from steward.mirror.mapping import Shared, canonical, differing, digest
from steward.mirror.merge import Merge, Times, base_after, merge
from steward.mirror.projects import Projects
from steward.mirror.row_values import plain, shared_in, taken_over
from steward.mirror.rows import OURS, Row, Watermark
from steward.rules import MirrorRule


@dataclass(frozen=True)
class Compared:
    """What came of holding a row beside its page.

    Attributes:
        row: as it is now.
        merged: what each side takes over from the other.
        settled: whether that was written into the row; else both sides had changed a value, and it was left.
    """

    row: Row
    merged: Merge
    settled: bool


class ChangedRows:
    """Reads and settles rows; every method raises ``CallFailed`` as ``Database.run`` does."""

    def __init__(self, database: Transactions, projects: Projects, audit: AuditLog) -> None:
        """Make it.

        Args:
            database: where.
            projects: the table.
            audit: the audit log.
        """
        self._database = database
        self._projects = projects
        self._audit = audit

    def since(self, mark: Watermark | None, limit: int) -> tuple[list[Row], datetime]:
        """The rows that were written after a mark, and what time it is there."""

        def read(transaction: Transaction) -> tuple[list[Row], datetime]:
            (now,) = transaction.rows("SELECT now() AS at")
            found = self._projects.changed_since(transaction, mark, limit)
            return self._projects.spelt(transaction, found), now["at"]

        return self._database.run("postgres.changed_rows", read)

    def after(self, row_id: str, limit: int) -> list[Row]:
        """Some rows in the order of their ids."""

        def read(transaction: Transaction) -> list[Row]:
            return self._projects.spelt(transaction, self._projects.page(transaction, row_id, limit))

        return self._database.run("postgres.all_rows", read)

    def of_page(self, page_id: str) -> Row | None:
        """The row of a page."""
        return self._database.run("postgres.row", lambda t: self._projects.find(t, [page_id]).get(page_id))

    def written_down(self, ids: Iterable[str]) -> frozenset[str]:
        """Those of these ids under which something is in the audit log."""
        return self._database.run("postgres.audited", lambda t: self._audit.among(t, ids))

    def write_down(self, entries: Iterable[AuditEntry]) -> list[AuditEntry]:
        """Write entries into the audit log, each once for its id; returns those that are new."""
        wanted = list(entries)
        return self._database.run("postgres.audit", lambda t: [e for e in wanted if self._audit.add(t, e)])

    def agree(self, found: Iterable[tuple[Row, Shared]], rule: MirrorRule) -> None:
        """Remember that rows say what their pages show, where they still do.

        Args:
            found: rows, and what their pages show.
            rule: the mirror's.
        """
        wanted = {row.id: shown for row, shown in found}

        def work(transaction: Transaction) -> None:
            for row in self._projects.of_ids(transaction, wanted).values():
                if not differing(wanted[row.id], shared_in(row, rule)):
                    agreed = base_after(recalled(row.synced, rule), wanted[row.id])
                    self._settle(transaction, row, {}, agreed)

        self._database.run("postgres.agree", work)

    def compare(
        self,
        effect_id: str,
        page_id: str,
        shown: Shared,
        rule: MirrorRule,
        page_at: datetime | None,
        *,
        wait: bool,
    ) -> Compared | None:
        """Hold a row beside its page, give it what the page has for it, and remember what the page was seen to say.

        Args:
            effect_id: for whose sake; what is written is audited once for it.
            page_id: the page.
            shown: its values, as they were just read.
            rule: the mirror's.
            page_at: when the page was changed, as far as known.
            wait: where both sides changed a value, write nothing.

        Returns:
            None when no row shows the page (any more).
        """

        def work(transaction: Transaction) -> Compared | None:
            row = self._projects.find(transaction, [page_id]).get(page_id)
            if row is None:
                return None
            base, mine = recalled(row.synced, rule), shared_in(row, rule)
            times = Times(page_at, row.updated_at)
            merged = merge(base, shown, mine, times)
            if wait and merged.conflicts:
                return Compared(row, merged, settled=False)
            after = self._settle(transaction, row, merged.to_row, base_after(base, shown))
            if merged.to_row:
                details = {"page_id": page_id, **_changes(mine, merged.to_row)}
                self._tell(transaction, f"{effect_id}.row", UPDATED, row, details)
            for conflict in merged.conflicts:
                details = {"page_id": page_id, **conflict.told(times)}
                self._tell(transaction, f"{effect_id}.conflict.{conflict.column}", CONFLICT, row, details)
            return Compared(after, merged, settled=True)

        return self._database.run("postgres.compare_row", work)

    def pushed(
        self,
        effect_id: str,
        page_id: str,
        shown: Shared,
        rule: MirrorRule,
        said: Callable[[str, Any], bool],
    ) -> None:
        """Remember that a page took over what its row says: both sides agree on that now.

        Notion may spell a value in its own way: a row that still says what was written takes that over.

        Args:
            effect_id: the write; its audit row is what shows that this was done.
            page_id: the page.
            shown: the columns that were written, as the page shows them now.
            rule: the mirror's.
            said: whether a column's value is what was written.
        """

        def work(transaction: Transaction) -> None:
            if self._audit.has(transaction, effect_id):
                return
            row = self._projects.find(transaction, [page_id]).get(page_id)
            if row is None:
                entry = AuditEntry(PUSHED, PROJECT, page_id, {"page_id": page_id}, effect_id=effect_id)
                self._audit.add(transaction, entry)
                return
            base, mine = recalled(row.synced, rule), shared_in(row, rule)
            known = not differing(shown, base) and shown.keys() <= base.keys()
            spelt = {c: shown[c] for c in differing(shown, mine) if said(c, mine[c])}
            self._settle(transaction, row, spelt, base_after(base, shown))
            if not known:  # else another write has told the same meanwhile
                details = {"page_id": page_id, **_changes(base, shown), "row_at": iso(row.updated_at)}
                self._tell(transaction, effect_id, PUSHED, row, details)

        self._database.run("postgres.pushed", work)

    def _settle(self, transaction: Transaction, row: Row, to_row: Shared, agreed: Shared) -> Row:
        synced = canonical(agreed)
        if not to_row and row.synced == synced:
            return row
        # Not of an observation, so no version guards it: it was compared in this very transaction.
        becomes = replace(
            taken_over(row, to_row), observed_version=None, synced=synced, synced_hash=digest(agreed)
        )
        if to_row:
            becomes = replace(becomes, origin=OURS)
        # What both agree on is no change of the row, so it keeps its time and its origin.
        return self._projects.put(transaction, becomes, visibly=bool(to_row))[1]

    def _tell(
        self, transaction: Transaction, key: str, action: str, row: Row, details: Mapping[str, Any]
    ) -> None:
        self._audit.add(transaction, AuditEntry(action, PROJECT, row.id, details, effect_id=key))


def _changes(before: Shared, after: Shared) -> dict[str, Any]:
    was = plain(before)
    return {"before": {column: was.get(column) for column in after}, "after": plain(after)}
