"""A match becomes a row and what the audit log says of it, in its caller's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from steward.documents import iso
from steward.mirror.audit import CONFLICT, PROJECT, AuditEntry, AuditLog
from steward.mirror.database import Transaction
from steward.mirror.matching import Match
from steward.mirror.merge import Times
from steward.mirror.projects import Projects
from steward.mirror.rows import Row, Written


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a row is written.

    Attributes:
        effect_id: of the effect that ends with it.
        event_id: of what led to it.
        changed_at: when that happened, by Notion's clock; None when nobody knows.
        changed_by: the Notion user id of who did it; empty when nobody knows.
    """

    effect_id: str
    event_id: str
    changed_at: datetime | None
    changed_by: str = ""

    def told(self, page_id: str | None) -> dict[str, Any]:
        """What every audit row says."""
        return {
            "page_id": page_id,
            "event_id": self.event_id,
            "changed_at": iso(self.changed_at),
            "changed_by": self.changed_by or None,
        }


def write(
    transaction: Transaction, projects: Projects, audit: AuditLog, was: Row | None, match: Match, cause: Cause
) -> tuple[Written, Row]:
    """Write a match, unless the row shows a newer observation.

    Args:
        transaction: the caller's.
        projects: the table of rows.
        audit: the audit log.
        was: the row as it was; None when one is made.
        match: as it has to be.
        cause: why.

    Returns:
        As ``Projects.put``. The first of the audit rows carries the effect's id, and so stands for all of them.
    """
    done, row = projects.put(transaction, match.row, visibly=match.action is not None)
    if done not in (Written.CREATED, Written.UPDATED):
        return done, row
    times = Times(cause.changed_at, was.updated_at if was is not None else None)
    entries: list[tuple[str, Mapping[str, Any]]] = [
        (CONFLICT, conflict.told(times)) for conflict in match.conflicts
    ]
    if match.action is not None:
        changed: dict[str, Any] = {"before": match.before, "after": match.after}
        if match.pending:
            changed["left_to_the_page"] = match.pending
        entries.insert(0, (match.action, changed))
    told = cause.told(row.notion_page_id)
    for number, (action, details) in enumerate(entries):
        effect_id = None if number else cause.effect_id
        audit.add(
            transaction,
            AuditEntry(action, PROJECT, row.id, {**told, **details}, cause.event_id, effect_id),
        )
    return done, row
