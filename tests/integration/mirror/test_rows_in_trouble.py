"""Rows while PostgreSQL or Notion is away, while nobody has said where the database is, and while others write, too."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.local.postgres import PostgresServer
from infra.local.simulators.notion import faults
from steward import telemetry
from steward.mirror.migrate import migrate
from steward.mirror.projects import Projects
from tests.integration.mirrored import Mirrored, mirrored
from tests.integration.rules_file import automation
from tests.mirror import database_at


@pytest.mark.req("A7", "P1")
def test_while_postgres_is_down_only_rows_wait_and_then_nothing_is_lost(
    tmp_path: Path, counted: dict[str, list[float]]
) -> None:
    with PostgresServer() as server:
        dsn = server.create("mirror")
        database = database_at(dsn)
        migrate(database, {})
        database.close()
        with mirrored(dsn, tmp_path, "", automation("assignment")) as mirror:
            mirror.link()
            mirror.change(Status="Not started")
            server.halt()

            for status in ("In progress", "Done"):
                mirror.stand.assign(mirror.page, *([mirror.stand.demo.ann] if status == "Done" else []))
                mirror.change(Status=status)
            assert mirror.stand.told(mirror.page) == [mirror.stand.demo.ann]
            mirror.stand.gather()
            assert len(mirror.stand.notices()) == 1
            mirror.minutes(5)
            assert len(counted[telemetry.MIRROR_RESTS]) >= 1
            assert mirror.stand.dead_letters() == []

            server.run()
            mirror.minutes(12)
            assert mirror.row()["status"] == "closed"
            assert mirror.actions() == ["project.updated", "project.updated"]
            assert mirror.stand.told(mirror.page) == [mirror.stand.demo.ann]


@pytest.mark.req("A7", "P1")
def test_a_mirror_without_a_database_is_told_to_the_operator_and_made_up_for_later(
    mirror_dsn: str, tmp_path: Path, counted: dict[str, list[float]], caplog: pytest.LogCaptureFixture
) -> None:
    with mirrored(mirror_dsn, tmp_path) as mirror:
        mirror.link()
        secret_id = mirror.stand.environ.pop("MIRROR_SECRET_ID")
        mirror.stand.restart()
        mirror.change(Status="Done")

        assert mirror.row()["status"] is None
        (said,) = [vars(r)["detail"] for r in caplog.records if r.message == "the mirror rests"]
        assert "deploy with MirrorByDsn=true" in said
        assert counted[telemetry.MIRROR_RESTS]
        assert telemetry.CALL_FAILED not in counted  # no event was held

        mirror.stand.environ = {**mirror.stand.environ, "MIRROR_SECRET_ID": secret_id}
        mirror.stand.restart()
        mirror.minutes(6)
        assert mirror.row()["status"] == "closed"


@pytest.mark.req("A7", "P3")
def test_a_row_that_somebody_else_writes_in_the_same_moment_is_matched_to_what_they_wrote(
    mirror: Mirrored, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror.link()
    mirror.change(Status="In progress")
    put, races = Projects.put, iter(["Renamed", "Renamed again"])

    def overtaken(self: Projects, *args: Any, **options: Any) -> Any:
        name = next(races, None)
        if name is not None:  # commits between our reading and our writing: the server answers 40001
            mirror.sql("UPDATE projects SET name = %s, origin = 'app', updated_at = now()", name)
        return put(self, *args, **options)

    monkeypatch.setattr(Projects, "put", overtaken)
    mirror.change(Status="Done")

    row = mirror.row()
    assert (row["name"], row["status"]) == ("Renamed again", "closed")
    assert mirror.actions() == ["project.updated", "project.updated"]


@pytest.mark.req("A7", "P1")
def test_rows_are_written_while_the_lanes_rest_because_notion_is_away(mirror: Mirrored) -> None:
    mirror.link()
    mirror.stand.clock.sleep(3)
    secret_id = mirror.stand.environ["MIRROR_SECRET_ID"]
    mirror.stand.secrets.put_secret_value(SecretId=secret_id, SecretString="{}")
    mirror.stand.restart()
    mirror.change(Status="Done")  # waits: the secret is empty
    mirror.stand.secrets.put_secret_value(SecretId=secret_id, SecretString=json.dumps({"dsn": mirror.dsn}))
    mirror.stand.restart()
    mirror.stand.notion.add_fault(faults.answer(503), times="forever")
    mirror.edit({"Priority": "High"})
    mirror.stand.work()
    for _ in range(8):
        mirror.stand.clock.sleep(60)
        mirror.stand.look()

    assert mirror.row()["status"] == "closed"
