"""In by token or by ticket, out by a button; and what somebody is told who does not get in."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.browser.served import TOKEN, Console
from tests.browser.visit import Visit

pytestmark = pytest.mark.req("C3")

Open = Callable[..., Visit]


def test_the_token_opens_the_dashboard_and_logging_out_closes_it(visit: Open) -> None:
    here = visit(logged_in=False)
    here.go("/dashboard")
    assert here.page.url.endswith("/dashboard/login")

    here.page.get_by_label("Console token").fill(TOKEN)
    here.page.get_by_role("button", name="Log in").click()

    here.page.get_by_role("heading", name="Nobody has looked yet").wait_for()
    (cookie,) = here.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("steward", True, "Strict")
    assert TOKEN not in cookie["value"]
    assert TOKEN not in here.page.content()

    here.page.get_by_role("button", name="Log out").click()
    here.page.get_by_role("heading", name="Log in").wait_for()
    assert here.cookies() == []
    here.go("/dashboard")
    assert here.page.url.endswith("/dashboard/login")


def test_who_followed_a_link_to_an_incident_is_there_after_the_login(visit: Open) -> None:
    here = visit(logged_in=False)
    incident = here.console.world.outage()
    here.expect_refusal(401)
    here.go(f"/dashboard/incidents/{incident.id}")
    for token in ("guessed", TOKEN):
        here.page.get_by_label("Console token").fill(token)
        here.page.get_by_role("button", name="Log in").click()
        here.page.wait_for_load_state()

    here.page.get_by_role("heading", name="Timeline").wait_for()
    assert here.page.url == f"{here.console.url}/dashboard/incidents/{incident.id}"


def test_a_link_with_a_ticket_opens_the_dashboard_and_leaves_no_ticket_in_the_address(visit: Open) -> None:
    here = visit()

    assert here.page.url == f"{here.console.url}/dashboard"
    assert here.page.get_by_role("heading", level=1).is_visible()


def test_an_old_ticket_says_what_to_do(visit: Open, console: Console) -> None:
    ticket = console.ticket
    console.world.now += timedelta(hours=1)
    here = visit(logged_in=False)
    here.expect_refusal(401)

    assert here.go(ticket).status == 401
    assert "expired" in here.text('[role="alert"]')


def test_a_wrong_token_is_refused_in_words_that_belong_to_the_field(visit: Open) -> None:
    here = visit(logged_in=False)
    here.expect_refusal(401)
    here.go("/dashboard/login")

    field = here.page.get_by_label("Console token")
    field.fill("guessed")
    field.press("Enter")

    assert "does not open" in here.text('[role="alert"]')
    described = here.page.get_by_label("Console token").get_attribute("aria-describedby")
    assert here.page.locator(f"#{described}").get_attribute("role") == "alert"
    assert here.page.get_by_label("Console token").input_value() == ""
    assert here.cookies() == []


def test_an_event_or_incident_that_there_is_not_is_a_page_that_says_so(visit: Open) -> None:
    here = visit()
    here.expect_refusal(404)

    for path in ("/dashboard/events/nobody", "/dashboard/incidents/nobody"):
        assert here.go(path).status == 404
        assert "No such" in here.text("h1")
        assert here.check() == []
