"""Rows and audit rows: an older observation never wins, nothing is written twice, nothing is lost that was not named."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steward.errors import CallFailed, Failure
from steward.mirror.audit import AuditEntry, AuditLog
from steward.mirror.database import Database, Transaction
from steward.mirror.migrate import migrate
from steward.mirror.projects import Projects
from steward.mirror.rows import Counts, Row, Watermark, Written
from steward.mirror.schema import quoted

CALL = "postgres.test"
COLUMNS = {
    "summary": "text",
    "budget": "number",
    "urgent": "boolean",
    "due": "date",
    "signed": "timestamp",
    "order": "text",
}
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PAGE = "aaaaaaaa-0000-4000-8000-000000000001"
VALUES: dict[str, Any] = {
    "summary": "all of it",
    "budget": 12.5,
    "urgent": True,
    "due": date(2026, 12, 24),
    "signed": NOW,
    "order": "reserved, and a column like others",
}
FULL = Row(
    notion_page_id=PAGE,
    data_source="Tasks",
    name="Ship it",
    status="open",
    values=VALUES,
    notion_edited_at=NOW,
    observed_at=NOW,
    observed_version=3,
    synced="{}",
    synced_hash="44136f",
)


@pytest.fixture
def table(database: Database) -> Projects:
    migrate(database, COLUMNS)
    numbers = count(1)
    return Projects(COLUMNS, lambda: f"row-{next(numbers):04}")


def put(database: Database, table: Projects, row: Row, expected: Row | None = None) -> tuple[Written, Row]:
    return database.run(CALL, lambda t: table.put(t, row, expected))


def only(database: Database, table: Projects) -> Row:
    (row,) = database.run(CALL, lambda t: table.page(t, "", 10))
    return row


@pytest.mark.req("A7")
def test_a_row_comes_back_as_it_was_put(database: Database, table: Projects) -> None:
    became, row = put(database, table, FULL)

    assert became is Written.CREATED
    assert row.id == "row-0001"
    assert row.updated_at is not None
    assert replace(row, id="", updated_at=None) == FULL
    assert database.run(CALL, lambda t: table.find(t, [PAGE, "unknown"])) == {PAGE: row}
    assert database.run(CALL, lambda t: table.of_ids(t, [row.id, "unknown"])) == {row.id: row}
    assert database.run(CALL, lambda t: table.find(t, [])) == {}


@pytest.mark.req("A7")
@pytest.mark.parametrize("by_id", [False, True])
def test_an_older_observation_never_overwrites_a_newer_one(
    database: Database, table: Projects, by_id: bool
) -> None:
    _, first = put(database, table, FULL)
    own = first.id if by_id else ""

    assert put(database, table, replace(FULL, id=own, name="older", observed_version=2))[0] is Written.STALE
    assert only(database, table) == first
    again = put(database, table, replace(FULL, id=own, name="the same one", observed_version=3))
    assert again[0] is Written.UPDATED
    newer = put(database, table, replace(FULL, id=own, name="newer", observed_version=4))
    assert newer[0] is Written.UPDATED
    assert newer[1] == only(database, table)
    assert (newer[1].id, newer[1].name, newer[1].observed_version) == (first.id, "newer", 4)


@pytest.mark.req("A7")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(versions=st.lists(st.integers(1, 6), min_size=1, max_size=8))
def test_whatever_the_order_of_observations_the_newest_is_what_is_there(
    database: Database, table: Projects, versions: list[int]
) -> None:
    database.run(CALL, lambda t: t.run("DELETE FROM projects"))
    for version in versions:
        put(database, table, replace(FULL, name=f"v{version}", observed_version=version))

    row = only(database, table)
    assert (row.name, row.observed_version) == (f"v{max(versions)}", max(versions))


@pytest.mark.req("A7")
def test_columns_that_are_not_named_keep_what_they_hold(database: Database, table: Projects) -> None:
    _, first = put(database, table, FULL)

    _, row = put(database, table, replace(first, values={"budget": None}, observed_version=4))

    assert row.values == VALUES | {"budget": None}


@pytest.mark.req("A8")
def test_what_was_decided_elsewhere_is_written_only_if_nobody_changed_the_row_since(
    database: Database, table: Projects
) -> None:
    _, seen = put(database, table, replace(FULL, values=dict.fromkeys(VALUES)))
    assert put(database, table, replace(seen, synced="1"), expected=seen)[0] is Written.UPDATED

    for column in ("name", "status", *COLUMNS):
        value = VALUES.get(column, "of the app")
        database.run(CALL, lambda t, c=column, v=value: t.run(f"UPDATE projects SET {quoted(c)} = %s", v))  # type: ignore[misc]  # mypy cannot infer a lambda with a default  # noqa: S608 - a quoted name
        became, there = put(database, table, replace(seen, synced="2"), expected=seen)
        assert became is Written.CHANGED, column
        assert there.synced == "1"
        seen = there

    assert put(database, table, replace(seen, synced="3"), expected=seen)[0] is Written.UPDATED


@pytest.mark.req("A8")
def test_a_row_of_the_application_gets_its_page_by_its_own_id(database: Database, table: Projects) -> None:
    database.run(CALL, lambda t: t.run("INSERT INTO projects (id, name) VALUES ('theirs', 'new')"))
    theirs = only(database, table)
    assert (theirs.notion_page_id, theirs.origin, theirs.values) == (None, "app", dict.fromkeys(VALUES))

    became, row = put(database, table, replace(FULL, id="theirs"), expected=theirs)

    assert (became, row.id, row.notion_page_id) == (Written.UPDATED, "theirs", PAGE)
    assert put(database, table, replace(FULL, id="gone"))[0] is Written.ABSENT


@pytest.mark.req("A8")
def test_changed_rows_come_in_one_order_without_a_gap_or_a_double(
    database: Database, table: Projects
) -> None:
    def write(transaction: Transaction) -> None:  # one transaction, so one time for all
        for number in range(7):
            table.put(transaction, replace(FULL, notion_page_id=f"page-{number}"))

    database.run(CALL, write)
    database.run(CALL, lambda t: t.run("UPDATE projects SET updated_at = now() WHERE id = 'row-0002'"))

    mark, seen = None, list[str]()
    while rows := database.run(CALL, lambda t, m=mark: table.changed_since(t, m, 3)):  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        seen += [row.id for row in rows]
        assert rows[-1].updated_at is not None
        mark = Watermark(rows[-1].updated_at, rows[-1].id)

    assert seen == ["row-0001", *(f"row-{n:04}" for n in range(3, 8)), "row-0002"]


@pytest.mark.req("C2")
def test_every_row_is_paged_through_and_counted(database: Database, table: Projects) -> None:
    for number in range(5):
        put(database, table, replace(FULL, notion_page_id=f"page-{number}"))
    put(database, table, replace(FULL, notion_page_id="page-0", trashed_at=NOW, observed_version=9))
    database.run(CALL, lambda t: t.run("INSERT INTO projects (id) VALUES ('theirs')"))

    after, seen = "", list[str]()
    while rows := database.run(CALL, lambda t, a=after: table.page(t, a, 2)):  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        seen += [row.id for row in rows]
        after = seen[-1]

    assert seen == [*(f"row-{n:04}" for n in range(1, 6)), "theirs"]
    assert database.run(CALL, table.counts) == {"Tasks": Counts(5, 5, 1), None: Counts(1, 0, 0)}


@pytest.mark.req("A7")
@pytest.mark.parametrize("text", ["a\0b", "\ud83d", "'; DROP TABLE projects; --", "%s %", "🚀" * 5000])
def test_any_text_can_be_kept(database: Database, table: Projects, text: str) -> None:
    _, row = put(database, table, replace(FULL, name=text, values={"summary": text}))

    assert row.name == row.values["summary"] == text.replace("\0", "").encode("utf-8", "replace").decode()


@pytest.mark.req("P3", "A7")
def test_the_row_and_its_audit_row_are_written_together_or_not_at_all(
    database: Database, table: Projects
) -> None:
    log = AuditLog(lambda: "always the same")

    def change(transaction: Transaction, name: str, effect: str) -> None:
        table.put(transaction, replace(FULL, name=name))
        log.add(transaction, AuditEntry("project.updated", "project", None, {}, None, effect))

    database.run(CALL, lambda t: change(t, "one", "effect-1"))
    with pytest.raises(CallFailed) as caught:
        database.run(CALL, lambda t: change(t, "two", "effect-2"))

    assert caught.value.failure is Failure.INVALID
    assert only(database, table).name == "one"


@pytest.mark.req("A8")
@pytest.mark.parametrize(
    ("day", "expected"),
    [("infinity", date.max), ("-infinity", date.min), ("0044-03-15 BC", date.min), ("12024-01-01", date.max)],
)
def test_days_that_python_does_not_know_leave_every_other_row_readable(
    database: Database, table: Projects, day: str, expected: date
) -> None:
    def work(transaction: Transaction) -> list[Row]:
        transaction.run(
            "INSERT INTO projects (id, due, signed) VALUES ('odd', %s::date, %s::timestamptz)", day, day
        )
        transaction.run("INSERT INTO projects (id, due) VALUES ('plain', '2026-12-24')")
        return table.page(transaction, "", 10)

    odd, plain = database.run(CALL, work)
    signed = odd.values["signed"]
    assert isinstance(signed, datetime)
    assert (odd.values["due"], signed.year, plain.values["due"]) == (
        expected,
        expected.year,
        date(2026, 12, 24),
    )
