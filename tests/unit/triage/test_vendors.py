"""The descriptions of the vendors: what their answers mean and prove, and that a further one is one module."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import triage.vendors
from steward.errors import Failure
from steward.incidents.names import TITLES
from triage.findings import Verdict
from triage.vendors import known
from triage.vendors.hubspot import VENDOR as HUBSPOT
from triage.vendors.notion import VENDOR as NOTION
from triage.vendors.vendor import Answer, Ask, Headroom, Vendor, placed

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

THIRD = """
from dataclasses import replace
from triage.vendors.hubspot import VENDOR as LIKE

VENDOR = replace(LIKE, name="acme", title="Acme", base_url="https://api.acme.example", token_variable="ACME_TOKEN")
"""


@pytest.fixture
def with_third(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "acme.py").write_text(THIRD)
    monkeypatch.setattr(triage.vendors, "__path__", [*triage.vendors.__path__, str(tmp_path)])
    yield
    sys.modules.pop("triage.vendors.acme", None)


@pytest.mark.req("T1")
def test_notion_and_hubspot_ship() -> None:
    assert list(known()) == ["hubspot", "notion"]


@pytest.mark.req("T1")
@pytest.mark.usefixtures("with_third")
def test_a_third_vendor_is_one_module_and_no_other_change() -> None:
    assert list(known()) == ["acme", "hubspot", "notion"]
    assert known()["acme"].title == "Acme"


def answer(status: int, body: Any = None, **headers: str) -> Answer:
    return Answer(status, {k.replace("_", "-"): v for k, v in headers.items()}, body, NOW)


def error(code: str, **more: Any) -> dict[str, Any]:
    return {"object": "error", "code": code, "message": "said", "request_id": "r-1", **more}


def limited(reason: str) -> dict[str, Any]:
    return error("rate_limited", additional_data={"rate_limit_reason": reason, "retry_after": "7"})


@pytest.mark.req("T1", "T3")
@pytest.mark.parametrize(
    ("status", "body", "failure", "code"),
    [
        (200, {"id": "b"}, None, None),
        (200, {}, Failure.UNAVAILABLE, None),
        (200, None, Failure.UNAVAILABLE, None),
        (302, None, Failure.UNAVAILABLE, None),
        (400, error("validation_error"), Failure.INVALID, "validation_error"),
        (401, error("unauthorized"), Failure.UNAUTHORIZED, "unauthorized"),
        (403, error("restricted_resource"), Failure.FORBIDDEN, "restricted_resource"),
        (
            403,
            error("restricted_resource", additional_data={"block_limit": 1000}),
            Failure.FORBIDDEN,
            "block_limit",
        ),
        (403, None, Failure.UNAVAILABLE, None),
        (404, error("object_not_found"), Failure.NOT_FOUND, "object_not_found"),
        (
            429,
            limited("public_api_request_rate_limit"),
            Failure.RATE_LIMITED,
            "public_api_request_rate_limit",
        ),
        (
            429,
            limited("public_api_endpoint_rate_limit"),
            Failure.RATE_LIMITED,
            "public_api_endpoint_rate_limit",
        ),
        (
            429,
            limited("public_api_space_request_rate_limit"),
            Failure.WORKSPACE_LIMITED,
            "public_api_space_request_rate_limit",
        ),
        (429, limited("public_api_request_blocked"), Failure.BLOCKED, "public_api_request_blocked"),
        (503, error("service_unavailable"), Failure.UNAVAILABLE, "service_unavailable"),
        (529, error("service_overload"), Failure.UNAVAILABLE, "service_overload"),
    ],
)
def test_notions_answers_mean_what_its_reference_says(
    status: int, body: Any, failure: Failure | None, code: str | None
) -> None:
    found = NOTION.decode(answer(status, body), NOTION.auth, "notion.probe")

    assert (found.failure if found else None, found.code if found else None) == (failure, code)
    assert found is None or found.maybe_done is False


@pytest.mark.req("T3")
def test_a_refusal_of_notion_carries_its_request_id_and_its_wait() -> None:
    body = limited("public_api_request_rate_limit")
    found = NOTION.decode(answer(429, body, x_notion_request_id="r-7", retry_after="12"), NOTION.auth, "c")

    assert found is not None
    assert (found.request_id, found.retry_after) == ("r-7", 12)


@pytest.mark.req("T4")
@pytest.mark.parametrize(
    ("status", "body", "failure", "code", "wait"),
    [
        (200, {"portalId": 1}, None, None, None),
        (200, ["portalId"], Failure.UNAVAILABLE, None, None),
        (401, {"category": "INVALID_AUTHENTICATION"}, Failure.UNAUTHORIZED, "INVALID_AUTHENTICATION", None),
        (401, {"category": "EXPIRED_AUTHENTICATION"}, Failure.UNAUTHORIZED, "EXPIRED_AUTHENTICATION", None),
        (401, {}, Failure.UNAUTHORIZED, None, None),
        (403, {"category": "MISSING_SCOPES"}, Failure.FORBIDDEN, "MISSING_SCOPES", None),
        (403, None, Failure.UNAVAILABLE, None, None),
        (404, {"category": "OBJECT_NOT_FOUND"}, Failure.NOT_FOUND, "OBJECT_NOT_FOUND", None),
        (423, {}, Failure.UNAVAILABLE, "LOCKED", 2.0),
        (423, None, Failure.UNAVAILABLE, "LOCKED", 2.0),
        (429, {"policyName": "DAILY", "errorType": "RATE_LIMIT"}, Failure.RATE_LIMITED, "DAILY", None),
        (429, {"policyName": "TEN_SECONDLY_ROLLING"}, Failure.RATE_LIMITED, "TEN_SECONDLY_ROLLING", 10.0),
        (429, {"errorType": "RATE_LIMIT"}, Failure.RATE_LIMITED, "RATE_LIMIT", 10.0),
        (477, None, Failure.UNAVAILABLE, "MIGRATION_IN_PROGRESS", None),
        (418, {}, Failure.REJECTED, None, None),
        *((status, None, Failure.UNAVAILABLE, None, None) for status in (502, 503, 504, 521, 522, 523, 525)),
        (503, {"category": 7, "message": None, "correlationId": []}, Failure.UNAVAILABLE, None, None),
    ],
)
def test_hubspots_answers_mean_what_its_reference_says(
    status: int, body: Any, failure: Failure | None, code: str | None, wait: float | None
) -> None:
    found = HUBSPOT.decode(answer(status, body), HUBSPOT.auth, "hubspot.probe")

    assert (found.failure if found else None, found.code if found else None) == (failure, code)
    assert (found.retry_after if found else None) == wait


@pytest.mark.req("T4")
def test_an_error_of_hubspot_is_told_with_its_correlation_id_and_its_own_wait() -> None:
    body = {"status": "error", "message": "moved", "correlationId": "c-1"}
    found = HUBSPOT.decode(answer(477, body, retry_after="3600"), HUBSPOT.auth, "hubspot.probe")

    assert found is not None
    assert (found.request_id, found.retry_after) == ("c-1", 3600)


@pytest.mark.req("T4")
@pytest.mark.parametrize(
    ("headers", "rooms"),
    [
        (
            {
                "x-hubspot-ratelimit-daily": "250000",
                "x-hubspot-ratelimit-daily-remaining": "1200",
                "x-hubspot-ratelimit-max": "100",
                "x-hubspot-ratelimit-remaining": "99",
            },
            (Headroom("daily", 250000, 1200), Headroom("10 seconds", 100, 99)),
        ),
        ({"x-hubspot-ratelimit-remaining": "0"}, (Headroom("10 seconds", None, 0),)),
        ({"x-hubspot-ratelimit-remaining": "many", "x-hubspot-ratelimit-daily-remaining": "-1"}, ()),
        ({}, ()),
    ],
    ids=["both", "OAuth tells no daily one", "nonsense", "a search tells neither"],
)
def test_hubspots_headroom_is_read_from_the_headers(
    headers: dict[str, str], rooms: tuple[Headroom, ...]
) -> None:
    assert HUBSPOT.headroom(headers) == rooms


def ask_named(vendor: Vendor, name: str) -> Ask:
    return next(ask for ask in vendor.capabilities if ask.name == name)


@pytest.mark.req("T1")
@pytest.mark.parametrize(
    ("name", "status", "body", "verdict"),
    [
        ("read comments", 200, {"results": []}, Verdict.GOOD),
        ("read comments", 403, error("restricted_resource"), Verdict.BAD),
        ("read comments", 403, None, Verdict.UNKNOWN),
        ("read comments", 404, error("object_not_found"), Verdict.UNKNOWN),
        ("read comments", 503, error("service_unavailable"), Verdict.UNKNOWN),
        ("insert comments", 403, error("restricted_resource"), Verdict.BAD),
        (
            "insert comments",
            403,
            error("restricted_resource", additional_data={"block_limit": 9}),
            Verdict.UNKNOWN,
        ),
        ("insert comments", 404, error("object_not_found"), Verdict.UNKNOWN),
        ("insert comments", 400, error("validation_error"), Verdict.UNKNOWN),
        ("insert comments", 401, error("unauthorized"), Verdict.UNKNOWN),
        ("see e-mail addresses", 200, {"results": [{"person": {"email": "a@example.com"}}]}, Verdict.GOOD),
        ("see e-mail addresses", 200, {"results": [{"type": "bot"}, {"person": {}}]}, Verdict.BAD),
        ("see e-mail addresses", 200, {"results": [{"type": "bot"}]}, Verdict.UNKNOWN),
        ("see e-mail addresses", 200, {"results": "none"}, Verdict.UNKNOWN),
        ("see e-mail addresses", 403, error("restricted_resource"), Verdict.BAD),
    ],
)
def test_a_capability_is_missing_only_where_notion_says_so_itself(
    name: str, status: int, body: Any, verdict: Verdict
) -> None:
    ask, came = ask_named(NOTION, name), answer(status, body)

    assert ask.proves(came, NOTION.decode(came, ask, "c")).verdict is verdict


@pytest.mark.req("T1")
def test_no_ask_of_notion_can_write_even_where_it_is_a_post() -> None:
    posts = [ask for ask in NOTION.asks if ask.method != "GET"]

    assert {ask.name for ask in posts} == {"one row of a data source", "insert comments"}
    assert ask_named(NOTION, "insert comments").body is not None
    assert {ask.method for ask in HUBSPOT.asks} == {"GET"}


@pytest.mark.req("T2")
@pytest.mark.parametrize(
    ("vendor", "body", "name"),
    [
        (NOTION, {"name": "Steward", "bot": {"workspace_name": "Northwind"}}, "Steward in Northwind"),
        (NOTION, {"name": "Steward", "bot": {}}, "Steward"),
        (NOTION, {"name": None, "bot": None}, "a connection without a name"),
        (HUBSPOT, {"portalId": 7, "accountType": "DEVELOPER_TEST"}, "account 7 (developer test)"),
        (HUBSPOT, {"portalId": 7}, "account 7"),
    ],
)
def test_who_we_are_is_said_in_the_vendors_words(vendor: Vendor, body: Any, name: str) -> None:
    assert vendor.who(body) == name


@pytest.mark.req("T1")
def test_addresses_may_be_others_than_the_vendors_own() -> None:
    environ = {
        "NOTION_API_URL": "http://127.0.0.1:9/",
        "NOTION_STATUS_URL": "http://a/s.json, http://b/s.json",
    }
    moved = placed(NOTION, environ)

    assert (moved.base_url, moved.status_pages) == (
        "http://127.0.0.1:9",
        ("http://a/s.json", "http://b/s.json"),
    )
    assert placed(NOTION, {}) == NOTION
    assert NOTION.status_pages[0] == "https://www.notion-status.com/api/v2/summary.json"


@pytest.mark.req("C3", "C4")
def test_who_only_shows_vendors_writes_them_as_their_descriptions_do() -> None:
    assert {name: TITLES[name] for name in known()} == {v.name: v.title for v in known().values()}
