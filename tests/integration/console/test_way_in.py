"""The way into the dashboard, and the ways that lead nowhere."""

import json

import pytest

from console.onward import login_for
from console.passes import SESSION_SECONDS, TICKET_SECONDS, Passes
from tests.integration.console.rig import FORMER, HOST, ORIGIN, TOKEN, Rig

LOGIN, LOGOUT, DASHBOARD = "/dashboard/login", "/dashboard/logout", "/dashboard"
INSIDE = [DASHBOARD, "/dashboard/events/event-1", "/dashboard/incidents/notion-1"]


@pytest.mark.req("C3")
def test_who_logs_in_gets_a_cookie_that_no_script_and_no_other_site_gets(rig: Rig) -> None:
    got = rig.post_form(LOGIN, f"token={TOKEN}".encode())

    assert (got.status, got.headers["location"]) == (303, DASHBOARD)
    (cookie,) = got.cookies
    assert cookie.startswith("__Host-steward=")
    assert set(cookie.split("; ")[1:]) == {
        "Path=/",
        f"Max-Age={SESSION_SECONDS}",
        "HttpOnly",
        "Secure",
        "SameSite=Strict",
    }
    assert TOKEN not in cookie
    assert rig.ask("GET", DASHBOARD, cookie=cookie.partition(";")[0]).status == 200


@pytest.mark.req("C3")
@pytest.mark.parametrize("path", INSIDE)
def test_without_a_session_the_way_leads_to_the_login(rig: Rig, path: str) -> None:
    got = rig.ask("GET", path)

    assert (got.status, got.headers["location"], got.cookies) == (303, login_for(path), [])


@pytest.mark.req("C3")
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_who_follows_a_link_from_slack_is_asked_to_come_again_from_here(rig: Rig, site: str) -> None:
    first = rig.ask("GET", INSIDE[2], sec_fetch_site=site)
    assert (first.status, '<meta http-equiv="refresh" content="0">' in first.text) == (200, True)

    second = rig.ask("GET", INSIDE[2], sec_fetch_site="same-origin")
    assert second.status == 303  # and not again and again


@pytest.mark.req("C3")
def test_a_session_ends_after_its_time_and_goes(rig: Rig, counted: dict[str, list[float]]) -> None:
    cookie = rig.log_in()
    rig.clock.sleep(SESSION_SECONDS)
    assert rig.ask("GET", DASHBOARD, cookie=cookie).status == 200

    rig.clock.sleep(1)
    got = rig.ask("GET", DASHBOARD, cookie=cookie)
    assert got.status == 303
    assert "Max-Age=0" in got.cookies[0]
    assert "ConsoleRefused" not in counted  # it was good once


@pytest.mark.req("C3")
@pytest.mark.parametrize("path", INSIDE)
@pytest.mark.parametrize(
    "value",
    ["x", "a.b.c", TOKEN, "..", "%00", "é.é.é", "x" * 5000, "another token's"],
)
def test_a_forged_session_opens_nothing_and_is_counted(
    rig: Rig, path: str, value: str, counted: dict[str, list[float]]
) -> None:
    if value == "another token's":
        value = Passes(["x" * 40], rig.clock.time).session()
    got = rig.ask("GET", path, cookie=f"__Host-steward={value}")

    assert (got.status, got.headers["location"]) == (303, login_for(path))
    assert "Max-Age=0" in got.cookies[0]
    assert counted["ConsoleRefused"] == [1, 1]


@pytest.mark.req("C3")
def test_of_two_cookies_of_a_name_the_first_counts_and_another_name_is_none(rig: Rig) -> None:
    cookie = rig.log_in()

    assert rig.ask("GET", DASHBOARD, cookie=f"__Host-steward=x; {cookie}").status == 303
    assert rig.ask("GET", DASHBOARD, cookie=f"other=1; {cookie}").status == 200
    assert rig.ask("GET", DASHBOARD, cookie=cookie.replace("__Host-", "")).status == 303


@pytest.mark.req("C3", "T9")
def test_a_retired_token_takes_its_sessions_with_it(rig: Rig) -> None:
    rig.secrets.versions = {"AWSCURRENT": json.dumps({"token": FORMER})}
    cookie = rig.log_in(FORMER)
    rig.secrets.versions = {
        "AWSCURRENT": json.dumps({"token": TOKEN}),
        "AWSPREVIOUS": json.dumps({"token": FORMER}),
    }
    rig.clock.sleep(61)
    assert rig.ask("GET", DASHBOARD, cookie=cookie).status == 200

    del rig.secrets.versions["AWSPREVIOUS"]
    rig.clock.sleep(61)
    assert rig.ask("GET", DASHBOARD, cookie=cookie).status == 303


@pytest.mark.req("C3")
@pytest.mark.parametrize(
    ("form", "status", "says"),
    [
        (b"", 400, "Give the console"),
        (b"token=", 400, "Give the console"),
        (b"other=x", 400, "Give the console"),
        (b"token=wrong", 401, "This does not open"),
        (b"token=%ff%fe%00", 401, "This does not open"),
        (b"token=" + b"x" * 3000, 401, "This does not open"),
        (b"token=" + b"x" * 9000, 413, "too_large"),
        (b"&".join(b"a=1" for _ in range(50)), 400, "bad_form"),
        (b"\xff\xfe", 400, "bad_form"),
    ],
)
def test_a_wrong_form_opens_nothing_and_says_so(rig: Rig, form: bytes, status: int, says: str) -> None:
    got = rig.post_form(LOGIN, form)

    assert (got.status, says in got.text, got.cookies) == (status, True, [])


@pytest.mark.req("C3")
def test_a_form_of_another_type_is_none(rig: Rig) -> None:
    got = rig.post_form(LOGIN, json.dumps({"token": TOKEN}).encode(), content_type="application/json")

    assert (got.status, got.cookies) == (400, [])


@pytest.mark.req("C3")
@pytest.mark.parametrize("path", [LOGIN, LOGOUT])
@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "same-origin", "origin": "null"}, True),  # what our no-referrer makes of it
        ({"origin": ORIGIN}, True),  # a browser from before Sec-Fetch-Site
        ({"origin": ORIGIN.upper()}, True),
        ({}, False),
        ({"origin": "null"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"origin": f"https://{HOST}.evil.example"}, False),
        ({"origin": f"http://{HOST}"}, False),
        ({"sec_fetch_site": "cross-site", "origin": ORIGIN}, False),
        ({"sec_fetch_site": "same-site"}, False),
        ({"sec_fetch_site": "none"}, False),
    ],
)
def test_only_our_own_pages_post(rig: Rig, path: str, headers: dict[str, str], ours: bool) -> None:
    form = {"content_type": "application/x-www-form-urlencoded"}
    got = rig.ask("POST", path, f"token={TOKEN}".encode(), **form, **headers)

    assert got.status == (303 if ours else 403)
    assert bool(got.cookies) is ours


@pytest.mark.req("C3")
def test_logging_out_takes_the_cookie_away_and_takes_a_post(rig: Rig) -> None:
    got = rig.post_form(LOGOUT, b"", cookie=rig.log_in())

    assert (got.status, got.headers["location"]) == (303, LOGIN)
    assert got.cookies[0].startswith("__Host-steward=; ")
    assert "Max-Age=0" in got.cookies[0]
    assert (rig.ask("GET", LOGOUT).status, rig.ask("GET", LOGOUT).headers["allow"]) == (405, "POST")


@pytest.mark.req("C3")
def test_a_ticket_logs_in_for_a_quarter_of_an_hour(rig: Rig) -> None:
    ticket = Passes([TOKEN], rig.clock.time).ticket()
    rig.clock.sleep(TICKET_SECONDS)
    got = rig.ask("GET", f"{LOGIN}?ticket={ticket}", sec_fetch_site="cross-site")
    assert (got.status, got.headers["location"]) == (303, DASHBOARD)
    assert rig.ask("GET", DASHBOARD, cookie=got.cookies[0].partition(";")[0]).status == 200

    rig.clock.sleep(1)
    late = rig.ask("GET", f"{LOGIN}?ticket={ticket}")
    assert (late.status, "has expired" in late.text, late.cookies) == (401, True, [])


@pytest.mark.req("C3")
@pytest.mark.parametrize("ticket", ["x", "a.b.c", TOKEN, "%00", "%ff", "a session"])
def test_a_forged_ticket_opens_nothing(rig: Rig, ticket: str) -> None:
    if ticket == "a session":
        ticket = Passes([TOKEN], rig.clock.time).session()
    got = rig.ask("GET", f"{LOGIN}?ticket={ticket}")

    assert (got.status, got.cookies) == (401, [])


@pytest.mark.req("C3")
def test_tickets_and_tokens_of_one_address_are_throttled_together_and_sessions_are_not(rig: Rig) -> None:
    cookie = rig.log_in()
    for number in range(5):
        rig.ask("GET", f"{LOGIN}?ticket={number}")
        rig.post_form(LOGIN, f"token={number}".encode())

    got = rig.post_form(LOGIN, f"token={TOKEN}".encode())
    assert (got.status, got.headers["retry-after"], got.cookies) == (429, "6", [])
    assert rig.ask("GET", f"{LOGIN}?ticket={Passes([TOKEN], rig.clock.time).ticket()}").status == 429
    assert rig.ask("GET", DASHBOARD, cookie=cookie).status == 200


@pytest.mark.req("C3")
@pytest.mark.parametrize("versions", [{}, {"AWSCURRENT": '{"token":""}', "AWSPREVIOUS": '{"token":""}'}])
def test_without_a_token_the_login_says_which_command_makes_one(rig: Rig, versions: dict[str, str]) -> None:
    rig.secrets.versions = versions

    assert "rotate console" in rig.ask("GET", LOGIN).text
    assert (rig.post_form(LOGIN, b"token=").status, rig.post_form(LOGIN, b"token=x").status) == (400, 401)
    assert rig.ask("GET", DASHBOARD, cookie="__Host-steward=x").status == 303
