"""Attacks on the console, over HTTP against the whole stack: nobody gets in, and what strangers wrote is text."""

import html
import json
import re
import time

import pytest

from tests.attacks.aftermath import no_log_has_a_secret, nobody_else_was_reached, nothing_is_left_of_an_attack
from tests.attacks.console_pack import (
    CONSOLE_PACK,
    DASHBOARD,
    FORM,
    GUESS,
    LOGIN,
    OURS,
    SYNC,
    Attempt,
    get,
    passes,
)
from tests.attacks.markup import foreign
from tests.attacks.site import Site, eventually
from tests.attacks.wire import Reply, post
from tests.attacks.words import MALLORY, TITLES

pytestmark = pytest.mark.stack

MINUTE = 61.0
"""Seconds after which an address may guess as often as at first."""

GUARDS = ("content-security-policy: default-src 'none'", "x-content-type-options: nosniff", "cache-control: ")


def header(reply: Reply, name: str) -> str:
    found = re.search(rf"(?im)^{name}: (.*?)\r?$", reply.head)
    return found[1] if found else ""


def inside(site: Site, path: str = DASHBOARD) -> Reply:
    """What somebody sees who has a session."""
    return site.send(get(path, f"Cookie: steward={passes(site).session()}"))


@pytest.mark.req("C2", "C3")
@pytest.mark.parametrize(
    "attempt",
    [attempt for _, attempt in CONSOLE_PACK],
    ids=[f"{group}: {one.name}" for group, one in CONSOLE_PACK],
)
def test_without_token_ticket_or_session_nobody_gets_in(site: Site, attempt: Attempt) -> None:
    site.said |= {site.stack.console_token, GUESS}
    site.turn(MINUTE)

    reply = site.send(attempt.make(site))

    assert reply.status == attempt.status
    assert not re.search(r"steward=[^;\s]", header(reply, "set-cookie"))
    assert header(reply, "location").removesuffix("?next=%2Fdashboard%2Fevents%2Fx").removesuffix(
        "?next=%2Fdashboard%2Fincidents%2Fx"
    ) in ("", LOGIN)
    assert "x-injected" not in reply.head.lower()
    assert site.stack.console_token.encode() not in reply.body
    if b'{"message":' not in reply.body:  # else it is the answer of API Gateway, which knows no such route
        assert [guard for guard in GUARDS if guard not in reply.head.lower()] == []


@pytest.mark.req("C2", "C3", "T9")
def test_who_guesses_is_slowed_down_whatever_they_call_themselves_and_who_is_in_is_not(site: Site) -> None:
    site.turn(MINUTE)
    right = f"Authorization: Bearer {site.stack.console_token}"
    assert site.send(get(SYNC, right)).status == 200
    mark, began = site.mark(), time.monotonic()

    guesses = [
        site.send(get(SYNC, f"Authorization: Bearer {GUESS}{n}", f"X-Forwarded-For: 10.0.0.{n}"))
        for n in range(20)
    ]
    forged = [site.send(get(DASHBOARD, f"Cookie: steward={n}.x.y")).status for n in range(20)]

    statuses = [reply.status for reply in guesses]
    assert statuses[:10] == [401] * 10
    # Where the machine is slow, one more was allowed meanwhile: one in six seconds.
    assert 10 <= statuses.count(401) <= 11 + (time.monotonic() - began) // 6
    assert statuses[-1] == 429
    assert int(header(guesses[-1], "retry-after")) > 0
    assert site.send(get(SYNC, right)).status == 429, "being right goes no faster than guessing"
    assert (
        site.send(
            post(f"token={site.stack.console_token}".encode(), target=LOGIN, headers=(FORM, OURS))
        ).status
        == 429
    )
    assert inside(site).status == 200
    assert forged == [303] * 20
    # Of each version of the secret one, however many guess: the first that is wrong may only not be known yet.
    asked = [
        one["operation"] for one in site.seen(mark, "-Console-") if one.get("operation") == "GetSecretValue"
    ]
    assert len(asked) <= 4
    site.turn(MINUTE)
    assert site.send(get(SYNC, right)).status == 200


@pytest.mark.req("C3")
def test_who_has_the_token_gets_a_cookie_that_no_script_and_no_other_site_gets(site: Site) -> None:
    site.turn(MINUTE)
    token = f"token={site.stack.console_token}".encode()

    reply = site.send(post(token, target=LOGIN, headers=(FORM, "Sec-Fetch-Site: same-origin")))

    cookie = header(reply, "set-cookie")
    assert cookie.partition("=")[2].partition(";")[0] in site.said, "it may stand in no log"
    assert (reply.status, header(reply, "location")) == (303, DASHBOARD)
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert site.send(get(DASHBOARD, f"Cookie: {cookie.partition(';')[0]}")).status == 200


@pytest.mark.req("C3", "O5")
def test_a_ticket_logs_in_and_neither_it_nor_the_session_is_written_down_anywhere(site: Site) -> None:
    site.turn(MINUTE)
    ticket, mark = passes(site).ticket(), len(site.stack.access_log.lines())

    reply = site.send(get(f"{LOGIN}?ticket={ticket}"))

    assert (reply.status, header(reply, "location")) == (303, DASHBOARD)
    session = header(reply, "set-cookie").partition("=")[2].partition(";")[0]
    assert {ticket, session} <= site.said, "the aftermath looks for both"
    (line,) = site.stack.access_log.lines()[mark:]
    assert (json.loads(line)["route"], "ticket" in line) == (f"ANY {LOGIN}", False)


@pytest.mark.req("C3", "C4")
def test_what_people_and_events_say_is_text_on_every_page(site: Site) -> None:
    mallory = site.notion.add_user(MALLORY)
    markup = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"
    titles = [TITLES[0], markup, "x" * 2000, "javascript:alert(1)"]
    pages = [site.notion.add_page(site.demo.data_source_id, {"Name": title}, by=mallory) for title in titles]
    site.notion.drain()
    for page in pages:
        site.notion.edit(page, properties={"Assignee": [mallory]}, by=mallory)
    strange = "oddity: <b onclick=alert(1)>"
    event = site.event(
        strange, markup, entity={"id": pages[0], "type": markup}, authors=[{"id": markup, "type": markup}]
    )
    assert site.deliver(event).status == 200
    assert site.notion.drain(30)
    eventually(lambda: site.row(strange))
    site.settle()

    rows = [row["pk"].removeprefix("EVENT#") for row in site.rows() if row.get("entity") in pages]
    addresses = [
        DASHBOARD,
        "/status",
        LOGIN,
        f"{DASHBOARD}?page={markup}&outcome={markup}".replace(" ", "+").replace("#", "%23"),
    ]
    addresses += [f"{DASHBOARD}/events/{quoted(event_id)}" for event_id in rows]
    seen = ""
    for address in addresses:
        reply = inside(site, address)
        assert reply.status == 200, address
        page = reply.body.decode()
        seen += page
        assert foreign(page) == [], address
    # Shown, as text: the title, and the name of who was assigned.
    for shown in ("<script>alert(1)</script><img src=x onerror=alert(1)>", MALLORY):
        assert html.escape(shown) in seen
        assert shown not in seen


def quoted(event_id: str) -> str:
    return "".join(f"%{byte:02x}" for byte in event_id.encode())


@pytest.mark.req("C1", "O5")
def test_what_anybody_may_see_names_nobody_and_nothing(site: Site) -> None:
    site.stack.client("lambda").invoke(FunctionName=site.stack.resource("Triage"), Payload=b"{}")
    site.turn(6.0)  # it is kept for five seconds
    known = [
        site.demo.ann,
        site.demo.data_source_id,
        "Ann",
        "example.com",
        "127.0.0.1",
        "Review the contract",
        "arn:",
        "ntn_",
    ]

    for path in ("/health", "/webhook/health", "/status"):
        reply = site.send(get(path, "Accept: application/json"))
        assert reply.status in (200, 503)
        assert json.loads(reply.body)
        assert [word for word in (*known, *site.said) if word and word in reply.body.decode()] == []


@pytest.mark.req("O5")
def test_after_all_that_nothing_is_changed_nobody_else_was_reached_and_no_log_has_a_secret(
    site: Site,
) -> None:
    nothing_is_left_of_an_attack(site)
    nobody_else_was_reached(site)
    no_log_has_a_secret(site)
