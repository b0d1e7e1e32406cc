"""Through the login to the page that a link named, by token and by ticket; and to no other place."""

import html
import re
from urllib.parse import urlencode

import pytest

from console.passes import Passes
from tests.integration.console.rig import TOKEN, Rig
from tests.unit.console.test_onward import HOSTILE

LOGIN, DASHBOARD = "/dashboard/login", "/dashboard"


@pytest.mark.req("C3")
@pytest.mark.parametrize(
    "path",
    [
        "/dashboard/incidents/notion-20261121-1",
        "/dashboard/events/~4oCT",
        "/dashboard?outcome=failed&page=a+%22b%22%2F%2Fc&before=2026-11-20T11%3A00%3A00.000%2B00%3A00%23e",
    ],
)
def test_who_followed_a_link_is_led_on_to_it_by_token_by_ticket_and_after_a_mistake(
    rig: Rig, path: str
) -> None:
    login = rig.ask("GET", path).headers["location"]
    field = re.search(r'name="next" value="([^"]*)"', rig.ask("GET", login).text)
    assert field is not None
    given = urlencode({"next": html.unescape(field[1])})

    wrong = rig.post_form(LOGIN, f"token=guessed&{given}".encode())
    assert (wrong.status, field[0] in wrong.text) == (401, True)

    got = rig.post_form(LOGIN, f"token={TOKEN}&{given}".encode())
    assert (got.status, got.headers["location"]) == (303, path)
    ticket = Passes([TOKEN], rig.clock.time).ticket()
    assert rig.ask("GET", f"{login}&ticket={ticket}").headers["location"] == path


@pytest.mark.req("C3", "O5")
@pytest.mark.parametrize("hostile", HOSTILE)
def test_nobody_is_led_anywhere_else(rig: Rig, hostile: str) -> None:
    given = urlencode({"next": hostile}, errors="replace")
    ticket = Passes([TOKEN], rig.clock.time).ticket()

    form = rig.ask("GET", f"{LOGIN}?{given}")
    assert (form.status, 'name="next" value="/dashboard"' in form.text) == (200, True)
    for got in (
        rig.post_form(LOGIN, f"token={TOKEN}&{given}".encode()),
        rig.ask("GET", f"{LOGIN}?ticket={ticket}&{given}"),
        rig.ask("GET", f"{LOGIN}?ticket={ticket}&{given}", sec_fetch_site="cross-site"),
    ):
        assert (got.status, got.headers["location"]) == (303, DASHBOARD)
