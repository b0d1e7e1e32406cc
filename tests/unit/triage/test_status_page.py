"""Status pages: what a document says, and that nothing but a document says anything."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.local.simulators.status_page import StatusPageSimulator
from steward.clients.transport import plain_session
from steward.errors import Failure
from triage.findings import Finding, Verdict
from triage.probes.status_page import finding_of, look, read

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def document(indicator: Any = "none", *incidents: dict[str, Any], **more: Any) -> bytes:
    status = {"indicator": indicator, "description": "All Systems Operational"}
    return json.dumps({"page": {}, "status": status, "incidents": list(incidents), **more}).encode()


def incident(impact: str, status: str = "identified", **more: Any) -> dict[str, Any]:
    updates = [
        {"body": "We know why.", "created_at": "2026-11-21T11:50:00Z"},
        {"body": "We look.", "created_at": "2026-11-21T11:40:00Z"},
    ]
    return {"name": "API errors", "impact": impact, "status": status, "incident_updates": updates, **more}


@pytest.mark.req("T1")
@pytest.mark.parametrize(
    ("content", "verdict", "code"),
    [
        (document("none"), Verdict.GOOD, "none"),
        (document("minor"), Verdict.BAD, "minor"),
        (document("major"), Verdict.BAD, "major"),
        (document("critical"), Verdict.BAD, "critical"),
        (document("maintenance"), Verdict.BAD, "maintenance"),
        (document("purple"), Verdict.UNKNOWN, "purple"),
        (document("purple", incident("major")), Verdict.UNKNOWN, "purple"),
        (document("none", incident("major")), Verdict.BAD, "major"),
        (document("minor", incident("critical")), Verdict.BAD, "critical"),
        (document("none", incident("none")), Verdict.GOOD, "none"),
        (document("none", incident("sideways")), Verdict.GOOD, "none"),
        (document("none", incident("major", "resolved")), Verdict.GOOD, "none"),
        (b'{"status": {"indicator": "none"}}', Verdict.GOOD, "none"),
        (b'{"status": {"indicator": "major"}, "incidents": null, "components": "all"}', Verdict.BAD, "major"),
    ],
)
def test_a_document_says_what_its_worst_word_says(content: bytes, verdict: Verdict, code: str) -> None:
    page = read(content)

    assert page is not None
    found = finding_of("notion", page, NOW, 0.1)
    assert (found.verdict, found.code) == (verdict, code)


@pytest.mark.req("T1")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!DOCTYPE html><html></html>",
        b"[]",
        b'{"status": "none"}',
        b'{"status": {"indicator": 3}}',
        b'{"status": {"indicator": ""}}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_status_document_says_nothing(content: bytes) -> None:
    assert read(content) is None


@pytest.mark.req("T4")
def test_an_incident_is_told_with_its_latest_update() -> None:
    page = read(document("major", incident("major"), components=[{"name": "API", "status": "major_outage"}]))

    assert page is not None
    found = finding_of("hubspot", page, NOW, 0.1)
    assert "“API errors” identified at 2026-11-21T11:50:00Z: We know why." in found.says
    assert "not operational: API" in found.says
    assert found.numbers == {"incidents": 1, "components": 1}


@pytest.fixture
def page() -> Iterator[StatusPageSimulator]:
    with StatusPageSimulator() as simulator:
        yield simulator


def seen(*addresses: str, seconds: float = 5.0) -> Finding:
    return look(
        "notion", addresses, session=plain_session, seconds=seconds, now=lambda: NOW, clock=time.monotonic
    )


@pytest.mark.req("T1")
def test_the_first_address_that_can_be_read_wins(page: StatusPageSimulator) -> None:
    page.set_status("minor")
    found = seen(f"{page.url}/nothing", page.summary_url, "http://127.0.0.1:1/never")

    assert (found.verdict, found.code) == (Verdict.BAD, "minor")
    assert [row["path"] for row in page.requests()] == ["/nothing", "/api/v2/summary.json"]


@pytest.mark.req("T1")
@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"kind": "html"}, "no status document"),
        ({"kind": "malformed"}, "no status document"),
        ({"kind": "answer", "status": 503}, "status 503"),
        ({"kind": "answer", "status": 302, "body": {"status": {"indicator": "none"}}}, "a redirect (302)"),
        ({"kind": "answer", "status": 500, "body": {"status": {"indicator": "none"}}}, "status 500"),
        ({"kind": "reset"}, "RemoteDisconnected|ConnectionResetError"),
    ],
)
def test_a_page_that_can_not_be_read_is_unknown_and_never_an_outage(
    page: StatusPageSimulator, fault: dict[str, Any], says: str
) -> None:
    page.add_fault(fault, times=None)
    found = seen(page.summary_url)

    assert found.verdict is Verdict.UNKNOWN
    assert any(word in found.says for word in says.split("|"))


@pytest.mark.req("T1")
def test_a_redirect_is_said_and_not_followed(page: StatusPageSimulator) -> None:
    page.add_fault({"kind": "redirect", "to": f"{page.url}/api/v2/status.json"})
    found = seen(page.summary_url)

    assert found.verdict is Verdict.UNKNOWN
    assert "a redirect (302), which is not followed" in found.says
    assert len(page.requests()) == 1


@pytest.mark.req("T1")
def test_silence_is_unknown_and_the_next_address_still_has_its_time(page: StatusPageSimulator) -> None:
    page.add_fault({"kind": "hang"}, path="/silent", times=None)
    found = seen(f"{page.url}/silent", page.summary_url, seconds=2.4)

    assert found.verdict is Verdict.GOOD


@pytest.mark.req("T1")
def test_a_page_out_of_reach_tells_the_networks_own_word(closed_port: int) -> None:
    found = seen(f"http://127.0.0.1:{closed_port}/summary.json")

    assert (found.verdict, found.failure, found.status) == (Verdict.UNKNOWN, Failure.UNREACHABLE, None)
    assert found.code == "NewConnectionError"
