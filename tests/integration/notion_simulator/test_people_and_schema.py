"""People with and without capabilities, and schemas that change under the rules, in the Notion simulator."""

from typing import Any

import pytest

from infra.local.simulators.notion import Demo, NotionSimulator, SimulatorError
from tests.integration.notion_simulator.stand import Api, Receiver

pytestmark = pytest.mark.req("O1", "A10", "A12")


@pytest.fixture
def active(sim: NotionSimulator, demo: Demo, receiver: Receiver) -> str:
    return str(sim.create_subscription(receiver.url, active=True)["id"])


def names(api: Api) -> list[str]:
    return [user["name"] for user in api.ok("GET", "/v1/users")["results"]]


def test_a_guest_is_found_by_id_and_never_listed(sim: NotionSimulator, api: Api, demo: Demo) -> None:
    guest = sim.add_user("Gus", email="gus@example.org", guest=True)

    assert "Gus" not in names(api)
    assert api.ok("GET", f"/v1/users/{guest}")["person"] == {"email": "gus@example.org"}
    assert {"Ann", "Steward"} <= set(names(api))


def test_somebody_deactivated_is_only_an_id_where_they_stand(
    sim: NotionSimulator, api: Api, demo: Demo, task: str
) -> None:
    sim.set_user(demo.ben, active=False)

    assert api.refused("GET", f"/v1/users/{demo.ben}") == (404, "object_not_found")
    assert "Ben" not in names(api)
    people = api.ok("GET", f"/v1/pages/{task}")["properties"]["Assignee"]["people"]
    assert people == [{"object": "user", "id": demo.ben}]
    sim.set_user(demo.ben, active=True)
    assert api.ok("GET", f"/v1/users/{demo.ben}")["name"] == "Ben"


def test_without_the_user_capability_people_are_ids_and_users_are_refused(
    sim: NotionSimulator, api: Api, demo: Demo, task: str
) -> None:
    sim.set_capabilities({"users": "none"})

    assert api.refused("GET", "/v1/users") == (403, "restricted_resource")
    assert api.refused("GET", f"/v1/users/{demo.ann}") == (403, "restricted_resource")
    people = api.ok("GET", f"/v1/pages/{task}")["properties"]["Assignee"]["people"]
    assert people == [{"object": "user", "id": demo.ben}]
    assert api.ok("GET", "/v1/users/me")["type"] == "bot"
    sim.set_capabilities({"users": "without_email"})
    assert api.ok("GET", f"/v1/users/{demo.ann}")["person"] == {}


@pytest.mark.req("P7", "A4")
def test_whatever_a_bot_writes_shows_and_is_told_as_the_bots(
    *, sim: NotionSimulator, api: Api, demo: Demo, receiver: Receiver
) -> None:
    source = sim.add_data_source(
        "All kinds",
        {
            "Name": "title",
            "Who": "people",
            "State": {"type": "status", "options": ["New", "Done"]},
            "Kind": {"type": "select", "options": ["A", "B"]},
            "Tags": {"type": "multi_select", "options": ["x", "y"]},
            "Seen": "checkbox",
            "Near": "relation",
            "Due": "date",
        },
    )
    page, other = sim.add_page(source, {"Name": "one"}), sim.add_page(source, {"Name": "two"})
    sim.create_subscription(receiver.url, active=True)
    written = {
        "Who": {"people": [{"id": demo.ann}, {"id": demo.ben}]},
        "State": {"status": {"name": "Done"}},
        "Kind": {"select": {"name": "B"}},
        "Tags": {"multi_select": [{"name": "x"}, {"name": "y"}]},
        "Seen": {"checkbox": True},
        "Near": {"relation": [{"id": other}]},
        "Due": {"date": {"start": "2026-12-01", "end": "2026-12-02"}},
    }

    shown = api.ok("PATCH", f"/v1/pages/{page}", {"properties": written})

    properties = shown["properties"]
    assert [p["id"] for p in properties["Who"]["people"]] == [demo.ann, demo.ben]
    assert properties["State"]["status"]["name"] == "Done"
    assert properties["Kind"]["select"]["name"] == "B"
    assert [o["name"] for o in properties["Tags"]["multi_select"]] == ["x", "y"]
    assert properties["Seen"]["checkbox"] is True
    assert properties["Near"]["relation"] == [{"id": other}]
    assert properties["Due"]["date"] == {"start": "2026-12-01", "end": "2026-12-02", "time_zone": None}
    assert shown["last_edited_by"]["id"] == sim.bot_id
    assert sim.drain()
    event = receiver.got[0].json
    assert (event["type"], event["authors"]) == (
        "page.properties_updated",
        [{"id": sim.bot_id, "type": "bot"}],
    )
    ids = [properties[name]["id"] for name in written]
    assert sorted(event["data"]["updated_properties"]) == sorted(ids)
    receiver.got.clear()
    api.ok("PATCH", f"/v1/pages/{page}", {"properties": written})
    assert sim.drain()
    assert receiver.got == [], "nothing changed, so nothing is told"


@pytest.mark.req("A5")
def test_what_is_due_by_a_day_is_found(api: Api, demo: Demo) -> None:
    path = f"/v1/data_sources/{demo.data_source_id}/query"

    def due(**condition: object) -> list[str]:
        found = api.ok("POST", path, {"filter": {"property": "DbAu", "date": condition}})["results"]
        return [page["properties"]["Name"]["title"][0]["plain_text"] for page in found]

    assert due(on_or_before="2026-12-01") == ["Write the launch plan", "Ship the newsletter"]
    assert due(on_or_before="2026-11-30") == ["Ship the newsletter"]
    assert len(due(is_not_empty=True)) == 3
    assert due(is_empty=True) == ["Café menu & prices"]
    both = {
        "and": [
            {"property": "Due", "date": {"on_or_after": "2026-12-01"}},
            {"property": "Due", "date": {"on_or_before": "2026-12-04"}},
            {"property": "Status", "status": {"does_not_equal": "Done"}},
        ]
    }
    assert len(api.ok("POST", path, {"filter": both})["results"]) == 2


def test_a_schema_lists_its_options_with_their_ids(api: Api, demo: Demo) -> None:
    properties = api.ok("GET", f"/v1/data_sources/{demo.data_source_id}")["properties"]

    status, priority = properties["Status"], properties["Priority"]
    assert [o["name"] for o in status["status"]["options"]] == [
        "Not started",
        "In progress",
        "Blocked",
        "Done",
    ]
    assert [o["name"] for o in priority["select"]["options"]] == ["High", "Medium", "Low"]
    assert len({o["id"] for o in status["status"]["options"]}) == 4
    assert {name: p["id"] for name, p in properties.items()} == {
        "Name": "title",
        "Assignee": "XGe%40",
        "Status": "bDf%5B",
        "Due": "DbAu",
        "Priority": "%3AUPp",
    }


def test_a_renamed_option_keeps_its_id_and_its_pages(
    sim: NotionSimulator, api: Api, demo: Demo, task: str
) -> None:
    before = api.ok("GET", f"/v1/pages/{task}")["properties"]["Status"]["status"]

    sim.update_schema(demo.data_source_id, rename_options={"Status": {"In progress": "Doing"}})

    after = api.ok("GET", f"/v1/pages/{task}")["properties"]["Status"]["status"]
    assert (after["id"], after["name"]) == (before["id"], "Doing")
    edit = {"properties": {"Status": {"status": {"name": "In progress"}}}}
    assert api.refused("PATCH", f"/v1/pages/{task}", edit) == (400, "validation_error")


def test_a_removed_option_leaves_no_page_behind(
    sim: NotionSimulator, api: Api, demo: Demo, task: str
) -> None:
    schema = sim.update_schema(
        demo.data_source_id, remove_options={"Status": ["In progress"], "Priority": ["High"]}
    )

    properties = api.ok("GET", f"/v1/pages/{task}")["properties"]
    assert properties["Priority"]["select"] is None
    assert properties["Status"]["status"]["name"] == "Not started"
    kept = {i for group in schema["Status"]["status"]["groups"] for i in group["option_ids"]}
    assert kept == {o["id"] for o in schema["Status"]["status"]["options"]}


def test_an_option_that_is_made_anew_has_another_id_and_can_be_chosen(
    sim: NotionSimulator, api: Api, demo: Demo, task: str
) -> None:
    high = api.ok("GET", f"/v1/pages/{task}")["properties"]["Priority"]["select"]["id"]
    changed = {"Priority": ["High"], "Status": ["Blocked"]}
    sim.update_schema(demo.data_source_id, remove_options=changed)
    schema = sim.update_schema(demo.data_source_id, add_options=changed)

    added = schema["Priority"]["select"]["options"][-1]
    assert (added["name"], added["id"] == high) == ("High", False)
    api.ok("PATCH", f"/v1/pages/{task}", {"properties": {"Priority": {"select": {"name": "High"}}}})
    assert api.ok("GET", f"/v1/pages/{task}")["properties"]["Priority"]["select"]["id"] == added["id"]
    grouped = [i for group in schema["Status"]["status"]["groups"] for i in group["option_ids"]]
    assert sorted(grouped) == sorted(o["id"] for o in schema["Status"]["status"]["options"])


def test_an_option_that_is_there_or_has_no_place_can_not_be_added(sim: NotionSimulator, demo: Demo) -> None:
    with pytest.raises(SimulatorError, match="Status has an option Done already"):
        sim.update_schema(demo.data_source_id, add_options={"Status": ["Done"]})
    with pytest.raises(SimulatorError, match="Due has no options"):
        sim.update_schema(demo.data_source_id, add_options={"Due": ["x"]})


def test_an_option_or_property_that_is_not_there_can_not_be_changed(sim: NotionSimulator, demo: Demo) -> None:
    with pytest.raises(SimulatorError, match="no option Nope in Status"):
        sim.update_schema(demo.data_source_id, rename_options={"Status": {"Nope": "x"}})
    with pytest.raises(SimulatorError, match="no option x in Due"):
        sim.update_schema(demo.data_source_id, remove_options={"Due": ["x"]})
    with pytest.raises(SimulatorError, match="no property Nope"):
        sim.update_schema(demo.data_source_id, remove=["Nope"])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"rename": {"Status": "State"}}, [("bDf%5B", "State", "updated")]),
        ({"retype": {"Status": "select"}}, [("bDf%5B", "Status", "updated")]),
        ({"remove": ["Status"]}, [("bDf%5B", "Status", "deleted")]),
        ({"rename_options": {"Status": {"Done": "Finished"}}}, [("bDf%5B", "Status", "updated")]),
        ({"remove_options": {"Status": ["Done"]}}, [("bDf%5B", "Status", "updated")]),
        ({"add_options": {"Status": ["Later"]}}, [("bDf%5B", "Status", "updated")]),
    ],
)
def test_every_change_of_a_schema_is_told_by_property_id(
    *,
    sim: NotionSimulator,
    demo: Demo,
    receiver: Receiver,
    active: str,
    change: dict[str, Any],
    told: list[tuple[str, str, str]],
) -> None:
    sim.update_schema(demo.data_source_id, by=demo.ann, **change)

    assert sim.drain()
    event = receiver.got[0].json
    assert receiver.types() == ["data_source.schema_updated"]
    assert event["entity"] == {"id": demo.data_source_id, "type": "data_source"}
    assert event["authors"] == [{"id": demo.ann, "type": "person"}]
    updated = event["data"]["updated_properties"]
    assert [(u["id"], u["name"], u["action"]) for u in updated] == told


@pytest.mark.req("A3")
def test_locking_and_moving_are_told_with_who_did_it(
    *, sim: NotionSimulator, api: Api, demo: Demo, receiver: Receiver, task: str, active: str
) -> None:
    home = sim.add_page(properties={"title": "Home"})
    sim.lock(task, by=demo.ann)
    assert api.ok("GET", f"/v1/pages/{task}")["is_locked"] is True
    sim.unlock(task, by=demo.ben)
    sim.move(task, parent_page_id=home, by=demo.ann)

    assert sim.drain()
    events = {d.json["type"]: d.json for d in receiver.got}
    assert [events[f"page.{verb}"]["authors"][0]["id"] for verb in ("locked", "unlocked", "moved")] == [
        demo.ann,
        demo.ben,
        demo.ann,
    ]
    assert events["page.moved"]["data"]["parent"] == {"id": home, "type": "page"}


@pytest.mark.req("A6")
def test_a_second_workspace_has_a_token_people_pages_and_webhooks_of_its_own(receiver: Receiver) -> None:
    with (
        NotionSimulator(tokens=("ntn_one",)) as one,
        NotionSimulator(tokens=("ntn_two",), seed=1, workspace_name="Southwind") as two,
    ):
        first, second = Api(one.url, "ntn_one"), Api(two.url, "ntn_two")
        stranger = Api(two.url, "ntn_one")
        assert stranger.refused("GET", "/v1/users/me") == (401, "unauthorized")
        bots = [api.ok("GET", "/v1/users/me") for api in (first, second)]
        two.add_user("Zoe")
        page = two.add_page(properties={"title": "Theirs"})
        assert first.refused("GET", f"/v1/pages/{page}") == (404, "object_not_found")
        for workspace in (one, two):
            workspace.create_subscription(receiver.url, active=True)
        two.append_text(page, "more")
        assert two.drain()
        assert one.drain()
        for api in (first, second, stranger):
            api.connection.close()

    assert bots[0]["id"] != bots[1]["id"]
    assert [bot["bot"]["workspace_name"] for bot in bots] == ["Northwind", "Southwind"]
    assert bots[0]["bot"]["workspace_id"] != bots[1]["bot"]["workspace_id"]
    assert [d.json["workspace_id"] for d in receiver.got] == [bots[1]["bot"]["workspace_id"]]
