"""Whatever a vendor answers is a success or a ``CallFailed`` whose wait can be waited."""

import json
import math
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from steward.clients import slack_answers
from steward.clients.notion_answers import MAX_WAIT, classify, observed_at, parse, retry_after
from steward.clients.transport import HttpAnswer
from steward.errors import CallFailed, Failure
from steward.outcomes import wait_for
from tests.fuzz.strategies import JSON, NOW, OBJECTS, TEXT

NUMBERS = st.one_of(
    st.integers().map(str),
    st.floats().map(str),
    st.from_regex(r"[+-]?[0-9_]{1,400}(\.[0-9]+)?(e[+-]?[0-9]+)?"),
)
DATES = st.one_of(
    st.builds(
        "{}, {:02} {} {} {:02}:{:02}:{:02} {}".format,
        st.sampled_from(["Fri", "Foo", ""]),
        st.integers(0, 99),
        st.sampled_from(["Nov", "Feb", "Foo", "11"]),
        st.integers(-1, 20_000),
        st.integers(0, 99),
        st.integers(0, 99),
        st.integers(0, 99),
        st.sampled_from(["GMT", "UTC", "+0000", "-9999", "+99999999999", "EST", "", "(x)", "\u0663"]),
    ),
    st.from_regex(r"[A-Za-z0-9 ,:+.-]{0,40}", fullmatch=True),
)
SAID = TEXT | NUMBERS | DATES
HEADERS = st.dictionaries(
    st.sampled_from(["retry-after", "date", "x-notion-request-id", "cf-ray"]), SAID, max_size=4
)
CODES = st.sampled_from(
    [
        "rate_limited",
        "validation_error",
        "service_unavailable",
        "public_api_request_blocked",
        "public_api_space_request_rate_limit",
    ]
)
ADDITIONAL = st.dictionaries(
    st.sampled_from(["retry_after", "rate_limit_reason", "committed_resource_id", "retry_guidance"]),
    SAID | JSON | CODES,
    max_size=4,
)
ANSWER_BODIES = st.one_of(
    st.binary(max_size=100),
    st.builds(lambda value: json.dumps(value).encode(), JSON),
    st.builds(
        lambda base, code, more: json.dumps({**base, "code": code, "additional_data": more}).encode(),
        OBJECTS,
        CODES | JSON,
        ADDITIONAL | JSON,
    ),
    st.integers(1, 3000).map(lambda depth: b'{"a":' * depth + b"1" + b"}" * depth),
)
STATUSES = st.integers(100, 599) | st.sampled_from(
    [200, 400, 401, 403, 404, 409, 429, 500, 502, 503, 504, 529]
)


def assert_usable(failure: CallFailed) -> None:
    """What the rest of Steward takes for granted of a failure."""
    assert str(failure)
    assert len(failure.message) <= 300
    assert failure.retry_after is None or 0 <= failure.retry_after <= MAX_WAIT
    for attempt in (0, 1, 5, 1000):
        assert math.isfinite(wait_for(failure, attempt, lambda: 0.5))
        timedelta(seconds=wait_for(failure, attempt, lambda: 0.5))


@pytest.mark.req("P2", "P4")
@given(said=SAID, inline=SAID | JSON, now=st.datetimes(min_value=datetime(2020, 1, 1)))  # noqa: DTZ001 - zoned below
@example(said="Fri, 20 Nov 2026 12:01:00 GMT", inline=None, now=NOW.replace(tzinfo=None))
def test_a_wait_is_none_or_between_nothing_and_an_hour(said: str, inline: object, now: datetime) -> None:
    moment = now.replace(tzinfo=NOW.tzinfo)

    for headers, body in (
        ({"retry-after": said}, None),
        ({"retry-after": said}, {"additional_data": {"retry_after": inline}}),
        ({}, {"additional_data": inline}),
    ):
        wait = retry_after(headers, body, moment)
        assert wait is None or 0 <= wait <= MAX_WAIT
    seen = observed_at({"date": said}, moment)
    assert seen is None or seen <= moment


@pytest.mark.req("P4")
@given(
    status=STATUSES,
    headers=HEADERS,
    content=ANSWER_BODIES,
    method=st.sampled_from(["GET", "POST", "PATCH", "DELETE"]),
    needs=st.sampled_from([(), ("id",), ("id", "properties")]),
)
def test_any_answer_of_notion_is_the_success_that_was_asked_for_or_a_failure(
    status: int, headers: dict[str, str], content: bytes, method: str, needs: tuple[str, ...]
) -> None:
    answer = HttpAnswer(status, headers, content)
    body = parse(answer)
    failure = classify("notion.call", method, answer, body, NOW, needs)

    if failure is None:
        assert 200 <= status < 300
        assert body is not None
        assert all(key in body for key in needs)
        return
    assert_usable(failure)
    if failure.maybe_done:
        assert method != "GET"
    if method != "GET" and (status >= 500 or 200 <= status < 300):
        assert failure.maybe_done, "a write that may have happened would be repeated"
    if failure.committed_id is not None:
        assert failure.maybe_done


@pytest.mark.req("A11")
@given(
    status=STATUSES,
    headers=st.dictionaries(st.just("Retry-After") | TEXT, SAID, max_size=2),
    content=ANSWER_BODIES,
)
@example(status=200, headers={}, content=b"not ok")
def test_any_answer_of_an_incoming_webhook_is_a_failure_that_can_be_handled(
    status: int, headers: dict[str, str], content: bytes
) -> None:
    failure = slack_answers.webhook_refused("slack.webhook", HttpAnswer(status, headers, content))

    assert_usable(failure)
    assert failure.maybe_done or status >= 300


@pytest.mark.req("A11")
@given(
    status=STATUSES,
    headers=st.none() | st.dictionaries(st.just("Retry-After") | TEXT, SAID, max_size=2),
    data=OBJECTS | st.fixed_dictionaries({"error": CODES | JSON}),
    writes=st.booleans(),
)
def test_any_error_of_slacks_web_api_is_a_failure_that_can_be_handled(
    status: int, headers: dict[str, str] | None, data: Any, writes: bool
) -> None:
    response = SlackResponse(
        client=None,
        http_verb="POST",
        api_url="u",
        req_args={},
        data=data,
        headers=headers or {},
        status_code=status,
    )
    error = SlackApiError("no", response)  # type: ignore[no-untyped-call]  # slack_sdk types no constructor
    failure = slack_answers.bot_refused("slack.call", error, writes=writes)

    assert_usable(failure)
    assert writes or not failure.maybe_done
    if writes and status >= 500:
        assert failure.failure is Failure.UNAVAILABLE
        assert failure.maybe_done
