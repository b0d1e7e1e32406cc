"""Faults on order: every way in which the vendor API of the Notion simulator goes wrong."""

import threading

import pytest

from infra.local.simulators.notion import NotionSimulator, SimulatorError, faults
from tests.integration.notion_simulator.stand import Api

pytestmark = pytest.mark.req("O1", "P3", "P4")
COMMENTS = {"method": "POST", "path": "^/v1/comments$"}


def _comment(task: str) -> dict[str, object]:
    return {"parent": {"page_id": task}, "markdown": "hello"}


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "unauthorized"),
        (403, "restricted_resource"),
        (404, "object_not_found"),
        (409, "conflict_error"),
        (500, "internal_server_error"),
        (502, "bad_gateway"),
        (503, "service_unavailable"),
        (504, "gateway_timeout"),
        (529, "service_overload"),
    ],
)
def test_a_status_comes_with_its_official_body(
    sim: NotionSimulator, api: Api, task: str, status: int, code: str
) -> None:
    sim.add_fault(faults.answer(status), match=COMMENTS)
    assert api.refused("POST", "/v1/comments", _comment(task)) == (status, code)
    assert sim.comments(task) == []
    api.ok("POST", "/v1/comments", _comment(task))


@pytest.mark.parametrize(
    "reason",
    [
        "public_api_request_rate_limit",
        "public_api_space_request_rate_limit",
        "public_api_endpoint_rate_limit",
        "public_api_request_blocked",
    ],
)
def test_a_429_carries_its_reason(sim: NotionSimulator, api: Api, task: str, reason: str) -> None:
    sim.add_fault(faults.answer(429, reason=reason, retry_after=7))
    answer = api("GET", f"/v1/pages/{task}")
    assert (answer.status, answer.headers["retry-after"]) == (429, "7")
    assert answer.json["additional_data"] == {"rate_limit_reason": reason, "retry_after": "7"}
    assert sim.counters()["rate_limited"] == {reason: 1}


def test_a_code_of_ones_own_is_possible(sim: NotionSimulator, api: Api, task: str) -> None:
    sim.add_fault(faults.answer(503, code="database_connection_unavailable"))
    assert api.refused("GET", f"/v1/pages/{task}") == (503, "database_connection_unavailable")


def test_rules_count_skip_and_end(sim: NotionSimulator, api: Api, task: str) -> None:
    rule = sim.add_fault(faults.answer(500), match={"path": "/v1/pages/"}, after=1, times=2)
    assert [api("GET", f"/v1/pages/{task}").status for _ in range(5)] == [200, 500, 500, 200, 200]
    assert [(r["id"], r["fired"]) for r in sim.faults()] == [(rule, 2)]
    sim.add_fault(faults.answer(502), times="forever")
    assert [api("GET", f"/v1/pages/{task}").status for _ in range(3)] == [502] * 3
    sim.clear_faults()
    api.ok("GET", f"/v1/pages/{task}")


def test_probability_is_repeatable() -> None:
    def run() -> list[int]:
        with NotionSimulator(seed=7) as simulator:
            simulator.add_fault(faults.answer(500), times="forever", probability=0.5)
            caller = Api(simulator.url, simulator.token)
            statuses = [caller("GET", "/v1/users/me").status for _ in range(20)]
            caller.connection.close()
            return statuses

    first = run()
    assert first == run()
    assert set(first) == {200, 500}


def test_a_comment_saved_but_503_names_no_id(sim: NotionSimulator, api: Api, task: str) -> None:
    sim.add_fault(faults.saved(503), match=COMMENTS)
    answer = api("POST", "/v1/comments", _comment(task))
    assert (answer.status, answer.json["code"]) == (503, "service_unavailable")
    assert set(answer.json["additional_data"]) == {"retry_guidance"}
    assert len(sim.comments(task)) == 1


def test_a_page_saved_but_503_names_its_id(sim: NotionSimulator, api: Api, task: str) -> None:
    sim.add_fault(faults.saved(503))
    answer = api("POST", "/v1/pages", {"parent": {"page_id": task}, "properties": {}})
    made = answer.json["additional_data"]["committed_resource_id"]
    assert sim.page(made)["parent"]["page_id"] == task


def test_blocks_saved_but_503_name_their_ids(sim: NotionSimulator, api: Api, task: str) -> None:
    sim.add_fault(faults.saved(503))
    body: dict[str, object] = {"children": [{"divider": {}}]}
    answer = api("PATCH", f"/v1/blocks/{task}/children", body)
    made = answer.json["additional_data"]["committed_child_ids"]
    assert [block["id"] for block in api.ok("GET", f"/v1/blocks/{task}/children")["results"]] == made


def test_saved_without_guidance_and_saved_but_504_say_nothing(
    sim: NotionSimulator, api: Api, task: str
) -> None:
    sim.add_fault(faults.saved(503, guidance=False))
    sim.add_fault(faults.saved(504))
    assert "additional_data" not in api("POST", "/v1/comments", _comment(task)).json
    answer = api("POST", "/v1/comments", _comment(task))
    assert (answer.json["code"], "additional_data" in answer.json) == ("gateway_timeout", False)
    assert len(sim.comments(task)) == 2


def test_the_edge_answers_a_page_for_people(sim: NotionSimulator, api: Api, task: str) -> None:
    sim.add_fault(faults.html())
    answer = api("GET", f"/v1/pages/{task}")
    assert (answer.status, answer.headers["content-type"]) == (403, "text/html; charset=UTF-8")
    assert answer.headers["cf-ray"]
    assert "x-notion-request-id" not in answer.headers
    assert answer.raw.startswith(b"<!DOCTYPE html>")


@pytest.mark.parametrize(("after_saving", "comments"), [(False, 0), (True, 1)])
def test_a_connection_is_reset_before_or_after_saving(
    sim: NotionSimulator, api: Api, task: str, after_saving: bool, comments: int
) -> None:
    api.ok("GET", "/v1/users/me")
    sim.add_fault(faults.reset(after_saving=after_saving), match=COMMENTS)
    with pytest.raises(ConnectionResetError):
        api("POST", "/v1/comments", _comment(task))
    assert len(sim.comments(task)) == comments
    assert [row["status"] for row in sim.requests(path="comments")] == [None]


def test_a_200_may_be_malformed(sim: NotionSimulator, api: Api, task: str) -> None:
    sim.add_fault(faults.malformed(), match=COMMENTS)
    answer = api("POST", "/v1/comments", _comment(task))
    assert (answer.status, answer.json) == (200, {})
    assert answer.raw.startswith(b'{"object": "comment"')
    assert len(sim.comments(task)) == 1


def test_a_request_hangs_after_saving_until_released(sim: NotionSimulator, api: Api, task: str) -> None:
    sim.add_fault(faults.hang(), match=COMMENTS)
    problems: list[Exception] = []

    def call() -> None:
        try:
            api("POST", "/v1/comments", _comment(task))
        except OSError as problem:
            problems.append(problem)

    caller = threading.Thread(target=call)
    caller.start()
    assert sim.wait_for_hang()
    assert sim.hanging() == 1
    assert len(sim.comments(task)) == 1
    assert sim.release_hangs() == 1
    caller.join()
    assert len(problems) == 1


def test_latency_adds_to_what_else_goes_wrong(sim: NotionSimulator, api: Api, task: str) -> None:
    slow = sim.add_fault(faults.latency(0.01), times="forever")
    sim.add_fault(faults.answer(500))
    assert [api("GET", f"/v1/pages/{task}").status for _ in range(2)] == [500, 200]
    assert {rule["id"]: rule["fired"] for rule in sim.faults()}[slow] == 2


@pytest.mark.parametrize("action", [{"kind": "nonsense"}, {}])
def test_a_fault_that_is_none_is_refused(sim: NotionSimulator, action: dict[str, object]) -> None:
    with pytest.raises(SimulatorError, match="kind"):
        sim.add_fault(action)
