"""How the Notion simulator says no: tokens, versions, JSON, paths, sizes, sharing, capabilities, limits."""

import json

import pytest

from infra.local.simulators.notion import Demo, NotionSimulator
from tests.integration.notion_simulator.stand import NEW, Api, Clock

pytestmark = pytest.mark.req("O1", "P2")


def test_the_version_header_is_mandatory_and_known(api: Api, task: str) -> None:
    api.version = None
    assert api.refused("GET", f"/v1/pages/{task}") == (400, "missing_version")
    api.version = "2026-03-01"
    assert api.refused("GET", f"/v1/pages/{task}") == (400, "validation_error")


@pytest.mark.parametrize("token", [None, "", "ntn_other"])
def test_an_unknown_token_is_unauthorized(api: Api, token: str | None) -> None:
    api.token = token
    assert api.refused("GET", "/v1/users/me") == (401, "unauthorized")


def test_tokens_rotate_without_a_gap(sim: NotionSimulator, api: Api) -> None:
    sim.add_token("ntn_next")
    api.ok("GET", "/v1/users/me")
    sim.revoke_token(sim.token)
    assert api.refused("GET", "/v1/users/me") == (401, "unauthorized")
    api.token = "ntn_next"
    api.ok("GET", "/v1/users/me")


@pytest.mark.parametrize("raw", [b"{", b"\xff\xfe", b"nope"])
def test_broken_json_is_named_so(api: Api, raw: bytes) -> None:
    answer = api("POST", "/v1/comments", raw=raw)
    assert (answer.status, answer.json["code"]) == (400, "invalid_json")


def test_a_body_over_500_kilobytes_is_refused(api: Api, task: str) -> None:
    raw = json.dumps({"properties": {}, "filler": "x" * 512_000}).encode()
    answer = api("PATCH", f"/v1/pages/{task}", raw=raw)
    assert (answer.status, answer.json["code"]) == (400, "validation_error")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/webhooks"), ("POST", "/v1/webhooks"), ("DELETE", "/v1/users/me"), ("GET", "/")],
)
def test_an_unknown_path_is_an_invalid_request_url(api: Api, method: str, path: str) -> None:
    assert api.refused(method, path) == (400, "invalid_request_url")


def test_an_id_that_is_none_is_a_validation_error(api: Api) -> None:
    assert api.refused("GET", "/v1/pages/abc") == (400, "validation_error")
    assert api.refused("GET", "/v1/comments") == (400, "validation_error")


@pytest.mark.parametrize("kind", ["page", "data_source", "database"])
def test_what_is_not_shared_is_not_found(
    sim: NotionSimulator, api: Api, demo: Demo, task: str, kind: str
) -> None:
    hidden = {"page": task, "data_source": demo.data_source_id, "database": demo.database_id}[kind]
    sim.unshare(hidden)
    assert api.refused("GET", f"/v1/pages/{task}") == (404, "object_not_found")
    assert api.refused("GET", f"/v1/comments?block_id={task}") == (404, "object_not_found")
    body = {"parent": {"page_id": task}, "markdown": "x"}
    assert api.refused("POST", "/v1/comments", body) == (404, "object_not_found")
    sim.share(hidden)
    api.ok("GET", f"/v1/pages/{task}")


def test_a_page_deleted_for_good_is_not_found(sim: NotionSimulator, api: Api, task: str) -> None:
    sim.delete_forever(task)
    assert api.refused("GET", f"/v1/pages/{task}") == (404, "object_not_found")


@pytest.mark.parametrize(
    ("capability", "method", "path", "body"),
    [
        ("read_content", "GET", "/v1/pages/TASK", None),
        ("read_content", "POST", "/v1/data_sources/SOURCE/query", {}),
        ("read_content", "GET", "/v1/data_sources/SOURCE", None),
        ("read_content", "GET", "/v1/blocks/TASK/children", None),
        ("update_content", "PATCH", "/v1/pages/TASK", {"in_trash": True}),
        ("insert_content", "POST", "/v1/pages", {}),
        ("insert_content", "PATCH", "/v1/blocks/TASK/children", {"children": []}),
        ("read_comments", "GET", "/v1/comments?block_id=TASK", None),
        ("insert_comments", "POST", "/v1/comments", {"parent": {"page_id": "TASK"}, "markdown": "x"}),
        ("users", "GET", "/v1/users", None),
        ("users", "GET", "/v1/users/ANN", None),
    ],
)
def test_a_missing_capability_is_restricted(
    *,
    sim: NotionSimulator,
    api: Api,
    demo: Demo,
    task: str,
    capability: str,
    method: str,
    path: str,
    body: object,
) -> None:
    filled = json.loads(json.dumps(body).replace("TASK", task))
    path = path.replace("TASK", task).replace("SOURCE", demo.data_source_id).replace("ANN", demo.ann)
    sim.set_capabilities({capability: "none" if capability == "users" else False})
    assert api.refused(method, path, filled) == (403, "restricted_resource")
    api.ok("GET", "/v1/users/me")


def test_user_details_follow_the_capability(sim: NotionSimulator, api: Api, task: str, demo: Demo) -> None:
    sim.set_capabilities({"users": "without_email"})
    person = api.ok("GET", f"/v1/pages/{task}")["properties"]["Assignee"]["people"][0]
    assert (person["name"], person["person"]) == ("Ben", {})
    sim.set_capabilities({"users": "none"})
    person = api.ok("GET", f"/v1/pages/{task}")["properties"]["Assignee"]["people"][0]
    assert person == {"object": "user", "id": demo.ben}


def test_a_comment_without_read_comments_answers_only_its_id(
    sim: NotionSimulator, api: Api, task: str
) -> None:
    sim.set_capabilities({"read_comments": False})
    made = api.ok("POST", "/v1/comments", {"parent": {"page_id": task}, "markdown": "x"})
    assert set(made) == {"object", "id", "request_id"}
    assert [comment["id"] for comment in sim.comments(task)] == [made["id"]]


def test_the_default_limit_is_180_in_a_fixed_window(
    sim: NotionSimulator, api: Api, clock: Clock, demo: Demo
) -> None:
    assert [api("GET", "/v1/users/me").status for _ in range(180)] == [200] * 180
    clock.advance(20.5)
    refused = api("GET", "/v1/users/me")
    assert (refused.status, refused.json["code"]) == (429, "rate_limited")
    assert refused.headers["retry-after"] == "40"
    assert refused.json["additional_data"] == {
        "rate_limit_reason": "public_api_request_rate_limit",
        "retry_after": "40",
    }
    clock.advance(40)
    assert api("GET", "/v1/users/me").status == 200
    assert sim.counters()["rate_limited"] == {"public_api_request_rate_limit": 1}


def test_each_connection_has_its_own_window(sim: NotionSimulator, api: Api) -> None:
    other = sim.add_connection("ntn_other", "Other")
    sim.set_rate_limit(1)
    sim.set_rate_limit(None, connection_id=other)
    assert [api("GET", "/v1/users/me").status for _ in range(2)] == [200, 429]
    api.token = "ntn_other"
    assert [api("GET", "/v1/users/me").status for _ in range(3)] == [200, 200, 200]


def test_the_workspace_limit_is_shared_and_may_last_longer(
    sim: NotionSimulator, api: Api, clock: Clock
) -> None:
    sim.add_connection("ntn_other", "Other")
    sim.set_workspace_limit(2, window_seconds=300)
    assert [api("GET", "/v1/users/me").status for _ in range(2)] == [200, 200]
    api.token = "ntn_other"
    refused = api("GET", "/v1/users/me")
    assert refused.json["additional_data"]["rate_limit_reason"] == "public_api_space_request_rate_limit"
    assert refused.headers["retry-after"] == "300"


def test_a_blocked_connection_says_so(sim: NotionSimulator, api: Api) -> None:
    sim.block()
    refused = api("GET", "/v1/users/me")
    assert refused.json["additional_data"]["rate_limit_reason"] == "public_api_request_blocked"
    sim.block(blocked=False)
    api.ok("GET", "/v1/users/me")


def test_the_date_header_shows_notions_own_clock(sim: NotionSimulator, api: Api) -> None:
    assert api("GET", "/v1/users/me").headers["date"] == "Sat, 21 Nov 2026 10:15:42 GMT"
    sim.set_clock_offset(-90)
    assert api("GET", "/v1/users/me").headers["date"] == "Sat, 21 Nov 2026 10:14:12 GMT"


def test_a_kept_alive_connection_is_used_again(sim: NotionSimulator, api: Api) -> None:
    api.ok("GET", "/v1/users/me")
    before = api.connection.sock
    api.refused("GET", "/v1/pages/abc")
    api.version = NEW
    api.ok("GET", "/v1/users/me")
    assert api.connection.sock is before is not None
