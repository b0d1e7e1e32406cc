"""Notion → PostgreSQL: Steward on the stand, with a real database behind it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from infra.local.postgres import PostgresServer
from infra.local.simulators.notion.demo import STATUS_ID
from steward import telemetry
from steward.mirror.migrate import migrate
from tests.integration.rules_file import automation, rules_file
from tests.integration.stand import Stand, standing
from tests.mirror import closing_connections, database_at

MIRROR = (
    'options = { "Not started" = "open", "In progress" = "active", "Done" = "closed" }\n'
    'columns = [{ name = "importance", role = "priority", type = "text" }]\n'
)


class Mirrored:
    """A stand with a mirror, and what lies in it."""

    def __init__(self, stand: Stand, dsn: str) -> None:
        self.stand = stand
        self.dsn = dsn
        self.page = stand.known_tasks(1)[0]

    def sql(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """Run a statement as somebody else."""
        with psycopg.connect(self.dsn, row_factory=dict_row, autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def link(self) -> None:
        """A row that names the page, as an application makes it."""
        self.sql("INSERT INTO projects (id, notion_page_id) VALUES ('r1', %s)", self.page)

    def row(self) -> dict[str, Any]:
        """The page's row."""
        (found,) = self.sql("SELECT * FROM projects WHERE notion_page_id = %s", self.page)
        return found

    def audit(self) -> list[tuple[str, dict[str, Any]]]:
        """Action and details of every audit row about projects, oldest first."""
        found = self.sql(
            "SELECT action, details FROM audit_logs WHERE resource_type = 'project'"
            " ORDER BY created_at, effect_id NULLS LAST"
        )
        return [(row["action"], json.loads(row["details"])) for row in found]

    def actions(self) -> list[str]:
        """The actions alone."""
        return [action for action, _ in self.audit()]

    def edit(self, properties: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
        """Somebody changes the page, and Notion tells it."""
        self.stand.clock.sleep(30)
        self.stand.notion.edit(self.page, properties=dict(properties), by=self.stand.demo.chloe, silent=True)
        data = self.stand.payload(self.page)["data"] | {"updated_properties": [STATUS_ID, "title"]}
        return self.stand.send(self.page, data=data, **changes)

    def change(self, **properties: Any) -> dict[str, Any]:
        """The same, worked off."""
        sent = self.edit(properties)
        self.stand.clock.sleep(3)
        self.stand.work()
        return sent

    def minutes(self, count: int) -> None:
        """Let time pass, with the ticks that settle."""
        for _ in range(count):
            self.stand.gather()


@contextmanager
def mirrored(dsn: str, folder: Path, more: str = "", *others: str) -> Iterator[Mirrored]:
    """A stand whose tasks are mirrored into the database."""
    rules = rules_file(folder, automation("mirror", MIRROR + more), *others)
    with closing_connections(), standing(RULES_FILE=rules) as stand:
        stand.secrets.put_secret_value(
            SecretId=stand.environ["MIRROR_SECRET_ID"], SecretString=json.dumps({"dsn": dsn})
        )
        stand.restart()
        yield Mirrored(stand, dsn)


@pytest.fixture
def mirror(mirror_dsn: str, tmp_path: Path) -> Iterator[Mirrored]:
    with mirrored(mirror_dsn, tmp_path) as made:
        yield made


@pytest.mark.req("A7")
def test_a_change_of_a_linked_page_is_in_its_row_and_in_the_audit_log(mirror: Mirrored) -> None:
    mirror.change(Status="Not started")  # nothing is linked yet
    mirror.link()
    sent = mirror.change(Status="In progress", Priority="High")

    row = mirror.row()
    assert (row["name"], row["status"], row["importance"]) == ("Task 0", "active", "High")
    assert (row["origin"], row["data_source"], row["trashed_at"]) == ("notion", "Tasks", None)
    assert row["notion_edited_at"].isoformat(timespec="milliseconds") == sent["timestamp"].replace(
        "Z", "+00:00"
    )
    ((_, unlinked), (action, details)) = mirror.audit()
    assert unlinked["title"] == "Task 0"
    assert action == "project.updated"
    assert details["before"] == {"name": None, "status": None, "importance": None, "data_source": None}
    assert details["after"] == {
        "name": "Task 0",
        "status": "active",
        "importance": "High",
        "data_source": "Tasks",
    }
    assert (details["event_id"], details["changed_by"]) == (sent["id"], mirror.stand.demo.ben)


@pytest.mark.req("A7")
def test_an_unlinked_page_is_logged_and_nothing_else(mirror: Mirrored) -> None:
    mirror.change(Status="Done")

    assert mirror.sql("SELECT * FROM projects") == []
    assert mirror.actions() == ["project.unlinked"]


@pytest.mark.req("A7")
def test_a_page_that_is_created_gets_a_row_where_the_rule_links_by_itself(
    mirror_dsn: str, tmp_path: Path
) -> None:
    with mirrored(mirror_dsn, tmp_path, "auto_link = true\n") as mirror:
        mirror.change(Status="Done")  # of an old page, which is none that was just created
        assert mirror.actions() == ["project.unlinked"]
        mirror.page = mirror.stand.add_tasks(1)[0]
        mirror.stand.send(mirror.page, type="page.created")
        mirror.stand.clock.sleep(3)
        mirror.stand.work()

        assert mirror.row()["name"] == "Task 0"
        assert mirror.actions() == ["project.unlinked", "project.created"]

        mirror.change(Status="Done")
        assert mirror.row()["status"] == "closed"


@pytest.mark.req("A7")
def test_a_page_in_the_trash_is_marked_and_one_that_comes_back_is_unmarked(mirror: Mirrored) -> None:
    mirror.link()
    mirror.change(Status="Done")
    mirror.stand.clock.sleep(60)
    mirror.stand.notion.trash(mirror.page)
    gone = mirror.stand.send(mirror.page, type="page.deleted")
    mirror.stand.clock.sleep(3)
    mirror.stand.work()

    row = mirror.row()
    assert row["trashed_at"].isoformat(timespec="milliseconds") == gone["timestamp"].replace("Z", "+00:00")
    assert (row["name"], row["status"]) == ("Task 0", "closed")

    mirror.stand.clock.sleep(60)
    mirror.stand.notion.restore(mirror.page)
    mirror.stand.send(mirror.page, type="page.undeleted")
    mirror.stand.clock.sleep(3)
    mirror.stand.work()

    assert mirror.row()["trashed_at"] is None
    assert mirror.actions() == ["project.updated", "project.trashed", "project.restored"]


@pytest.mark.req("A7", "P3")
def test_a_redelivery_and_a_change_back_leave_one_audit_row_each(mirror: Mirrored) -> None:
    mirror.link()
    sent = mirror.change(Status="Done")
    mirror.stand.clock.sleep(301)
    mirror.stand.deliver(json.dumps(sent).encode())
    mirror.stand.work()
    assert mirror.actions() == ["project.updated"]

    mirror.change(Status="In progress")
    mirror.change(Status="Done")
    assert mirror.row()["status"] == "closed"
    assert mirror.actions() == ["project.updated"] * 3


@pytest.mark.req("A7")
def test_a_status_without_a_counterpart_leaves_the_row_as_it_is(mirror: Mirrored) -> None:
    path = Path(mirror.stand.environ["RULES_FILE"])
    path.write_text(path.read_text().replace('"Not started" = "open", ', ""))
    mirror.stand.restart()
    mirror.link()
    mirror.change(Status="In progress")
    mirror.change(Status="Not started")  # which this rule does not name
    assert mirror.row()["status"] == "active"

    mirror.change(Status="Done")
    assert mirror.row()["status"] == "closed"


@pytest.mark.req("A7", "P3")
def test_an_older_observation_never_overwrites_a_newer_one(mirror: Mirrored) -> None:
    mirror.link()
    mirror.change(Status="In progress")
    newer = mirror.row()["observed_version"] + 10
    mirror.sql("UPDATE projects SET observed_version = %s", newer)
    mirror.change(Status="Done")

    row = mirror.row()
    assert (row["status"], row["observed_version"]) == ("active", newer)
    assert mirror.actions() == ["project.updated"]


@pytest.mark.req("A7", "A8")
def test_what_others_changed_in_the_row_is_kept_for_the_page_to_take_over(mirror: Mirrored) -> None:
    mirror.link()
    mirror.change(Status="In progress")
    mirror.sql("UPDATE projects SET name = 'Renamed', origin = 'app', updated_at = now()")
    mirror.change(Status="Done")

    row = mirror.row()
    assert (row["name"], row["status"], row["origin"]) == ("Renamed", "closed", "app")
    assert json.loads(row["synced"])["name"] == "Task 0"
    action, details = mirror.audit()[-1]
    assert (action, details["after"], details["left_to_the_page"]) == (
        "project.updated",
        {"status": "closed"},
        ["name"],
    )


@pytest.mark.req("A7", "A8")
@pytest.mark.parametrize(("seconds", "kept"), [(-1, "page"), (1, "row")])
def test_what_both_changed_goes_to_the_newer_change_and_both_are_in_the_log(
    mirror: Mirrored, seconds: int, kept: str
) -> None:
    mirror.link()
    mirror.change(Status="In progress")
    at = mirror.stand.clock.now() + timedelta(seconds=30 + seconds)
    mirror.sql("UPDATE projects SET status = 'open', origin = 'app', updated_at = %s", at)
    sent = mirror.change(Status="Done")

    row = mirror.row()
    assert row["status"] == ("closed" if kept == "page" else "open")
    assert (row["origin"] == "app") == (kept == "row")
    if kept == "row":
        assert row["updated_at"] == at  # nothing of it was changed: it is as old as it was
    (conflict,) = [details for action, details in mirror.audit() if action == "project.conflict"]
    assert (conflict["column"], conflict["page"], conflict["row"], conflict["kept"]) == (
        "status",
        "closed",
        "open",
        kept,
    )
    assert conflict["page_at"] == sent["timestamp"].replace("Z", "+00:00")
    assert datetime.fromisoformat(conflict["row_at"]) == at.astimezone(UTC).replace(
        microsecond=at.microsecond // 1000 * 1000
    )

    mirror.stand.clock.sleep(300)
    mirror.change(Priority="High")
    assert mirror.actions().count("project.conflict") == 1  # found once


@pytest.mark.req("A7")
def test_a_mirror_that_works_one_way_makes_the_row_what_the_page_is(mirror_dsn: str, tmp_path: Path) -> None:
    with mirrored(mirror_dsn, tmp_path, "both_ways = false\n") as mirror:
        mirror.link()
        mirror.change(Status="In progress")
        mirror.sql("UPDATE projects SET name = 'Renamed', origin = 'app', updated_at = now()")
        mirror.change(Status="Done")

        row = mirror.row()
        assert (row["name"], row["status"], row["origin"]) == ("Task 0", "closed", "notion")


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
    from steward.mirror.projects import Projects  # noqa: PLC0415

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
    from infra.local.simulators.notion import faults  # noqa: PLC0415

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
