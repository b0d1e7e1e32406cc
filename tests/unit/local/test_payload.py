"""Payload format 2.0, both ways."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.payload import Answer, Request, answer_of, event_of

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def event(
    body: bytes = b"", *headers: tuple[str, str], target: str = "/webhooks/notion", method: str = "POST"
) -> dict[str, Any]:
    return event_of(
        Request(method, target, "HTTP/1.1", headers, body, "127.0.0.1", 8787), "ANY /webhooks/notion", NOON
    )


def bytes_of(made: dict[str, Any]) -> bytes:
    text: str = made.get("body", "")
    return base64.b64decode(text) if made["isBase64Encoded"] else text.encode()


@given(body=st.binary(), kind=st.sampled_from(["application/json", "text/plain", "image/png", ""]))
def test_the_bytes_of_a_body_reach_the_function_exactly(body: bytes, kind: str) -> None:
    made = json.loads(json.dumps(event(body, ("Content-Type", kind))))

    assert bytes_of(made) == body


@pytest.mark.parametrize(
    ("kind", "encoded"),
    [
        ("application/json", False),
        ("Application/JSON; charset=utf-8", False),
        ("text/plain", False),
        ("application/x-www-form-urlencoded", True),
        ("application/octet-stream", True),
    ],
)
def test_only_what_is_text_by_its_type_travels_as_text(kind: str, encoded: bool) -> None:
    assert event("é".encode(), ("Content-Type", kind))["isBase64Encoded"] is encoded


def test_header_names_are_lower_case_and_values_of_one_name_are_joined() -> None:
    headers = event(b"{}", ("X-Twice", "a"), ("x-twice", "b"), ("Connection", "close"))["headers"]

    assert headers["x-twice"] == "a,b"
    assert "connection" not in headers


def test_cookies_are_split_off_the_headers() -> None:
    made = event(b"", ("Cookie", "a=1; b=2"), ("Cookie", "c=3"))

    assert made["cookies"] == ["a=1", "b=2", "c=3"]
    assert "cookie" not in made["headers"]


def test_the_sender_is_added_to_who_forwarded_before() -> None:
    headers = event(b"", ("X-Forwarded-For", "203.0.113.9"))["headers"]

    assert headers["x-forwarded-for"] == "203.0.113.9, 127.0.0.1"
    assert (headers["x-forwarded-port"], headers["x-forwarded-proto"]) == ("8787", "http")
    assert headers["x-amzn-trace-id"].startswith("Root=1-")


def test_a_query_is_there_raw_and_parsed_and_a_path_is_decoded() -> None:
    made = event(target="/caf%C3%A9?a=1&a=2&b=")

    assert made["rawPath"] == made["requestContext"]["http"]["path"] == "/café"
    assert made["rawQueryString"] == "a=1&a=2&b="
    assert made["queryStringParameters"] == {"a": "1,2", "b": ""}


def test_a_request_without_a_body_has_none_in_its_event() -> None:
    made = event(method="GET")

    assert "body" not in made
    assert made["isBase64Encoded"] is False
    assert made["requestContext"]["time"] == "20/Nov/2026:12:00:00 +0000"
    assert made["requestContext"]["timeEpoch"] == 1795176000000


def test_a_result_with_a_status_is_the_answer() -> None:
    result = {"statusCode": 201, "headers": {"x-a": 1}, "cookies": ["c=1"], "body": "é"}

    assert answer_of(result) == Answer(
        201,
        [("x-a", "1"), ("set-cookie", "c=1"), ("content-type", "text/plain;charset=UTF-8")],
        "é".encode(),
    )


def test_an_encoded_result_is_decoded() -> None:
    body = base64.b64encode(b"\x00\xff").decode()

    assert answer_of({"statusCode": 200, "isBase64Encoded": True, "body": body}).body == b"\x00\xff"


@pytest.mark.parametrize("result", [{"a": 1}, [1], "text", None])
def test_a_result_without_a_status_is_the_body_of_a_200(result: object) -> None:
    answer = answer_of(result)

    assert (answer.status, json.loads(answer.body)) == (200, result)


@pytest.mark.parametrize(
    "result",
    [
        {"statusCode": "often"},
        {"statusCode": 9000},
        {"statusCode": 200, "body": {"not": "text"}},
        {"statusCode": 200, "body": "no base64", "isBase64Encoded": True},
        {"statusCode": 200, "headers": {"x-a": "split\r\nset-cookie: stolen"}},
        {"statusCode": 200, "headers": {"x-a": "☕"}},
        {"statusCode": 200, "headers": ["x-a"]},
    ],
)
def test_a_result_that_is_no_answer_is_a_500_that_tells_nothing(result: object) -> None:
    answer = answer_of(result)

    assert (answer.status, answer.body) == (500, b'{"message":"Internal Server Error"}')


def test_a_function_cannot_frame_the_connection() -> None:
    answer = answer_of(
        {"statusCode": 200, "headers": {"Content-Length": "5", "Transfer-Encoding": "chunked"}}
    )

    assert {name.lower() for name, _ in answer.headers} == {"content-type"}
