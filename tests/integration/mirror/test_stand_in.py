"""Values that an event of an older dialect carries stand in for its page while Notion can't be read."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from infra.local.simulators.notion import faults
from tests.integration.mirrored import Mirrored

Payload = dict[str, Any]


def by_event_type(mirror: Mirrored, **properties: Any) -> Payload:
    return {"event_type": "page.updated", "timestamp": stamp(mirror), "data": inline(mirror, properties)}


def by_object(mirror: Mirrored, **properties: Any) -> Payload:
    return {
        "id": f"o-{mirror.stand.clock.time()}",
        "type": "page.updated",
        "timestamp": stamp(mirror),
        "object": inline(mirror, properties),
    }


def stamp(mirror: Mirrored) -> str:
    return mirror.stand.clock.now().isoformat()


def inline(mirror: Mirrored, properties: Mapping[str, Any]) -> Payload:
    return {
        "object": "page",
        "id": mirror.page,
        "parent": {"type": "database_id", "database_id": mirror.stand.demo.database_id},
        "properties": properties,
    }


def status(name: str) -> Payload:
    return {"id": "st", "type": "status", "status": {"id": f"id-{name}", "name": name}}


def deliver(mirror: Mirrored, payload: Payload) -> None:
    assert mirror.stand.deliver(json.dumps(payload).encode()) == 200
    mirror.stand.work()


def linked(mirror: Mirrored) -> None:
    mirror.link()
    mirror.change(Status="Not started")
    mirror.change(Status="In progress")
    mirror.stand.clock.sleep(60)


def notion_comes_back(mirror: Mirrored) -> None:
    mirror.stand.notion.clear_faults()
    for _ in range(15):
        mirror.stand.clock.sleep(60)
        mirror.stand.look()
        mirror.stand.settle()
        mirror.stand.work()


@pytest.mark.req("A7", "I5")
@pytest.mark.parametrize("dialect", [by_event_type, by_object])
def test_while_notion_is_away_a_row_shows_what_the_event_carries_and_says_so(
    mirror: Mirrored, dialect: Callable[..., Payload]
) -> None:
    linked(mirror)
    mirror.stand.notion.edit(mirror.page, properties={"Status": "Done"}, silent=True)
    mirror.stand.notion.add_fault(faults.answer(503), times="forever")
    deliver(mirror, dialect(mirror, Status=status("Done")))

    row = mirror.row()
    assert (row["name"], row["status"]) == ("Task 0", "closed")
    assert mirror.actions()[-1] == "project.inline"

    notion_comes_back(mirror)
    assert mirror.row()["status"] == "closed"
    assert mirror.row()["observed_version"] > row["observed_version"]
    assert mirror.actions().count("project.inline") == 1


@pytest.mark.req("A7", "I5")
def test_what_an_event_claimed_wrongly_is_corrected_by_the_next_reading(mirror: Mirrored) -> None:
    linked(mirror)
    mirror.stand.notion.add_fault(faults.answer(503), times="forever")
    deliver(mirror, by_event_type(mirror, Status=status("Done")))
    assert mirror.row()["status"] == "closed"
    mirror.stand.clock.sleep(60)
    mirror.stand.look()
    assert mirror.row()["status"] == "closed"  # nothing was read yet that could correct it

    notion_comes_back(mirror)
    assert mirror.row()["status"] == "active"
    assert mirror.actions()[-2:] == ["project.inline", "project.updated"]


@pytest.mark.req("A7", "I5")
def test_while_notion_answers_nobody_believes_what_an_event_carries(mirror: Mirrored) -> None:
    linked(mirror)
    deliver(mirror, by_event_type(mirror, Status=status("Done")))

    assert mirror.row()["status"] == "active"
    assert "project.inline" not in mirror.actions()


@pytest.mark.req("A7", "I5")
def test_an_event_that_is_older_than_what_was_seen_or_told_changes_nothing(mirror: Mirrored) -> None:
    linked(mirror)
    mirror.stand.notion.add_fault(faults.answer(503), times="forever")
    old = by_event_type(mirror, Status=status("Not started"))
    mirror.stand.clock.sleep(5)
    deliver(mirror, by_event_type(mirror, Status=status("Done")))
    deliver(mirror, old)
    assert mirror.row()["status"] == "closed"
    assert mirror.actions().count("project.inline") == 1


@pytest.mark.req("A7", "I5")
@pytest.mark.parametrize(
    "properties",
    [
        {"Status": {"type": "status", "status": "Done"}},
        {"Status": None},
        {"Priority": {"type": "select", "select": {"name": 7}}},
        {"Name": {"type": "title", "title": "no list"}},
        {"Unknown": {"type": "number", "number": 3}},
    ],
)
def test_odd_values_do_no_harm_to_the_event(mirror: Mirrored, properties: Mapping[str, Any]) -> None:
    linked(mirror)
    mirror.stand.notion.add_fault(faults.answer(503), times="forever")
    deliver(mirror, by_event_type(mirror, **properties))

    assert (mirror.row()["name"], mirror.row()["status"]) == ("Task 0", "active")
    assert mirror.stand.dead_letters() == []
