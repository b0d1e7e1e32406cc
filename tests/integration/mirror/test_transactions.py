"""Transactions: whole or not at all, repeated when they lost a race, bounded in time, and plain about what went wrong."""

import contextlib
import itertools
import threading
import time
from typing import Any

import psycopg
import pytest

from steward.deadline import Deadline
from steward.errors import CallFailed, Failure
from steward.mirror import database as module
from steward.mirror.access import Reach
from steward.mirror.database import Database, Transaction
from tests.mirror import access_to, database_at

CALL = "postgres.test"
INSERT = "INSERT INTO projects (id, origin) VALUES (%s, 'app')"


def ids(transaction: Transaction) -> list[str]:
    return [row["id"] for row in transaction.rows("SELECT id FROM projects ORDER BY id")]


class AsDsql:
    """The way to PostgreSQL, taken for DSQL: so no time-out is asked of the server."""

    dsql = True

    def __init__(self, dsn: str) -> None:
        self._access = access_to(dsn)

    def reach(self, *, fresh: bool = False) -> Reach:
        return self._access.reach(fresh=fresh)


def test_work_is_committed_whole_or_not_at_all(database: Database) -> None:
    def dies(transaction: Transaction) -> None:
        transaction.run(INSERT, "a")
        raise LookupError("of the caller's own")

    with pytest.raises(LookupError, match="of the caller's own"):
        database.run(CALL, dies)
    assert database.run(CALL, ids) == []

    database.run(CALL, lambda t: t.run(INSERT, "b"))
    assert database.run(CALL, ids) == ["b"]


def test_an_error_that_work_swallows_is_no_success(database: Database) -> None:
    def swallows(transaction: Transaction) -> None:
        transaction.run(INSERT, "a")
        with contextlib.suppress(psycopg.Error):
            transaction.run("SELECT nonsense FROM projects")

    with pytest.raises(CallFailed) as caught:
        database.run(CALL, swallows)

    assert caught.value.code == "25P02"
    assert database.run(CALL, ids) == []


@pytest.mark.req("A8")
def test_what_was_read_is_still_so_when_it_is_written_or_the_work_is_done_anew(
    database: Database, mirror_dsn: str
) -> None:
    database.run(CALL, lambda t: t.run("INSERT INTO projects (id, name) VALUES ('a', '1')"))
    other, seen, waits = database_at(mirror_dsn), list[str](), list[float]()
    database._sleep = waits.append

    def add(transaction: Transaction) -> None:
        row = transaction.row("SELECT name FROM projects WHERE id = 'a'")
        assert row is not None
        seen.append(row["name"])
        if len(seen) == 1:
            other.run(CALL, lambda t: t.run("UPDATE projects SET name = '10' WHERE id = 'a'"))
        transaction.run("UPDATE projects SET name = %s WHERE id = 'a'", str(int(row["name"]) + 1))

    database.run(CALL, add)

    assert seen == ["1", "10"]
    assert database.run(CALL, lambda t: t.row("SELECT name FROM projects")) == {"name": "11"}
    assert len(waits) == 1
    assert 0 < waits[0] <= module.PAUSE
    other.close()


def test_a_race_that_is_always_lost_ends_as_a_conflict(database: Database, mirror_dsn: str) -> None:
    database.run(CALL, lambda t: t.run("INSERT INTO projects (id, name) VALUES ('a', '1')"))
    other, tries = database_at(mirror_dsn), itertools.count(1)
    last = 0

    def loses(transaction: Transaction) -> None:
        nonlocal last
        last = next(tries)
        transaction.rows("SELECT name FROM projects")
        other.run(CALL, lambda t: t.run("UPDATE projects SET name = %s", f"of the other {last}"))
        transaction.run("UPDATE projects SET name = 'mine'")

    with pytest.raises(CallFailed) as caught:
        database.run(CALL, loses)

    assert (caught.value.failure, caught.value.code, caught.value.maybe_done) == (
        Failure.CONFLICT,
        "40001",
        False,
    )
    assert last == module.TRIES
    other.close()


def test_a_connection_that_died_while_it_was_idle_is_replaced_silently(
    database: Database, mirror_dsn: str
) -> None:
    database.run(CALL, ids)
    with psycopg.connect(mirror_dsn, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'steward'"
        )

    database.run(CALL, lambda t: t.run(INSERT, "a"))

    assert database.run(CALL, ids) == ["a"]


def test_a_connection_is_kept_and_replaced_when_it_is_old(mirror_dsn: str) -> None:
    now = [0.0]
    database = database_at(mirror_dsn, clock=lambda: now[0])

    def backend() -> int:
        row = database.run(CALL, lambda t: t.row("SELECT pg_backend_pid() AS pid"))
        assert row is not None
        return int(row["pid"])

    first = backend()
    now[0] = module.OLDEST
    assert backend() == first
    now[0] += 1
    assert backend() != first
    database.close()


@pytest.mark.req("A7")
def test_a_commit_whose_answer_is_lost_may_have_been_done(
    database: Database, mirror_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = psycopg.Cursor.execute

    def cut(self: Any, query: Any, *more: Any, **options: Any) -> Any:
        done = execute(self, query, *more, **options)
        if query == "COMMIT":
            self.connection.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        return done

    monkeypatch.setattr(psycopg.Cursor, "execute", cut)
    with pytest.raises(CallFailed) as caught:
        database.run(CALL, lambda t: t.run(INSERT, "a"))
    monkeypatch.undo()

    assert (caught.value.failure, caught.value.maybe_done) == (Failure.UNREACHABLE, True)
    assert database.run(CALL, ids) == ["a"]


def test_a_statement_that_takes_too_long_is_ended_by_the_server(database: Database) -> None:
    began = time.monotonic()

    with pytest.raises(CallFailed) as caught:
        database.run(CALL, lambda t: t.run("SELECT pg_sleep(20)"), seconds=0.2)

    assert (caught.value.failure, caught.value.code) == (Failure.UNAVAILABLE, "57014")
    assert time.monotonic() - began < 5
    assert database.run(CALL, ids) == []


def test_a_database_that_takes_no_time_out_is_left_when_the_time_is_over(mirror_dsn: str) -> None:
    database = database_at("", access=AsDsql(mirror_dsn))
    began = time.monotonic()

    with pytest.raises(CallFailed) as caught:
        database.run(CALL, lambda t: t.run("SELECT pg_sleep(20)"), seconds=0.2)

    assert (caught.value.failure, caught.value.maybe_done) == (Failure.UNREACHABLE, False)
    assert time.monotonic() - began < 5
    assert database.run(CALL, ids) == []
    database.close()


def test_a_lock_that_another_one_holds_does_not_hold_us(database: Database, mirror_dsn: str) -> None:
    with psycopg.connect(mirror_dsn) as other:
        other.execute("LOCK TABLE projects")
        with pytest.raises(CallFailed) as caught:
            database.run(CALL, ids, seconds=0.2)

    assert caught.value.failure in (Failure.CONFLICT, Failure.UNAVAILABLE)
    assert database.run(CALL, ids) == []


def test_nothing_is_begun_that_the_remaining_time_does_not_allow(mirror_dsn: str) -> None:
    deadline = Deadline(lambda: left[0])
    database, left = database_at(mirror_dsn, deadline=deadline), [7.9]

    with pytest.raises(CallFailed) as caught:
        database.run(CALL, ids)
    assert caught.value.failure is Failure.OUT_OF_TIME

    left[0] = 8.1
    assert database.run(CALL, ids) == []
    left[0] = 3.1  # it is connected now
    assert database.run(CALL, ids) == []
    left[0] = 2.9
    with pytest.raises(CallFailed):
        database.run(CALL, ids)
    database.close()


def test_a_value_that_does_not_fit_is_invalid_and_not_repeated_in_the_message(database: Database) -> None:
    with pytest.raises(CallFailed) as caught:
        database.run(CALL, lambda t: t.run("SELECT %s::text::date", "Ann's birthday"))

    assert caught.value.failure is Failure.INVALID
    assert "Ann" not in str(caught.value)


def test_no_watch_is_left_behind(database: Database) -> None:
    before = threading.active_count()
    for _ in range(5):
        database.run(CALL, ids)

    assert threading.active_count() == before
