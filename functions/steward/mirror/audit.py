"""The table ``audit_logs``: who changed what, for people who ask by SQL, and what was done, for ourselves.

An effect has at most one row, written in the transaction of what it changed: so asking for the row is asking whether the
effect was done.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from steward.mirror.database import Transaction
from steward.mirror.rows import storable

CREATED, UPDATED = "project.created", "project.updated"
TRASHED, RESTORED = "project.trashed", "project.restored"
UNLINKED = "project.unlinked"
CONFLICT, PUSHED = "project.conflict", "project.pushed"
REFUSED, SKIPPED = "project.refused", "project.skipped"
INLINE, REPAIRED = "project.inline", "project.repaired"
MIGRATED = "mirror.migrated"

PROJECT = "project"
"""``resource_type`` of what is about a row or its page."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A row to be written.

    Attributes:
        action: one of the words above.
        resource_type: ``project`` or ``schema``.
        resource_id: of the row in ``projects`` or of the page, or None.
        details: anything that JSON knows; times as text.
        event_id: the event that led to it, or None.
        effect_id: the effect that it is the end of, or None.
    """

    action: str
    resource_type: str
    resource_id: str | None
    details: Mapping[str, Any]
    event_id: str | None = None
    effect_id: str | None = None


class AuditLog:
    """The table; everything happens in its caller's transaction."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        """Make it.

        Args:
            new_id: gives an id that no row has, e.g. a random UUID.
        """
        self._new_id = new_id

    def add(self, transaction: Transaction, entry: AuditEntry) -> bool:
        """Write a row; False when its effect has one, which stays as it is."""
        written = transaction.run(
            "INSERT INTO audit_logs (id, effect_id, event_id, action, resource_type, resource_id, details)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (effect_id) DO NOTHING",
            self._new_id(),
            entry.effect_id,
            entry.event_id,
            entry.action,
            entry.resource_type,
            entry.resource_id,
            json.dumps(_storable(entry.details), sort_keys=True, ensure_ascii=False),
        )
        return written == 1

    def has(self, transaction: Transaction, effect_id: str) -> bool:
        """Whether an effect has its row, so was done."""
        return self.subject(transaction, effect_id) is not None

    def subject(self, transaction: Transaction, effect_id: str) -> str | None:
        """The ``resource_id`` of an effect's row, ``""`` where that has none; None when the effect was not done."""
        found = transaction.row("SELECT resource_id FROM audit_logs WHERE effect_id = %s", effect_id)
        return None if found is None else found["resource_id"] or ""

    def among(self, transaction: Transaction, effect_ids: Iterable[str]) -> frozenset[str]:
        """Those of these effects that have their row."""
        found = transaction.rows(
            "SELECT effect_id FROM audit_logs WHERE effect_id = ANY(%s)", list(effect_ids)
        )
        return frozenset(row["effect_id"] for row in found)


def _storable(value: Any) -> Any:
    """The same without what keeps PostgreSQL from casting it to JSON: one such row would fail a whole query."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(str(key)): _storable(item) for key, item in value.items()}
    return [_storable(item) for item in value] if isinstance(value, list | tuple) else value
