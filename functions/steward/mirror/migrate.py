"""Bring the mirror's schema up to this code's: by command, and before its first use.

Each statement is a transaction of its own, and so is the note that it was made, because DSQL takes no write beside a DDL
statement: a run that dies in between runs a statement again, which changes nothing. Several may run at once.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from steward.errors import CallFailed
from steward.mirror.audit import MIGRATED, AuditEntry, AuditLog
from steward.mirror.database import TRANSACTION, Database, Transaction
from steward.mirror.schema import (
    LATEST,
    LEDGER,
    MIGRATIONS,
    MIGRATIONS_TABLE,
    PROJECTS,
    Columns,
    Migration,
    SchemaMistake,
    missing,
)
from steward.mirror.trouble import NO_SCHEMA, unfit

T = TypeVar("T")

CALL = "postgres.migrate"

TOO_NEW, WRONG_COLUMN = "newer_schema", "wrong_column"
"""Codes of the failures that only a person can end."""

ALREADY = frozenset({"23505", "42P07", "42710", "42701"})
"""What ``IF NOT EXISTS`` answers on PostgreSQL when another one makes the same at the same moment."""

RUNS = 3
"""How often a statement is run at most that another one is running, too."""

BATCH = 1000
"""Rows of one transaction; Aurora DSQL takes 3,000."""


@dataclass(frozen=True)
class Standing:
    """What is there.

    Attributes:
        version: the number of the last step that was made, 0 of none.
        done: the numbers of all.
        columns: of ``projects``: name → SQL type.
    """

    version: int = 0
    done: frozenset[int] = frozenset()
    columns: Mapping[str, str] = field(default_factory=dict)


def standing(database: Database) -> Standing:
    """Look what is there, in one transaction.

    Raises:
        CallFailed: as ``Database.run``.
    """

    def look(transaction: Transaction) -> Standing:
        found = transaction.rows(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name IN (%s, %s)",
            PROJECTS,
            MIGRATIONS_TABLE,
        )
        columns = {row["column_name"]: row["data_type"] for row in found if row["table_name"] == PROJECTS}
        if all(row["table_name"] == PROJECTS for row in found):
            return Standing(columns=columns)
        done = {row["number"] for row in transaction.rows(f"SELECT number FROM {MIGRATIONS_TABLE}")}  # noqa: S608 - a constant
        return Standing(max(done, default=0), frozenset(done), columns)

    return database.run(CALL, look)


def migrate(database: Database, columns: Columns, seconds: float = TRANSACTION) -> list[str]:
    """Make what is missing; returns a line for each step that this run made.

    Args:
        database: where.
        columns: that the rules name.
        seconds: that one statement may take.

    Raises:
        CallFailed: as ``Database.run``; with the code ``newer_schema`` when the database was made by newer code, and
            ``wrong_column`` when a column can't be what the rules want. Both say what to do.
    """
    there = standing(database)
    if there.version > LATEST:
        raise unfit(
            CALL,
            TOO_NEW,
            f"the database's schema is version {there.version} and this code knows {LATEST}: deploy the newer code again",
        )
    _check(columns, there.columns)  # before anything is changed
    made = []
    if not there.done:
        _alone(database, LEDGER, seconds)
    for migration in MIGRATIONS:
        if migration.number not in there.done:
            _alone(database, migration.sql(dsql=database.dsql), seconds)
            if _note(database, migration):
                made.append(f"{migration.number}: {migration.what}")
    statements = missing(columns, standing(database).columns) if columns else []
    for column in columns.keys() - there.columns.keys() if there.columns else ():
        _forget(database, column, seconds)
    for statement in statements:
        _alone(database, statement, seconds)
        made.append(statement)
    if statements:
        # Another run may have made them at the same moment, and with other types.
        _check(columns, standing(database).columns)
        database.run(CALL, lambda transaction: _tell(transaction, {"columns": dict(columns)}, None))
    return made


class ReadyDatabase:
    """A database whose schema is brought up to this code's before its first use."""

    def __init__(self, database: Database, columns: Columns) -> None:
        self._database = database
        self._columns = columns
        self._ready = False

    def run(self, call: str, work: Callable[[Transaction], T], seconds: float = TRANSACTION) -> T:
        """See ``Database.run``, and ``migrate`` for what else may be raised."""
        if not self._ready:
            migrate(self._database, self._columns)
            self._ready = True
        try:
            return self._database.run(call, work, seconds)
        except CallFailed as failure:
            # Somebody has taken a table or a column away: look again the next time.
            self._ready = failure.code not in NO_SCHEMA
            raise

    def close(self) -> None:
        """See ``Database.close``."""
        self._database.close()


def _check(columns: Columns, there: Mapping[str, str]) -> None:
    try:
        missing(columns, there)
    except SchemaMistake as mistake:
        raise unfit(CALL, WRONG_COLUMN, str(mistake)) from mistake


def _alone(database: Database, statement: str, seconds: float) -> None:
    """Run a statement that changes the schema."""
    for run in range(1, RUNS + 1):
        try:
            database.run(CALL, lambda transaction: transaction.run(statement), seconds)
        except CallFailed as failure:
            if failure.code not in ALREADY or run == RUNS:
                raise
        else:
            return


def _forget(database: Database, column: str, seconds: float) -> None:
    """Forget what both sides agreed on where it names a column that is to be made.

    The column was dropped or renamed: empty as it comes back, it would be taken for emptied, and so would every page's value.
    """
    again = (
        f"UPDATE {PROJECTS} SET synced = NULL, synced_hash = NULL WHERE id IN"  # noqa: S608 - constants
        f" (SELECT id FROM {PROJECTS} WHERE strpos(synced, %s) > 0 ORDER BY id LIMIT {BATCH})"
    )
    key = json.dumps(column) + ": "
    while database.run(CALL, lambda transaction: transaction.run(again, key), seconds) == BATCH:
        pass


def _note(database: Database, migration: Migration) -> bool:
    """Write down that a step was made; whether this run was the first to."""

    def write(transaction: Transaction) -> bool:
        first = transaction.run(
            f"INSERT INTO {MIGRATIONS_TABLE} (number, what) VALUES (%s, %s) ON CONFLICT (number) DO NOTHING",  # noqa: S608 - a constant
            migration.number,
            migration.what,
        )
        audited = MIGRATIONS[1].number  # what was made before the audit log is told with it
        if first and migration.number >= audited:
            _tell(transaction, {"what": migration.what}, str(migration.number))
        return bool(first)

    return database.run(CALL, write)


def _tell(transaction: Transaction, details: Mapping[str, object], number: str | None) -> None:
    entry = AuditEntry(MIGRATED, "schema", number, json.loads(json.dumps(details)))
    AuditLog(lambda: str(uuid.uuid4())).add(transaction, entry)
