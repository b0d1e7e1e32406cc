"""Requests that nobody's browser makes, and what comes back of them: nothing."""

import pytest

from console.passes import Passes
from tests.integration.console.rig import HOST, TOKEN, Rig

LOGIN, DASHBOARD = "/dashboard/login", "/dashboard"


@pytest.mark.req("C3")
@pytest.mark.parametrize(
    ("host", "proto", "name"),
    [
        ("127.0.0.1:8080", "http", "steward="),
        ("localhost:8080", "http", "steward="),
        ("[::1]:8080", "http", "steward="),
        ("127.0.0.1:8080", "https", "__Host-steward="),
        (HOST, "http", "__Host-steward="),  # whoever says so gets no cookie that travels in the clear
        ("127.0.0.1.evil.example", "http", "__Host-steward="),
        ("localhost@evil.example", "http", "__Host-steward="),
        ("[::1", "http", "__Host-steward="),
        ("", "http", "__Host-steward="),
    ],
)
def test_only_this_machine_gets_a_cookie_for_plain_http(rig: Rig, host: str, proto: str, name: str) -> None:
    got = rig.post_form(LOGIN, f"token={TOKEN}".encode(), host=host, x_forwarded_proto=proto)

    assert got.status == 303
    assert got.cookies[0].startswith(name)
    assert ("Secure" in got.cookies[0]) is (name != "steward=")
    assert ("strict-transport-security" in got.headers) is (name != "steward=")


@pytest.mark.req("C3")
@pytest.mark.parametrize(
    "hostile", ["evil.example/%0d%0aX: 1", "a\r\nset-cookie: x=1", "<script>", "x" * 5000]
)
def test_nothing_that_was_sent_comes_back_in_a_header(rig: Rig, hostile: str) -> None:
    headers = {
        "host": hostile,
        "origin": hostile,
        "x_forwarded_proto": hostile,
        "accept": hostile,
        "cookie": f"a={hostile}",
    }
    for path in (DASHBOARD, LOGIN, "/status", "/health"):
        got = rig.ask("GET", f"{path}?ticket={'x' if path == LOGIN else ''}&next=//evil.example", **headers)
        assert got.status < 500
        assert not any("evil" in value or "script>" in value for value in got.headers.values())
        assert "<script>" not in got.text


@pytest.mark.req("C3")
@pytest.mark.parametrize("path", ["events", "incidents"])
@pytest.mark.parametrize(
    "given",
    [
        "none",
        "%2e%2e%2f..",
        "<script>alert(1)",
        "%3Cscript%3E",
        "%00",
        "x" * 9000,
        "%F0%A0%80%80" * 512,
        "%F0%9F%98%80",
    ],
)
def test_what_is_not_there_is_404_and_comes_back_as_text_at_most(rig: Rig, path: str, given: str) -> None:
    got = rig.ask("GET", f"/dashboard/{path}/{given}", cookie=rig.log_in())

    assert got.status == 404
    assert "<script>" not in got.text


@pytest.mark.req("O5")
def test_no_log_line_holds_a_token_a_ticket_or_a_session(
    rig: Rig, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    cookie = rig.log_in()
    ticket = Passes([TOKEN], rig.clock.time).ticket()
    rig.ask("GET", f"{LOGIN}?ticket={ticket}")
    rig.ask("GET", DASHBOARD, cookie=cookie)
    rig.ask("GET", "/api/admin/sync/health", authorization=f"Bearer {TOKEN}")
    rig.post_form(LOGIN, b"token=almost-" + TOKEN.encode())

    logged = capsys.readouterr().out + "".join(str(vars(record)) for record in caplog.records)
    assert "POST /dashboard/login" in logged
    assert not [secret for secret in (TOKEN, ticket, cookie.partition("=")[2]) if secret in logged]
