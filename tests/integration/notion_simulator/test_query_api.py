"""Data source queries, databases and search of the Notion simulator."""

from typing import Any

import pytest

from infra.local.simulators.notion import Demo, NotionSimulator, api_data
from tests.integration.notion_simulator.stand import OLD, Api, Clock

pytestmark = pytest.mark.req("O1", "P6")
PEOPLE = {"ANN": "a11ce000-0000-4000-8000-00000000000a"}


@pytest.fixture
def source(sim: NotionSimulator, demo: Demo) -> str:
    made = sim.add_data_source(
        "Zoo",
        {
            "Name": "title",
            "Note": "rich_text",
            "Kind": {"type": "select", "options": ["Bird", "Fish"]},
            "State": {"type": "status", "options": ["New", "Fed", "Gone"]},
            "Tags": {"type": "multi_select", "options": ["loud", "small"]},
            "Keeper": "people",
            "Born": "date",
            "Tame": "checkbox",
            "Weight": "number",
        },
    )
    sim.add_page(
        made,
        {"Name": "Parrot", "Note": "talks", "Kind": "Bird", "State": "Fed", "Tags": ["loud", "small"],
         "Keeper": [demo.ann], "Born": "2026-11-20", "Tame": True, "Weight": 0.5},
    )  # fmt: skip  # it has the shape of a row
    sim.add_page(made, {"Name": "Shark", "Kind": "Fish", "State": "New", "Tags": [], "Keeper": [demo.ben],
                        "Born": "2026-11-25", "Weight": 300})  # fmt: skip  # it has the shape of a row
    sim.add_page(
        made, {"Name": "Owl", "Note": "sleeps by day", "Kind": "Bird", "State": "Gone", "Tags": ["small"]}
    )
    return made


def _names(answer: dict[str, Any]) -> list[str]:
    return [page["properties"]["Name"]["title"][0]["plain_text"] for page in answer["results"]]


def _query(api: Api, source: str, **body: object) -> list[str]:
    return _names(api.ok("POST", f"/v1/data_sources/{source}/query", body))


@pytest.mark.parametrize(
    ("prop", "kind", "condition", "expected"),
    [
        ("Name", "title", {"equals": "owl"}, ["Owl"]),
        ("Name", "title", {"does_not_equal": "Owl"}, ["Parrot", "Shark"]),
        ("Name", "title", {"contains": "ar"}, ["Parrot", "Shark"]),
        ("Name", "title", {"starts_with": "Sh"}, ["Shark"]),
        ("Note", "rich_text", {"ends_with": "day"}, ["Owl"]),
        ("Note", "rich_text", {"is_empty": True}, ["Shark"]),
        ("State", "status", {"equals": "Fed"}, ["Parrot"]),
        ("State", "status", {"equals": ["Fed", "New"]}, ["Parrot", "Shark"]),
        ("State", "status", {"does_not_equal": "Fed"}, ["Shark", "Owl"]),
        ("Kind", "select", {"equals": "Bird"}, ["Parrot", "Owl"]),
        ("Tags", "multi_select", {"contains": "loud"}, ["Parrot"]),
        ("Tags", "multi_select", {"does_not_contain": "loud"}, ["Shark", "Owl"]),
        ("Tags", "multi_select", {"is_empty": True}, ["Shark"]),
        ("Keeper", "people", {"contains": PEOPLE["ANN"]}, ["Parrot"]),
        ("Keeper", "people", {"does_not_contain": PEOPLE["ANN"]}, ["Shark", "Owl"]),
        ("Keeper", "people", {"is_not_empty": True}, ["Parrot", "Shark"]),
        ("Born", "date", {"before": "2026-11-21"}, ["Parrot"]),
        ("Born", "date", {"on_or_after": "2026-11-20"}, ["Parrot", "Shark"]),
        ("Born", "date", {"equals": "yesterday"}, ["Parrot"]),
        ("Born", "date", {"next_week": {}}, ["Shark"]),
        ("Tame", "checkbox", {"equals": True}, ["Parrot"]),
        ("Tame", "checkbox", {"does_not_equal": True}, ["Shark", "Owl"]),
        ("Weight", "number", {"greater_than": 1}, ["Shark"]),
        ("Weight", "number", {"less_than_or_equal_to": 0.5}, ["Parrot"]),
        ("Weight", "number", {"is_empty": True}, ["Owl"]),
    ],
)
def test_a_property_filter_finds_what_matches(
    *, api: Api, source: str, prop: str, kind: str, condition: dict[str, object], expected: list[str]
) -> None:
    assert _query(api, source, filter={"property": prop, kind: condition}) == expected


def test_filters_are_combined(api: Api, source: str) -> None:
    bird = {"property": "Kind", "select": {"equals": "Bird"}}
    fed = {"property": "State", "status": {"equals": "Fed"}}
    new = {"property": "State", "status": {"equals": "New"}}
    assert _query(api, source, filter={"and": [bird, fed]}) == ["Parrot"]
    assert _query(api, source, filter={"or": [new, {"and": [bird, fed]}]}) == ["Parrot", "Shark"]


@pytest.mark.parametrize(
    "condition",
    [
        {"property": "Nope", "title": {"equals": "x"}},
        {"property": "Name", "status": {"equals": "x"}},
        {"property": "Name", "title": {"matches": "x"}},
        {"property": "Name", "title": {"is_empty": False}},
        {"property": "Weight", "number": {"greater_than": "1"}},
        {"property": "Born", "date": {"before": "soon"}},
        {"timestamp": "edited", "edited": {"on_or_after": "2026-11-21"}},
        {"and": [{"or": [{"and": []}]}]},
        {"or": {}},
        [],
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(api: Api, source: str, condition: object) -> None:
    path = f"/v1/data_sources/{source}/query"
    assert api.refused("POST", path, {"filter": condition}) == (400, "validation_error")


def test_last_edited_time_is_compared_as_it_is_shown(
    sim: NotionSimulator, api: Api, clock: Clock, source: str
) -> None:
    clock.advance(120)
    sim.edit(sim.pages(source)[2]["id"], properties={"Weight": 2})

    def since(moment: str) -> list[str]:
        condition = {"timestamp": "last_edited_time", "last_edited_time": {"on_or_after": moment}}
        return _query(api, source, filter=condition)

    assert since("2026-11-21T10:17:00.000Z") == ["Owl"]
    assert since("2026-11-21T10:17:01.000Z") == []
    assert since("2026-11-21T11:15:00.000+01:00") == ["Parrot", "Shark", "Owl"]


def test_sorts_are_obeyed_in_their_order(api: Api, source: str) -> None:
    kind = {"property": "Kind", "direction": "descending"}
    name = {"property": "Name", "direction": "ascending"}
    weight = {"property": "Weight", "direction": "descending"}
    assert _query(api, source, sorts=[kind, name]) == ["Shark", "Owl", "Parrot"]
    assert _query(api, source, sorts=[weight]) == ["Shark", "Parrot", "Owl"]
    edited = {"timestamp": "last_edited_time", "direction": "ascending"}
    assert len(_query(api, source, sorts=[edited])) == 3
    for wrong in (
        [{"property": "Nope", "direction": "ascending"}],
        [{"property": "Name"}],
        {"property": "Name"},
    ):
        refusal = api.refused("POST", f"/v1/data_sources/{source}/query", {"sorts": wrong})
        assert refusal == (400, "validation_error")


def test_pagination_keeps_its_place_while_pages_vanish(sim: NotionSimulator, api: Api, source: str) -> None:
    for number in range(7):
        sim.add_page(source, {"Name": f"Ant {number}"})
    path = f"/v1/data_sources/{source}/query"
    first = api.ok("POST", path, {"page_size": 4})
    sim.trash(sim.pages(source)[0]["id"])
    second = api.ok("POST", path, {"page_size": 4, "start_cursor": first["next_cursor"]})
    third = api.ok("POST", path, {"page_size": 4, "start_cursor": second["next_cursor"]})
    names = _names(first) + _names(second) + _names(third)
    assert len(names) == len(set(names)) == 10
    assert (first["has_more"], third["has_more"], third["next_cursor"]) == (True, False, None)


@pytest.mark.parametrize(
    "body", [{"page_size": 0}, {"page_size": 101}, {"page_size": "x"}, {"start_cursor": "x"}]
)
def test_wrong_pagination_is_refused(api: Api, source: str, body: dict[str, object]) -> None:
    assert api.refused("POST", f"/v1/data_sources/{source}/query", body) == (400, "validation_error")


def test_a_short_page_is_not_the_end(sim: NotionSimulator, api: Api, source: str) -> None:
    sim.set_page_cap(2)
    answer = api.ok("POST", f"/v1/data_sources/{source}/query", {"page_size": 100})
    assert (len(answer["results"]), answer["has_more"]) == (2, True)


def test_the_trash_is_asked_for_by_name(sim: NotionSimulator, api: Api, source: str) -> None:
    sim.trash(sim.pages(source)[1]["id"])
    assert _query(api, source) == ["Parrot", "Owl"]
    assert _query(api, source, in_trash=True) == ["Shark"]


def test_a_query_ends_at_its_result_limit(api: Api, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_data, "QUERY_RESULT_LIMIT", 2)
    answer = api.ok("POST", f"/v1/data_sources/{source}/query", {})
    assert (len(answer["results"]), answer["has_more"]) == (2, False)
    assert answer["request_status"] == {
        "type": "incomplete",
        "incomplete_reason": "query_result_limit_reached",
    }


def test_a_database_is_a_container_of_data_sources(api: Api, demo: Demo) -> None:
    database = api.ok("GET", f"/v1/databases/{demo.database_id}")
    assert database["data_sources"] == [{"id": demo.data_source_id, "name": "Tasks"}]
    assert "properties" not in database
    schema = api.ok("GET", f"/v1/data_sources/{demo.data_source_id}")
    assert schema["parent"] == {"type": "database_id", "database_id": demo.database_id}
    assert schema["properties"]["Status"]["id"] == "bDf%5B"
    assert len(schema["properties"]["Status"]["status"]["groups"]) == 3
    api.version = OLD
    assert api.ok("GET", f"/v1/databases/{demo.database_id}")["archived"] is False
    assert api.refused("POST", f"/v1/databases/{demo.database_id}/query", {})[1] == "invalid_request_url"


def test_search_finds_pages_and_data_sources_by_title(api: Api, demo: Demo) -> None:
    found = api.ok("POST", "/v1/search", {"query": "contract"})["results"]
    assert [thing["id"] for thing in found] == [demo.tasks["Review the contract"]]
    only = {"filter": {"property": "object", "value": "data_source"}}
    assert [thing["id"] for thing in api.ok("POST", "/v1/search", only)["results"]] == [demo.data_source_id]
