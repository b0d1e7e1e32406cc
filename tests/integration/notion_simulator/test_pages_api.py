"""`/v1/pages` and `/v1/blocks` of the Notion simulator."""

from typing import Any

import pytest

from infra.local.simulators.notion import Demo, NotionSimulator
from tests.integration.notion_simulator.stand import OLD, Api, Clock

pytestmark = pytest.mark.req("O1")


def test_a_page_has_the_documented_shape(api: Api, demo: Demo, task: str) -> None:
    page = api.ok("GET", f"/v1/pages/{task}")
    assert page["object"] == "page"
    assert page["parent"] == {
        "type": "data_source_id",
        "data_source_id": demo.data_source_id,
        "database_id": demo.database_id,
    }
    assert page["properties"]["Name"]["id"] == "title"
    assert page["properties"]["Name"]["title"][0]["plain_text"] == "Write the launch plan"
    assert page["properties"]["Assignee"]["id"] == "XGe%40"
    assert page["properties"]["Assignee"]["people"][0]["person"] == {"email": "ben@example.com"}
    status = page["properties"]["Status"]["status"]
    assert set(status) == {"id", "name", "color"}
    assert page["properties"]["Due"]["date"] == {"start": "2026-12-01", "end": None, "time_zone": None}
    assert (page["in_trash"], page["is_locked"], page["is_archived"]) == (False, False, False)


def test_an_id_is_taken_without_hyphens(api: Api, task: str) -> None:
    assert api.ok("GET", f"/v1/pages/{task.replace('-', '')}")["id"] == task


def test_times_are_rounded_down_to_the_minute(api: Api, clock: Clock, task: str) -> None:
    clock.advance(60)
    page = api.ok("PATCH", f"/v1/pages/{task}", {"properties": {"Status": {"status": {"name": "Done"}}}})
    assert page["created_time"] == "2026-11-21T10:15:00.000Z"
    assert page["last_edited_time"] == "2026-11-21T10:16:00.000Z"


def test_archived_exists_only_before_2026_03_11(api: Api, task: str) -> None:
    assert "archived" not in api.ok("GET", f"/v1/pages/{task}")
    assert api.refused("PATCH", f"/v1/pages/{task}", {"archived": True}) == (400, "validation_error")
    api.version = OLD
    assert api.ok("PATCH", f"/v1/pages/{task}", {"archived": True})["archived"] is True


def test_a_page_goes_to_the_trash_and_back(api: Api, task: str) -> None:
    assert api.ok("PATCH", f"/v1/pages/{task}", {"in_trash": True})["in_trash"] is True
    edit = {"properties": {"Status": {"status": {"name": "Done"}}}}
    assert api.refused("PATCH", f"/v1/pages/{task}", edit) == (400, "validation_error")
    assert api.ok("PATCH", f"/v1/pages/{task}", {"in_trash": False})["in_trash"] is False


def test_properties_are_written_by_name_or_id(api: Api, demo: Demo, task: str) -> None:
    body = {"properties": {"XGe%40": {"people": [{"id": demo.ann}]}, "Due": {"date": None}}}
    page = api.ok("PATCH", f"/v1/pages/{task}", body)
    assert [person["name"] for person in page["properties"]["Assignee"]["people"]] == ["Ann"]
    assert page["properties"]["Due"]["date"] is None
    assert page["last_edited_by"]["id"] == api.ok("GET", "/v1/users/me")["id"]


@pytest.mark.parametrize(
    "properties",
    [
        {"Nope": {"number": 1}},
        {"Status": {"select": {"name": "Done"}}},
        {"Status": {"status": {"name": "No such status"}}},
        {"Assignee": {"people": [{"id": "00000000-0000-4000-8000-000000000000"}]}},
        {"Assignee": {"people": [{"id": "not-an-id"}]}},
        {"Due": {"date": {"start": "tomorrow"}}},
        {"Name": {"title": [{"text": {"content": "x" * 2001}}]}},
        {"Name": {"title": [{"text": {"content": "x"}}] * 101}},
        {"Name": {"title": [{"text": {"content": "x", "link": {"url": "h" * 2001}}}]}},
        "no object",
    ],
)
def test_a_wrong_property_is_a_validation_error(api: Api, task: str, properties: object) -> None:
    assert api.refused("PATCH", f"/v1/pages/{task}", {"properties": properties}) == (400, "validation_error")


def test_a_created_page_is_in_its_data_source(api: Api, demo: Demo) -> None:
    body = {
        "parent": {"type": "data_source_id", "data_source_id": demo.data_source_id},
        "properties": {
            "Name": {"title": [{"text": {"content": "New"}}]},
            "Priority": {"select": {"name": "Urgent"}},
        },
        "children": [{"paragraph": {"rich_text": [{"text": {"content": "Body"}}]}}],
    }
    page = api.ok("POST", "/v1/pages", body)
    assert page["properties"]["Priority"]["select"]["name"] == "Urgent"
    children = api.ok("GET", f"/v1/blocks/{page['id']}/children")["results"]
    assert [block["paragraph"]["rich_text"][0]["plain_text"] for block in children] == ["Body"]
    schema = api.ok("GET", f"/v1/data_sources/{demo.data_source_id}")["properties"]["Priority"]["select"]
    assert "Urgent" in [option["name"] for option in schema["options"]]


@pytest.mark.parametrize("parent", [None, {}, {"page_id": "x"}, {"database_id": "f" * 32}])
def test_a_page_needs_a_parent_that_exists(api: Api, demo: Demo, parent: object) -> None:
    assert api.refused("POST", "/v1/pages", {"parent": parent, "properties": {}}) == (400, "validation_error")


def test_filter_properties_shows_only_what_is_asked_for(api: Api, task: str) -> None:
    page = api.ok("GET", f"/v1/pages/{task}?filter_properties=XGe%40&filter_properties=title")
    assert set(page["properties"]) == {"Assignee", "Name"}


def test_a_property_is_found_by_its_encoded_id(api: Api, task: str) -> None:
    answer = api.ok("GET", f"/v1/pages/{task}/properties/XGe%40")
    assert answer["results"][0]["people"]["name"] == "Ben"
    assert answer["property_item"]["id"] == "XGe%40"
    assert api.ok("GET", f"/v1/pages/{task}/properties/DbAu")["date"]["start"] == "2026-12-01"
    assert api.refused("GET", f"/v1/pages/{task}/properties/nope") == (400, "validation_error")


def test_more_than_25_people_are_behind_the_property_endpoint(
    sim: NotionSimulator, api: Api, task: str
) -> None:
    crowd = [sim.add_user(f"Person {number}") for number in range(30)]
    sim.edit(task, properties={"Assignee": crowd})
    assert len(api.ok("GET", f"/v1/pages/{task}")["properties"]["Assignee"]["people"]) == 25
    first = api.ok("GET", f"/v1/pages/{task}/properties/XGe%40?page_size=20")
    path = f"/v1/pages/{task}/properties/XGe%40?page_size=20&start_cursor={first['next_cursor']}"
    second = api.ok("GET", path)
    assert [i["people"]["id"] for i in first["results"] + second["results"]] == crowd
    assert second["has_more"] is False


def test_a_page_moves_between_parents(sim: NotionSimulator, api: Api, demo: Demo, task: str) -> None:
    home = sim.add_page(properties={"title": "Home"})
    moved = api.ok("POST", f"/v1/pages/{task}/move", {"parent": {"page_id": home}})
    assert moved["parent"] == {"type": "page_id", "page_id": home}
    assert moved["properties"]["title"]["title"][0]["plain_text"] == "Write the launch plan"


def test_children_are_paginated_and_placed(api: Api, task: str) -> None:
    def paragraph(text: str) -> dict[str, object]:
        return {"paragraph": {"rich_text": [{"text": {"content": text}}]}}

    path = f"/v1/blocks/{task}/children"
    first = api.ok("PATCH", path, {"children": [paragraph("a"), paragraph("c")]})["results"]
    after = {"type": "after_block", "after_block": {"id": first[0]["id"]}}
    api.ok("PATCH", path, {"children": [paragraph("b")], "position": after})
    assert api.refused("PATCH", path, {"children": [paragraph("x")], "after": first[0]["id"]})[0] == 400
    api.version = OLD
    api.ok("PATCH", path, {"children": [paragraph("d")], "after": first[1]["id"]})
    texts: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.ok("GET", f"{path}?page_size=3{'&start_cursor=' + cursor if cursor else ''}")
        texts += [block["paragraph"]["rich_text"][0]["plain_text"] for block in page["results"]]
        cursor = page["next_cursor"]
    assert texts == ["a", "b", "c", "d"]
    block = api.ok("GET", f"/v1/blocks/{first[0]['id']}")
    assert (block["type"], block["parent"]) == ("paragraph", {"type": "page_id", "page_id": task})
    assert api.ok("GET", f"/v1/blocks/{task}")["child_page"]["title"] == "Write the launch plan"


def test_blocks_of_all_levels_and_the_pages_among_them_are_listed_level_by_level(
    sim: NotionSimulator, api: Api, task: str
) -> None:
    def listed(holder: str) -> list[Any]:
        return list(api.ok("GET", f"/v1/blocks/{holder}/children")["results"])

    words = [{"text": {"content": "a"}}]
    row = {"table_row": {"cells": [words, []]}}
    table = {"table": {"table_width": 2, "children": [row, row]}}
    sim.append_blocks(
        task,
        [{"toggle": {"rich_text": words, "children": [table]}}, {"bookmark": {"url": "u", "caption": words}}],
    )
    below = sim.add_page(parent_page_id=task, properties={"title": "Below"})

    toggle, bookmark, page = listed(task)
    assert (toggle["has_children"], bookmark["has_children"], page["has_children"]) == (True, False, False)
    assert bookmark["bookmark"]["caption"][0]["plain_text"] == "a"
    assert (page["type"], page["id"], page["child_page"]) == ("child_page", below, {"title": "Below"})
    (shown,) = listed(toggle["id"])
    first, second = listed(shown["id"])
    assert [[t["plain_text"] for t in cell] for cell in first["table_row"]["cells"]] == [["a"], []]
    assert second["parent"] == {"type": "block_id", "block_id": shown["id"]}
    sim.trash(below)
    assert [block["type"] for block in listed(task)] == ["toggle", "bookmark"]


def test_the_copy_of_a_synced_block_says_where_its_children_are(
    sim: NotionSimulator, api: Api, task: str
) -> None:
    inner = {"paragraph": {"rich_text": [{"text": {"content": "a"}}]}}
    (original,) = sim.append_blocks(task, [{"synced_block": {"synced_from": None, "children": [inner]}}])
    (copy,) = sim.append_blocks(task, [{"synced_block": {"synced_from": {"block_id": original}}}])

    assert [b["has_children"] for b in api.ok("GET", f"/v1/blocks/{task}/children")["results"]] == [
        True,
        True,
    ]
    assert len(api.ok("GET", f"/v1/blocks/{original}/children")["results"]) == 1
    assert api.ok("GET", f"/v1/blocks/{copy}/children")["results"] == []
