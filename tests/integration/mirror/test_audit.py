"""Audit rows: one an effect, and always JSON that PostgreSQL can cast."""

from dataclasses import replace
from itertools import count

import pytest

from steward.mirror.audit import AuditEntry, AuditLog
from steward.mirror.database import Database

CALL = "postgres.test"


@pytest.mark.req("P3", "A7")
def test_an_effect_leaves_one_audit_row_whoever_writes_it_how_often(database: Database) -> None:
    numbers = count(1)
    log = AuditLog(lambda: f"audit-{next(numbers)}")
    entry = AuditEntry("project.updated", "project", "row-1", {"name": ["a", "b\0\ud83d"]}, "event", "effect")

    assert database.run(CALL, lambda t: log.has(t, "effect")) is False
    assert database.run(CALL, lambda t: log.add(t, entry)) is True
    assert database.run(CALL, lambda t: log.add(t, replace(entry, details={}))) is False
    assert database.run(CALL, lambda t: log.has(t, "effect")) is True
    for _ in range(2):  # what is no effect's is written each time
        assert database.run(CALL, lambda t: log.add(t, replace(entry, effect_id=None))) is True

    found = database.run(
        CALL,
        lambda t: t.rows(
            "SELECT details::jsonb ->> 'of' AS it, action FROM audit_logs WHERE event_id = 'event'"
        ),
    )
    assert [row["action"] for row in found] == ["project.updated"] * 3
