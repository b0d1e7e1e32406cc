"""The Notion client against a vendor that says exactly what the test wants."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from steward.budget import Budget
from steward.clients.notion import NotionClient
from steward.clients.transport import Transport, plain_session
from steward.deadline import Deadline
from steward.errors import CallFailed, Failure
from tests.unit.clients.vendor import Turn, Vendor, resets, says

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PAGE = b'{"id": "p", "properties": {}}'


class Steward:
    """A client, and what it asked for."""

    def __init__(self, url: str) -> None:
        self.tokens: Iterator[str] | list[str] = ["ntn_one", "ntn_two"]
        self.asked: list[bool] = []
        self.seconds = NOW.timestamp()
        self.budget = Budget(180, lambda: self.seconds)
        transport = Transport(plain_session(), "notion", Deadline(), [0.0].append, Random(1))
        self.client = NotionClient(transport, f"{url}/", "2026-03-11", self.token, self.budget, lambda: NOW)

    def token(self, fresh: bool) -> str:
        self.asked.append(fresh)
        return list(self.tokens)[fresh]


@pytest.fixture
def steward(vendor: Vendor) -> Steward:
    return Steward(vendor.url)


def failing(steward: Steward, page: str = "p") -> CallFailed:
    with pytest.raises(CallFailed) as failed:
        steward.client.page(page)
    return failed.value


def error(status: int, *headers: str, **additional: object) -> Turn:
    body = {"object": "error", "status": status, "code": "c", "message": "m", "additional_data": additional}
    return says(status, json.dumps(body).encode(), *headers)


def comments(ids: list[str], cursor: object = None, *, more: bool = False) -> Turn:
    body = {"results": [{"id": i} for i in ids], "next_cursor": cursor, "has_more": more}
    return says(200, json.dumps(body).encode())


def test_a_call_carries_token_and_version_and_gives_notions_own_time(
    vendor: Vendor, steward: Steward
) -> None:
    vendor.turns = [says(200, PAGE, "Date: Fri, 20 Nov 2026 11:59:58 GMT", "X-Notion-Request-Id: r1")]
    answer = steward.client.page("p")
    headers = vendor.requests[0].headers
    assert headers["authorization"] == "Bearer ntn_one"
    assert headers["notion-version"] == "2026-03-11"
    assert answer.body == {"id": "p", "properties": {}}
    assert answer.observed_at == datetime(2026, 11, 20, 11, 59, 58, tzinfo=UTC)
    assert answer.request_id == "r1"


@pytest.mark.req("A10")
def test_a_data_source_is_read_with_its_properties(vendor: Vendor, steward: Steward) -> None:
    vendor.turns = [says(200, PAGE), says(200, b'{"id": "p"}')]
    assert steward.client.data_source("a/b").body == {"id": "p", "properties": {}}
    assert vendor.requests[0].line == "GET /v1/data_sources/a%2Fb HTTP/1.1"
    with pytest.raises(CallFailed):
        steward.client.data_source("p")


@pytest.mark.req("P4")
def test_a_401_asks_for_the_token_anew_and_repeats_once(vendor: Vendor, steward: Steward) -> None:
    vendor.turns = [error(401), says(200, PAGE)]
    steward.client.create_comment("p", [])
    assert [r.headers["authorization"] for r in vendor.requests] == ["Bearer ntn_one", "Bearer ntn_two"]
    assert steward.asked == [False, True]


@pytest.mark.req("P4")
def test_a_second_401_is_the_end(vendor: Vendor, steward: Steward) -> None:
    vendor.turns = [error(401)]
    failure = failing(steward)
    assert (failure.failure, failure.status) == (Failure.UNAUTHORIZED, 401)
    assert len(vendor.requests) == steward.budget.total == 2
    assert "ntn_" not in repr(failure)


def test_a_token_that_is_still_the_same_is_not_tried_again(vendor: Vendor, steward: Steward) -> None:
    vendor.turns = [error(401)]
    steward.tokens = ["ntn_one", "ntn_one\n"]
    assert failing(steward).failure is Failure.UNAUTHORIZED
    assert len(vendor.requests) == 1


@pytest.mark.parametrize("token", ["", " \n"])
def test_without_a_token_nothing_is_called(vendor: Vendor, steward: Steward, token: str) -> None:
    steward.tokens = [token, token]
    failure = failing(steward)
    assert failure.failure is Failure.UNAUTHORIZED
    assert "secret" in failure.message
    assert vendor.requests == []
    assert steward.budget.total == 0


def test_a_token_that_was_pasted_with_a_line_break_works(vendor: Vendor, steward: Steward) -> None:
    vendor.turns = [says(200, PAGE)]
    steward.tokens = [" ntn_one\n", ""]
    steward.client.page("p")
    assert vendor.requests[0].headers["authorization"] == "Bearer ntn_one"


def test_comments_are_paged_to_the_end(vendor: Vendor, steward: Steward) -> None:
    vendor.turns = [comments(["a", "b"], "c/1 &", more=True), comments([], "c2", more=True), comments(["c"])]
    assert [c["id"] for c in steward.client.comments("p")] == ["a", "b", "c"]
    assert vendor.lines == [
        "GET /v1/comments?block_id=p&page_size=100",
        "GET /v1/comments?block_id=p&page_size=100&start_cursor=c%2F1+%26",
        "GET /v1/comments?block_id=p&page_size=100&start_cursor=c2",
    ]


@pytest.mark.req("P3")
@pytest.mark.parametrize(
    "turns",
    [
        [comments(["a"], "x", more=True)],
        [comments(["a"], "x", more=True), comments([], "y", more=True), comments([], "x", more=True)],
        [comments(["a"], None, more=True)],
        [comments(["a"], "", more=True)],
        [says(200, b'{"results": null, "has_more": false}')],
        [says(200, b'{"results": {"a": 1}}')],
        [says(200, b'{"object": "list"}')],
    ],
    ids=["same cursor", "round trip", "no cursor", "empty cursor", "null", "no list", "no results"],
)
def test_a_list_that_breaks_off_is_not_taken_for_the_whole(
    vendor: Vendor, steward: Steward, turns: list[Turn]
) -> None:
    vendor.turns = turns
    with pytest.raises(CallFailed) as failed:
        list(steward.client.comments("p"))
    assert failed.value.failure is Failure.UNAVAILABLE
    assert len(vendor.requests) <= 3


def test_entries_that_are_no_comments_are_passed_over(vendor: Vendor, steward: Steward) -> None:
    vendor.turns = [says(200, b'{"results": [null, 1, {}, {"id": "a"}]}')]
    assert [c["id"] for c in steward.client.comments("p")] == ["a"]


@pytest.mark.parametrize(
    ("page_id", "path"),
    [
        ("../users/me", "/v1/pages/..%2Fusers%2Fme"),
        ("a?b=c#d", "/v1/pages/a%3Fb%3Dc%23d"),
        ("é\r\nX: 1", "/v1/pages/%C3%A9%0D%0AX%3A%201"),
        ("%2e%2e", "/v1/pages/%252e%252e"),
        ("...", "/v1/pages/..."),
    ],
)
def test_an_id_stays_one_segment_of_the_path(
    vendor: Vendor, steward: Steward, page_id: str, path: str
) -> None:
    vendor.turns = [says(200, PAGE)]
    steward.client.page(page_id)
    assert vendor.lines == [f"GET {path}"]


@pytest.mark.parametrize("page_id", ["", ".", ".."])
def test_an_id_that_a_path_would_swallow_is_not_asked_for(
    vendor: Vendor, steward: Steward, page_id: str
) -> None:
    assert failing(steward, page_id).failure is Failure.NOT_FOUND
    assert vendor.requests == []


@pytest.mark.req("P2")
@pytest.mark.parametrize(
    ("refusal", "wait"),
    [
        (error(429, "Retry-After: 17"), 17),
        (error(429, rate_limit_reason="public_api_request_rate_limit", retry_after="21"), 21),
        (error(429, "Retry-After: 90", rate_limit_reason="public_api_space_request_rate_limit"), 90),
        (error(429, "Retry-After: 60", rate_limit_reason="public_api_request_blocked"), 3600),
        (error(429, rate_limit_reason="public_api_request_blocked"), 3600),
        (error(529, "Retry-After: 8"), 8),
    ],
)
def test_a_limit_that_the_vendor_names_holds_every_call(
    vendor: Vendor, steward: Steward, refusal: Turn, wait: float
) -> None:
    vendor.turns = [refusal, says(200, PAGE)]
    assert failing(steward).retry_after == wait
    held = failing(steward)
    assert (held.failure, held.retry_after) == (Failure.BUDGET_SPENT, wait)
    assert len(vendor.requests) == 1
    steward.seconds += wait
    steward.client.page("p")


@pytest.mark.req("P2")
@pytest.mark.parametrize("refusal", [error(429), error(529), error(503, "Retry-After: 30"), error(404)])
def test_what_names_no_limit_holds_no_other_call(vendor: Vendor, steward: Steward, refusal: Turn) -> None:
    vendor.turns = [refusal, says(200, PAGE)]
    failing(steward)
    steward.client.page("p")


@pytest.mark.req("P2")
def test_each_attempt_is_paid(vendor: Vendor, steward: Steward) -> None:
    vendor.turns = [error(503), resets, says(200, PAGE)]
    steward.client.page("p")
    assert steward.budget.total == len(vendor.requests) == 3


@pytest.mark.req("P2")
def test_without_budget_nothing_is_sent(vendor: Vendor, steward: Steward) -> None:
    for _ in range(180):
        steward.budget.spend()
    failure = failing(steward)
    assert (failure.failure, failure.retry_after) == (Failure.BUDGET_SPENT, 60)
    assert vendor.requests == []


@pytest.mark.req("P3", "P4")
def test_a_comment_is_sent_once_and_may_be_there(vendor: Vendor, steward: Steward) -> None:
    vendor.turns = [error(503, committed_resource_id="c-1")]
    with pytest.raises(CallFailed) as failed:
        steward.client.create_comment("p", [{"text": {"content": "hello"}}])
    assert failed.value.maybe_done
    assert failed.value.committed_id == "c-1"
    assert [json.loads(r.body) for r in vendor.requests] == [
        {"parent": {"page_id": "p"}, "rich_text": [{"text": {"content": "hello"}}]}
    ]


def test_only_a_write_in_trouble_has_saved_something(vendor: Vendor, steward: Steward) -> None:
    for status in (400, 429):
        vendor.turns = [error(status, committed_resource_id="c-1")]
        with pytest.raises(CallFailed) as failed:
            steward.client.create_comment("p", [])
        assert failed.value.committed_id is None


@pytest.mark.parametrize(
    ("ask", "path"),
    [(lambda c: c.me(), "/v1/users/me"), (lambda c: c.user("u"), "/v1/users/u")],
)
def test_people_are_asked_for_one_by_one(vendor: Vendor, steward: Steward, ask: Any, path: str) -> None:
    assert ask(steward.client).body == {"id": "1"}
    assert vendor.lines == [f"GET {path}"]


@pytest.mark.req("A4", "P3")
def test_properties_are_written_once_and_an_answer_that_is_lost_is_said_to_be(
    vendor: Vendor, steward: Steward
) -> None:
    vendor.turns = [says(200, b'{"object": "page", "id": "p"}'), resets]
    steward.client.update_page("p/1", {"bDf%5B": {"status": {"name": "Done"}}})
    with pytest.raises(CallFailed) as failed:
        steward.client.update_page("p/1", {"bDf%5B": {"status": {"name": "Done"}}})
    assert (failed.value.call, failed.value.maybe_done) == ("notion.update_page", True)
    assert vendor.lines == ["PATCH /v1/pages/p%2F1"] * 2
    assert json.loads(vendor.requests[0].body) == {"properties": {"bDf%5B": {"status": {"name": "Done"}}}}


def test_a_reply_goes_into_its_discussion(vendor: Vendor, steward: Steward) -> None:
    steward.client.reply("d", [{"text": {"content": "hello"}}])
    assert vendor.lines == ["POST /v1/comments"]
    body = {"discussion_id": "d", "rich_text": [{"text": {"content": "hello"}}]}
    assert json.loads(vendor.requests[0].body) == body


@pytest.mark.req("A12")
def test_users_come_a_page_at_a_time(vendor: Vendor, steward: Steward) -> None:
    vendor.turns = [says(200, b'{"results": [], "has_more": true, "next_cursor": "c"}')]
    cursor = steward.client.users().body["next_cursor"]
    steward.client.users(cursor)
    assert vendor.lines == ["GET /v1/users?page_size=100", "GET /v1/users?page_size=100&start_cursor=c"]
