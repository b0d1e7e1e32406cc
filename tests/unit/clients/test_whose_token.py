"""Whose a token is, by what a vendor answers: an identity, or why it proves nothing."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from random import Random

import pytest

from steward.clients.transport import Transport, plain_session
from steward.clients.whose_token import of_hubspot, of_notion, of_slack
from steward.deadline import Deadline
from steward.errors import CallFailed, Failure
from steward.identity import Identity, Prove
from tests.unit.clients.vendor import Vendor, says

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
BOT, PLACE = "11111111-2222-3333-4444-555555555555", "99999999-2222-3333-4444-555555555555"
ME = {
    "object": "user",
    "id": BOT,
    "name": "Steward",
    "bot": {"workspace_id": PLACE, "workspace_name": "Northwind"},
}
TEST = {"ok": True, "team": "Northwind", "team_id": "T1", "user": "steward", "user_id": "U1", "bot_id": "B1"}


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with Vendor() as running:
        yield running


def _transport(name: str) -> Transport:
    return Transport(plain_session(), name, Deadline(), lambda _: None, Random(1))


def notion(url: str) -> Prove:
    return of_notion(_transport("notion"), url, "2026-03-11", lambda: NOW)


def slack(url: str) -> Prove:
    return of_slack(_transport("slack"), f"{url}/api/")


def hubspot(url: str) -> Prove:
    return of_hubspot(_transport("hubspot"), url)


@pytest.mark.req("T9")
@pytest.mark.parametrize(
    ("make", "body", "line", "identity"),
    [
        (notion, ME, "GET /v1/users/me", Identity(PLACE, BOT, "Steward in Northwind")),
        (
            notion,
            {**ME, "id": BOT.replace("-", "")},
            "GET /v1/users/me",
            Identity(PLACE, BOT, "Steward in Northwind"),
        ),
        (notion, {**ME, "name": None, "bot": {}}, "GET /v1/users/me", Identity("", BOT, "a bot")),
        (slack, TEST, "POST /api/auth.test", Identity("T1", "B1", "steward in Northwind")),
        (
            slack,
            {**TEST, "bot_id": None},
            "POST /api/auth.test",
            Identity("T1", "U1", "steward in Northwind"),
        ),
        (
            hubspot,
            {"portalId": 42, "accountType": "STANDARD"},
            "GET /account-info/v3/details",
            Identity("42", "", "HubSpot account 42"),
        ),
    ],
)
def test_a_token_that_works_says_whose_it_is(
    vendor: Vendor, make: Callable[[str], Prove], body: object, line: str, identity: Identity
) -> None:
    vendor.turns = [says(200, json.dumps(body).encode())]

    assert make(vendor.url)("token-1") == identity
    assert vendor.lines == [line]
    assert vendor.requests[0].headers["authorization"] == "Bearer token-1"


@pytest.mark.req("T9")
@pytest.mark.parametrize(
    ("make", "status", "body", "failure"),
    [
        (notion, 401, {"object": "error", "code": "unauthorized"}, Failure.UNAUTHORIZED),
        (notion, 503, {"object": "error", "code": "service_unavailable"}, Failure.UNAVAILABLE),
        (notion, 200, {"hello": "there"}, Failure.UNAVAILABLE),
        (slack, 200, {"ok": False, "error": "invalid_auth"}, Failure.UNAUTHORIZED),
        (slack, 200, {"ok": True}, Failure.UNAVAILABLE),
        (slack, 429, {"ok": False, "error": "ratelimited"}, Failure.RATE_LIMITED),
        (hubspot, 401, {"category": "INVALID_AUTHENTICATION", "correlationId": "c-1"}, Failure.UNAUTHORIZED),
        (hubspot, 403, {"category": "MISSING_SCOPES"}, Failure.FORBIDDEN),
        (hubspot, 429, {"category": "RATE_LIMITS"}, Failure.RATE_LIMITED),
        (hubspot, 502, {}, Failure.UNAVAILABLE),
        (hubspot, 200, {"hello": "there"}, Failure.UNAVAILABLE),
        (hubspot, 423, {}, Failure.REJECTED),
    ],
)
def test_a_token_that_is_refused_proves_nothing_and_the_reason_is_told(
    vendor: Vendor, make: Callable[[str], Prove], status: int, body: object, failure: Failure
) -> None:
    vendor.turns = [says(status, json.dumps(body).encode())]

    with pytest.raises(CallFailed) as failed:
        make(vendor.url)("token-1")
    assert failed.value.failure is failure
    assert "token-1" not in str(failed.value)
    if isinstance(body, dict) and "correlationId" in body:
        assert failed.value.request_id == "c-1"


@pytest.mark.req("T9")
def test_a_page_of_html_proves_nothing(vendor: Vendor) -> None:
    for make in (notion, slack, hubspot):
        vendor.turns = [says(200, b"<html>")]
        with pytest.raises(CallFailed) as failed:
            make(vendor.url)("token-1")
        assert failed.value.failure is Failure.UNAVAILABLE
