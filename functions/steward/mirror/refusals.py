"""What is written down of a row that no page follows: once for each value or reason, so that people find it by SQL. Pure."""

from typing import Any

from steward.mirror.audit import PROJECT, REFUSED, SKIPPED, AuditEntry
from steward.mirror.push import row_id, value_id
from steward.mirror.rows import Row

MOST_TEXT = 500
"""Characters of a value that are written down."""


def refusal(row: Row, column: str, value: Any, why: str) -> AuditEntry:
    """A value that its page does not take."""
    said = None if value is None else str(value)[:MOST_TEXT]
    details = {"page_id": row.notion_page_id, "column": column, "value": said, "why": why}
    return AuditEntry(REFUSED, PROJECT, row.id, details, effect_id=value_id(row, column, value))


def skipped(row: Row, why: str) -> AuditEntry:
    """A row that has no page to follow it."""
    details = {"page_id": row.notion_page_id, "why": why}
    return AuditEntry(SKIPPED, PROJECT, row.id, details, effect_id=row_id(row, why))
