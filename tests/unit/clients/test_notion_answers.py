"""What Notion's answers mean: a table of status and body against the failure."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.clients.notion_answers import MAX_WAIT, classify, observed_at, parse, retry_after
from steward.clients.transport import HttpAnswer
from steward.errors import CallFailed, Failure

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def error(status: int, code: str = "some_code", **additional: Any) -> HttpAnswer:
    body: dict[str, Any] = {
        "object": "error",
        "status": status,
        "code": code,
        "message": "words",
        "request_id": "r-1",
    }
    if additional:
        body["additional_data"] = additional
    return HttpAnswer(status, {}, json.dumps(body).encode())


def judge(answer: HttpAnswer, method: str = "GET") -> CallFailed | None:
    return classify("notion.call", method, answer, parse(answer), NOW, ("id",))


@pytest.mark.req("P2", "P4")
@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (error(400), Failure.INVALID),
        (error(401), Failure.UNAUTHORIZED),
        (error(403, "restricted_resource"), Failure.FORBIDDEN),
        (error(404), Failure.NOT_FOUND),
        (error(409), Failure.CONFLICT),
        (error(418), Failure.REJECTED),
        (error(429), Failure.RATE_LIMITED),
        (error(429, rate_limit_reason="public_api_request_rate_limit"), Failure.RATE_LIMITED),
        (error(429, rate_limit_reason="public_api_endpoint_rate_limit"), Failure.RATE_LIMITED),
        (error(429, rate_limit_reason="public_api_space_request_rate_limit"), Failure.WORKSPACE_LIMITED),
        (error(429, rate_limit_reason="public_api_request_blocked"), Failure.BLOCKED),
        (error(429, rate_limit_reason={"odd": 1}), Failure.RATE_LIMITED),
        (error(500), Failure.UNAVAILABLE),
        (error(502), Failure.UNAVAILABLE),
        (error(503), Failure.UNAVAILABLE),
        (error(504), Failure.UNAVAILABLE),
        (error(529, "service_overload"), Failure.UNAVAILABLE),
        (HttpAnswer(403, {"cf-ray": "8"}, b"<html>blocked</html>"), Failure.UNAVAILABLE),
        (HttpAnswer(503, {}, b"<html>down</html>"), Failure.UNAVAILABLE),
        (HttpAnswer(302, {"location": "https://elsewhere"}, b""), Failure.UNAVAILABLE),
        (HttpAnswer(302, {}, b"{}"), Failure.UNAVAILABLE),
        (HttpAnswer(200, {}, b'{"id": "x'), Failure.UNAVAILABLE),
        (HttpAnswer(200, {}, b"[]"), Failure.UNAVAILABLE),
        (HttpAnswer(200, {}, b'{"object":"page"}'), Failure.UNAVAILABLE),
    ],
    ids=lambda v: f"{v.status} {v.content[-70:]!r}" if isinstance(v, HttpAnswer) else str(v),
)
def test_every_refusal_has_its_meaning(answer: HttpAnswer, failure: Failure) -> None:
    found = judge(answer)

    assert found is not None
    assert found.failure is failure
    assert not found.maybe_done


def test_an_answer_that_has_what_was_asked_for_is_no_failure() -> None:
    assert judge(HttpAnswer(200, {}, b'{"id":"x"}')) is None


@pytest.mark.req("P3")
@pytest.mark.parametrize(
    ("answer", "maybe"),
    [
        (error(500), True),
        (error(503), True),
        (error(504), True),
        (error(529), True),
        (HttpAnswer(502, {}, b"<html>"), True),
        (HttpAnswer(200, {}, b'{"id": "x'), True),
        (HttpAnswer(403, {}, b"<html>"), False),
        (error(429), False),
        (error(400), False),
        (error(401), False),
        (error(404), False),
        (error(409), False),
    ],
    ids=lambda v: f"{v.status} {v.content[:20]!r}" if isinstance(v, HttpAnswer) else str(v),
)
def test_a_write_that_may_have_happened_is_said_to_have(answer: HttpAnswer, maybe: bool) -> None:
    found = judge(answer, "POST")

    assert found is not None
    assert found.maybe_done is maybe


@pytest.mark.req("P3")
def test_what_was_saved_although_the_answer_is_an_error_is_known_by_its_id() -> None:
    found = judge(
        error(503, retry_guidance=["Do not repeat the write."], committed_resource_id="c-1"), "POST"
    )

    assert found is not None
    assert found.committed_id == "c-1"


@pytest.mark.req("P2")
@pytest.mark.parametrize(
    ("headers", "additional", "expected"),
    [
        ({"retry-after": "17"}, {}, 17),
        ({"retry-after": "0.5"}, {}, 0.5),
        ({"retry-after": format_datetime(NOW + timedelta(seconds=90), usegmt=True)}, {}, 90),
        ({"retry-after": format_datetime(NOW - timedelta(seconds=90), usegmt=True)}, {}, 0),
        ({"retry-after": "soon"}, {"retry_after": "23"}, 23),
        ({}, {"retry_after": "23"}, 23),
        ({}, {"retry_after": 23}, 23),
        ({"retry-after": "-5"}, {}, 0),
        ({"retry-after": "nan"}, {}, None),
        ({"retry-after": "1e999"}, {}, None),
        ({"retry-after": "999999999"}, {}, MAX_WAIT),
        ({}, {"retry_after": None}, None),
        ({}, {}, None),
    ],
)
def test_the_wait_is_read_in_every_spelling(
    headers: dict[str, str], additional: dict[str, Any], expected: float | None
) -> None:
    assert retry_after(headers, {"additional_data": additional}, NOW) == expected


@given(st.text(max_size=40))
def test_no_wait_makes_it_raise(text: str) -> None:
    found = retry_after({"retry-after": text}, None, NOW)

    assert found is None or 0 <= found <= MAX_WAIT


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (format_datetime(NOW - timedelta(seconds=3), usegmt=True), NOW - timedelta(seconds=3)),
        (format_datetime(NOW + timedelta(hours=2), usegmt=True), NOW),
        ("yesterday", None),
        ("", None),
    ],
)
def test_when_a_page_was_observed_is_notions_date_and_never_later_than_ours(
    date: str, expected: datetime | None
) -> None:
    assert observed_at({"date": date}, NOW) == expected


def test_an_answer_without_a_date_covers_nothing() -> None:
    assert observed_at({}, NOW) is None
