"""Webhooks of the Notion simulator: the handshake, the signature, and which change makes which event."""

import hashlib
import hmac
import json

import pytest

from infra.local.simulators.notion import Demo, NotionSimulator, SimulatorError
from infra.local.simulators.notion.envelope import EVENT_TYPES, sign
from tests.integration.notion_simulator.stand import Api, Clock, Receiver

pytestmark = pytest.mark.req("O1", "I2", "I3", "I5")


@pytest.fixture
def active(sim: NotionSimulator, demo: Demo, receiver: Receiver) -> str:
    sim.set_title_events("properties")
    return str(sim.create_subscription(receiver.url, active=True)["id"])


def test_the_signature_matches_the_documents_own_sample() -> None:
    token = "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"
    body = json.dumps({"verification_token": token}, separators=(",", ":")).encode()
    assert sign(body, token) == "sha256=461e8cbcba8a75c3edd866f0e71280f5a85cbf21eff040ebd10fe266df38a735"


def test_all_31_documented_event_types_are_known() -> None:
    assert len(EVENT_TYPES) == len(set(EVENT_TYPES)) == 31


def test_the_handshake_is_signed_with_the_token_it_carries(sim: NotionSimulator, receiver: Receiver) -> None:
    made = sim.create_subscription(receiver.url)
    assert made["handshake"]["status"] == 200
    assert receiver.got[0].json == {"verification_token": made["verification_token"]}
    assert receiver.got[0].signature == sign(receiver.got[0].body, made["verification_token"])
    assert made["state"] == "pending verification"


def test_only_the_right_token_activates(sim: NotionSimulator, receiver: Receiver, task: str) -> None:
    made = sim.create_subscription(receiver.url)
    assert sim.verify_subscription(made["id"], "secret_wrong") is False
    sim.edit(task, properties={"Status": "Done"})
    assert sim.verify_subscription(made["id"], made["verification_token"]) is True
    sim.edit(task, properties={"Status": "Blocked"})
    assert sim.drain()
    assert len(receiver.got) == 2


def test_a_token_is_sent_again_the_same_or_another(sim: NotionSimulator, receiver: Receiver) -> None:
    made = sim.create_subscription(receiver.url)
    sim.resend_token(made["id"])
    sim.resend_token(made["id"], renew=True)
    tokens = [delivery.json["verification_token"] for delivery in receiver.got]
    assert tokens[0] == tokens[1] != tokens[2]
    assert sim.verify_subscription(made["id"], tokens[2])
    with pytest.raises(SimulatorError, match="pending"):
        sim.resend_token(made["id"])


def test_an_event_has_the_official_envelope(
    *, sim: NotionSimulator, receiver: Receiver, clock: Clock, demo: Demo, task: str, active: str
) -> None:
    assert sim.edit(task, properties={"Assignee": [demo.ann], "Status": "Done"}, by=demo.ben) == [
        "XGe%40",
        "bDf%5B",
    ]
    assert sim.drain()
    event = receiver.got[0].json
    assert event == {
        "id": event["id"],
        "timestamp": "2026-11-21T10:15:42.123Z",
        "workspace_id": sim.truth()["workspace"]["id"],
        "workspace_name": "Northwind",
        "subscription_id": active,
        "integration_id": sim.connection_id,
        "authors": [{"id": demo.ben, "type": "person"}],
        "attempt_number": 1,
        "api_version": "2026-03-11",
        "entity": {"id": task, "type": "page"},
        "type": "page.properties_updated",
        "data": {
            "parent": {"id": demo.database_id, "type": "database", "data_source_id": demo.data_source_id},
            "updated_properties": ["XGe%40", "bDf%5B"],
        },
    }


def test_the_bytes_sent_are_the_bytes_signed(receiver: Receiver, task: str) -> None:
    with NotionSimulator(workspace_name="Café Ångström") as sim:
        sim.add_user("Zoë")
        page = sim.add_page(properties={"title": "x"})
        token = sim.create_subscription(receiver.url, active=True, verification_token="secret_known")
        sim.append_text(page, "more")
        assert sim.drain()
    delivery = receiver.got[0]
    assert "Café Ångström".encode() in delivery.body
    assert b": " not in delivery.body
    digest = hmac.new(token["verification_token"].encode(), delivery.body, hashlib.sha256).hexdigest()
    assert delivery.signature == f"sha256={digest}"


def test_every_act_of_a_person_is_told_by_its_name(
    sim: NotionSimulator, receiver: Receiver, demo: Demo, task: str, active: str
) -> None:
    home = sim.add_page(properties={"title": "Home"})
    made = sim.add_page(demo.data_source_id, {"Name": "New"}, by=demo.ann)
    sim.edit(task, properties={"Name": "Renamed"})
    sim.append_text(task, "text")
    sim.lock(task)
    sim.unlock(task)
    sim.trash(made)
    sim.restore(made)
    sim.move(made, parent_page_id=home)
    comment = sim.add_comment(task, "hi")
    sim.edit_comment(comment, "hello")
    sim.resolve(comment)
    sim.delete_comment(comment)
    sim.update_schema(demo.data_source_id, add={"Team": "select"}, rename={"Due": "Deadline"})
    assert sim.drain()
    assert receiver.types() == [
        "page.created",
        "data_source.content_updated",
        "page.properties_updated",
        "page.content_updated",
        "page.locked",
        "page.unlocked",
        "page.deleted",
        "data_source.content_updated",
        "page.undeleted",
        "data_source.content_updated",
        "page.moved",
        "data_source.content_updated",
        "page.content_updated",
        "comment.created",
        "comment.updated",
        "comment.deleted",
        "data_source.schema_updated",
    ]
    by_type = {delivery.json["type"]: delivery.json for delivery in receiver.got}
    assert by_type["comment.created"]["data"] == {"page_id": task, "parent": {"id": task, "type": "page"}}
    assert by_type["comment.created"]["entity"] == {"id": comment, "type": "comment"}
    assert by_type["page.moved"]["data"]["parent"] == {"id": home, "type": "page"}
    assert [
        (u["name"], u["action"]) for u in by_type["data_source.schema_updated"]["data"]["updated_properties"]
    ] == [
        ("Deadline", "updated"),
        ("Team", "created"),
    ]


def test_writing_what_is_there_already_tells_nobody(
    sim: NotionSimulator, receiver: Receiver, demo: Demo, task: str, active: str
) -> None:
    assert sim.edit(task, properties={"Assignee": [demo.ben], "Status": "In progress"}) == []
    sim.edit(task, properties={"Status": "Done"}, silent=True)
    assert sim.drain()
    assert receiver.got == []


@pytest.mark.parametrize(
    ("mode", "types"),
    [
        ("properties", ["page.properties_updated"]),
        ("content", ["page.content_updated"]),
        ("both", ["page.properties_updated", "page.content_updated"]),
    ],
)
def test_a_title_edit_is_told_in_either_documented_way(
    *, sim: NotionSimulator, receiver: Receiver, task: str, active: str, mode: str, types: list[str]
) -> None:
    sim.set_title_events(mode)
    sim.edit(task, properties={"Name": "Another"})
    assert sim.drain()
    assert receiver.types() == types


def test_what_the_api_writes_is_authored_by_the_bot(
    sim: NotionSimulator, api: Api, receiver: Receiver, task: str, active: str
) -> None:
    api.ok("PATCH", f"/v1/pages/{task}", {"properties": {"Status": {"status": {"name": "Done"}}}})
    api.ok("POST", "/v1/comments", {"parent": {"page_id": task}, "markdown": "x"})
    assert sim.drain()
    assert receiver.types() == ["page.properties_updated", "comment.created"]
    assert {json.dumps(d.json["authors"]) for d in receiver.got} == {
        json.dumps([{"id": sim.bot_id, "type": "bot"}])
    }


def test_a_connection_hears_only_of_what_it_may_see(
    sim: NotionSimulator, receiver: Receiver, demo: Demo, task: str, active: str
) -> None:
    sim.set_capabilities({"read_comments": False})
    sim.add_comment(task, "not for you")
    sim.unshare(demo.database_id)
    sim.edit(task, properties={"Status": "Done"})
    sim.share(demo.database_id)
    sim.edit(task, properties={"Status": "Blocked"})
    assert sim.drain()
    assert receiver.types() == ["page.properties_updated"]


def test_only_ticked_types_are_sent(sim: NotionSimulator, receiver: Receiver, task: str, demo: Demo) -> None:
    made = sim.create_subscription(receiver.url, active=True, event_types=["comment.created"])
    sim.edit(task, properties={"Status": "Done"})
    sim.add_comment(task, "x")
    sim.set_subscription(made["id"], event_types=["page.properties_updated"])
    sim.edit(task, properties={"Status": "Blocked"})
    assert sim.drain()
    assert receiver.types() == ["comment.created", "page.properties_updated"]
    with pytest.raises(SimulatorError, match=r"page\.updated"):
        sim.create_subscription(receiver.url, active=True, event_types=["page.updated"])


def test_an_old_subscription_knows_no_data_sources(
    sim: NotionSimulator, receiver: Receiver, task: str, demo: Demo
) -> None:
    sim.create_subscription(receiver.url, active=True, api_version="2022-06-28")
    sim.edit(task, properties={"Status": "Done"})
    sim.update_schema(demo.data_source_id, remove=["Priority"])
    assert sim.drain()
    assert receiver.got[0].json["data"]["parent"] == {"id": demo.database_id, "type": "database"}
    assert receiver.types()[1] == "database.schema_updated"
    assert receiver.got[1].json["entity"] == {"id": demo.database_id, "type": "database"}


def test_a_paused_subscription_drops_and_a_resumed_one_goes_on(
    sim: NotionSimulator, receiver: Receiver, task: str, active: str
) -> None:
    sim.set_subscription(active, state="paused")
    sim.edit(task, properties={"Status": "Done"})
    sim.set_subscription(active, state="active")
    sim.edit(task, properties={"Status": "Blocked"})
    assert sim.drain()
    assert len(receiver.got) == 1
