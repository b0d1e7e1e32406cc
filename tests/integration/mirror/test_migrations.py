"""The mirror's schema comes about by itself, once, whoever else is at it, and refuses what it can't be."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest

from steward.errors import CallFailed, Failure
from steward.mirror import migrate as module
from steward.mirror.database import Database, Transaction
from steward.mirror.migrate import ReadyDatabase, migrate, standing
from steward.mirror.schema import LATEST, MIGRATIONS, OWN, TYPES
from tests.mirror import database_at

EVERY_TYPE = {f"a_{kind}": kind for kind in TYPES}


def audited(transaction: Transaction) -> list[str]:
    rows = transaction.rows("SELECT resource_id FROM audit_logs WHERE action = 'mirror.migrated' ORDER BY 1")
    return [row["resource_id"] for row in rows]


def before(original: Callable[..., Any], dies: Callable[[], None]) -> Callable[..., Any]:
    def call(*given: Any) -> Any:
        dies()
        return original(*given)

    return call


def after(original: Callable[..., Any], dies: Callable[[], None]) -> Callable[..., Any]:
    def call(*given: Any) -> Any:
        done = original(*given)
        dies()
        return done

    return call


@pytest.mark.req("A7")
def test_an_empty_database_gets_every_table_once_and_says_so(empty: Database) -> None:
    assert standing(empty).version == 0

    made = migrate(empty, EVERY_TYPE)

    there = standing(empty)
    assert len(made) == LATEST + len(EVERY_TYPE)
    assert there.version == LATEST
    assert there.done == {migration.number for migration in MIGRATIONS}
    assert there.columns == OWN | {name: TYPES[kind] for name, kind in EVERY_TYPE.items()}
    assert empty.run("postgres.test", audited) == ["2", "3", "4", "5", "6", None]
    assert migrate(empty, EVERY_TYPE) == []


@pytest.mark.req("A7")
def test_a_run_that_died_anywhere_is_ended_by_the_next_one(
    empty_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, runs = module._alone, 0
    note = module._note

    for deaths in range(2 * LATEST + 1):
        left = deaths

        def dies() -> None:
            nonlocal left
            if left == 0:
                raise KeyboardInterrupt
            left -= 1

        database = database_at(empty_dsn)
        with monkeypatch.context() as patch:
            patch.setattr(module, "_alone", before(alone, dies))
            patch.setattr(module, "_note", after(note, dies))
            try:
                migrate(database, {})
            except KeyboardInterrupt:
                runs += 1
        database.close()

    assert runs > 0
    database = database_at(empty_dsn)
    migrate(database, {})
    assert standing(database).done == {migration.number for migration in MIGRATIONS}
    assert database.run("postgres.test", audited) == ["2", "3", "4", "5", "6"]
    database.close()


@pytest.mark.req("A7")
def test_several_at_once_make_one_schema(empty_dsn: str) -> None:
    together = Barrier(4)

    def one(_: int) -> list[str]:
        database = database_at(empty_dsn)
        together.wait()
        try:
            return migrate(database, {"budget": "number"})
        finally:
            database.close()

    with ThreadPoolExecutor(4) as pool:
        made = [line for lines in pool.map(one, range(4)) for line in lines]

    database = database_at(empty_dsn)
    assert standing(database).version == LATEST
    assert standing(database).columns["budget"] == "double precision"
    numbered = [line for line in made if line[0].isdigit()]
    assert sorted(numbered) == sorted(f"{m.number}: {m.what}" for m in MIGRATIONS)
    database.close()


@pytest.mark.req("A7")
def test_a_column_is_added_later_and_one_of_another_type_is_refused_before_anything_is_done(
    empty: Database,
) -> None:
    migrate(empty, {"budget": "number"})

    assert len(migrate(empty, {"budget": "number", "order": "text"})) == 1

    with pytest.raises(CallFailed) as caught:
        migrate(empty, {"budget": "text", "another": "date"})
    assert (caught.value.failure, caught.value.code) == (Failure.UNAVAILABLE, "wrong_column")
    assert "budget of projects has the type double precision, and the rules want text" in caught.value.message
    assert set(standing(empty).columns) == {*OWN, "budget", "order"}


@pytest.mark.req("A7")
def test_a_database_of_newer_code_is_left_alone(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = replace(MIGRATIONS[-1], number=LATEST + 1, what="from the future")
    database.run(
        "postgres.test", lambda t: t.run("INSERT INTO mirror_migrations VALUES (%s, %s)", newer.number, "x")
    )

    with pytest.raises(CallFailed) as caught:
        migrate(database, {"budget": "number"})

    assert (caught.value.failure, caught.value.code) == (Failure.UNAVAILABLE, "newer_schema")
    assert "deploy the newer code" in caught.value.message
    assert "budget" not in standing(database).columns


@pytest.mark.req("A7")
def test_the_first_use_migrates_and_so_does_the_first_after_somebody_dropped_a_table(empty: Database) -> None:
    ready = ReadyDatabase(empty, {"budget": "number"})

    def count(transaction: Transaction) -> int:
        return len(transaction.rows("SELECT budget FROM projects"))

    assert ready.run("postgres.test", count) == 0

    empty.run("postgres.test", lambda t: t.run("ALTER TABLE projects DROP COLUMN budget"))
    with pytest.raises(CallFailed) as caught:
        ready.run("postgres.test", count)
    assert (caught.value.failure, caught.value.code) == (Failure.UNAVAILABLE, "42703")
    assert ready.run("postgres.test", count) == 0
