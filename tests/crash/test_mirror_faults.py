"""Everything that can happen while a row is matched to its page: row and audit row are there once, whatever it was."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from infra.local.postgres import PostgresServer
from infra.local.simulators.notion.demo import STATUS_ID
from tests.crash.runs import Tally, singles
from tests.crash.scenarios import ONCE, Scenario
from tests.crash.world import Stage, World
from tests.mirror import closing_connections

RULES = {"RULES_FILE": str(Path(__file__).with_name("mirror.toml"))}


class Base:
    """The database of a module's runs, as others see it."""

    def __init__(self, dsn: str, world: World) -> None:
        self.dsn = dsn
        self.world = world

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run a statement."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def answers(self, *, yes: bool) -> None:
        """Whether the secret says where it is."""
        self.world.fill("MIRROR", {"dsn": self.dsn} if yes else {})

    def seen(self, stage: Stage) -> Callable[[], list[str]]:
        """What lies there of a stage's page, in words."""

        def look() -> list[str]:
            rows = self.sql("SELECT id, status FROM projects WHERE notion_page_id = %s", stage.page_id)
            audit = self.sql(
                "SELECT action FROM audit_logs WHERE resource_id = ANY(%s)", [row[0] for row in rows]
            )
            return [*(f"row {status}" for _, status in rows), *(f"audit {action}" for (action,) in audit)]

        return look


@pytest.fixture(scope="module")
def base(steward: World, postgres: PostgresServer) -> Iterator[Base]:
    dsn = postgres.create("crash", "mirror")
    made = Base(dsn, steward)
    with closing_connections():
        made.answers(yes=True)
        yield made
    made.answers(yes=False)
    postgres.drop("crash")


def _scenarios(base: Base) -> dict[str, Scenario]:
    def nothing(stage: Stage) -> None:
        base.answers(yes=True)
        stage.seen_elsewhere = base.seen(stage)

    def created(stage: Stage) -> None:
        stage.deliver(type="page.created")

    def known(stage: Stage) -> None:
        nothing(stage)
        created(stage)
        stage.work()
        stage.wait(60)

    def done(stage: Stage) -> None:
        stage.notion.edit(stage.page_id, properties={"Status": "Done"}, silent=True)
        parent = {"id": "d", "type": "database", "data_source_id": stage.source_id}
        stage.deliver(data={"parent": parent, "updated_properties": [STATUS_ID]})

    def done_without_a_database(stage: Stage) -> None:
        known(stage)
        base.answers(yes=False)
        stage.new_environment()
        done(stage)
        stage.work()
        base.answers(yes=True)

    def a_tick(stage: Stage) -> None:
        stage.wait(601)
        stage.tick()

    def changed_in_the_row(stage: Stage) -> None:
        known(stage)
        base.sql(
            "UPDATE projects SET status = 'Blocked', origin = 'app', updated_at = '2026-01-01' WHERE notion_page_id = %s",
            stage.page_id,
        )

    once = {"audit project.created": ONCE, "row Done": ONCE, "audit project.updated": ONCE}
    rows = (
        Scenario(
            "a row is made",
            nothing,
            created,
            {"row Not started": ONCE, "audit project.created": ONCE},
            RULES,
        ),
        Scenario("a row is matched", known, done, once, RULES),
        Scenario("a row that waited is matched by a tick", done_without_a_database, a_tick, once, RULES),
        Scenario(
            "both sides were changed",
            changed_in_the_row,
            done,
            {**once, "audit project.conflict": ONCE},
            RULES,
        ),
    )
    return {row.name: row for row in rows}


@pytest.mark.timeout(600)  # hundreds of runs each
@pytest.mark.req("A7", "P3", "P4")
@pytest.mark.parametrize(
    "name",
    [
        "a row is made",
        "a row is matched",
        "a row that waited is matched by a tick",
        "both sides were changed",
    ],
)
def test_one_fault_anywhere_leaves_row_and_audit_row_exactly_once(
    base: Base, tally: Tally, name: str
) -> None:
    scenario = _scenarios(base)[name]
    found = [run for _, run in singles(base.world, scenario, tally)]

    assert [str(run) for run in found if run.failed] == []
    assert any("postgres.put_row" in fault for run in found for fault in run.faults)
