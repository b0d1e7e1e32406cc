"""Notion → PostgreSQL: Steward on the stand, with a real database behind it."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from steward.snapshots import Snapshot
from steward.state import State
from tests.integration.mirrored import Mirrored, mirrored


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
def test_the_first_event_of_a_page_that_was_linked_before_anything_was_known_of_it_fills_its_row(
    mirror: Mirrored,
) -> None:
    mirror.page = mirror.stand.add_tasks(1)[0]
    mirror.link()
    mirror.change(Status="Done")

    assert (mirror.row()["name"], mirror.row()["status"]) == ("Task 0", "closed")
    assert mirror.actions() == ["project.updated"]


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
def test_an_older_observation_never_overwrites_a_newer_one(
    mirror: Mirrored, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror.link()
    mirror.change(Status="In progress")
    newer = mirror.row()["observed_version"] + 10
    mirror.sql("UPDATE projects SET observed_version = %s, name = 'Newest'", newer)
    read, times = State.snapshots, list[str]()

    def raced(state: State, page_ids: Sequence[str]) -> dict[str, Snapshot]:
        found = read(state, page_ids)
        times.extend(page_ids)
        if len(times) > 1:  # the environment that was faster has written this meanwhile
            found = {id_: replace(page, version=newer, title="Newest") for id_, page in found.items()}
        return found

    monkeypatch.setattr(State, "snapshots", raced)
    mirror.change(Status="Done")

    assert times == [mirror.page] * 2
    assert (mirror.row()["name"], mirror.row()["observed_version"]) == ("Newest", newer)


@pytest.mark.req("A7")
def test_a_row_that_was_linked_to_another_page_before_follows_the_new_one(mirror: Mirrored) -> None:
    mirror.link()
    mirror.change(Status="In progress")
    mirror.sql("UPDATE projects SET observed_version = 50")  # the other page had been changed more often
    mirror.change(Status="Done")

    assert mirror.row()["status"] == "closed"
    assert mirror.row()["observed_version"] < 50
    assert mirror.actions() == ["project.updated"] * 2


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
