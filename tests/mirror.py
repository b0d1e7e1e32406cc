"""The mirror's database in tests: a real one, with time that a test can hold."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg
from psycopg.rows import dict_row

from steward.deadline import Deadline
from steward.mirror import connection
from steward.mirror.access import Access, DsnAccess
from steward.mirror.database import Database


def access_to(dsn: str, **more: Any) -> DsnAccess:
    """By a secret that holds this DSN."""
    document: Mapping[str, Any] = {"dsn": dsn, **more}
    return DsnAccess(lambda _: document)


def database_at(
    dsn: str,
    *,
    access: Access | None = None,
    deadline: Deadline | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = lambda _: None,
) -> Database:
    """The database at a DSN."""
    return Database(
        access or access_to(dsn),
        deadline or Deadline(),
        clock=clock,
        sleep=sleep,
        jitter=random.Random(1).random,
    )


def said_by_sql(dsn: str, statement: str, *values: Any) -> list[dict[str, Any]]:
    """What somebody else does in the database, and the rows that it gives."""
    with psycopg.connect(dsn, row_factory=dict_row, autocommit=True) as connection:
        cursor = connection.execute(statement.encode(), values or None)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def closing_connections() -> Iterator[None]:
    """Whatever the functions connect to in here is hung up in the end, also by environments that are gone by then."""
    made: list[Database] = []

    class Kept(Database):
        def __init__(self, *values: Any, **options: Any) -> None:
            super().__init__(*values, **options)
            while made:  # of an environment that is gone: there is one at a time
                made.pop().close()
            made.append(self)

    with patch.object(connection, "Database", Kept):
        try:
            yield
        finally:
            for database in made:
                database.close()
