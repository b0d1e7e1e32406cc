"""An event opens by its link in the list, whatever its sender called it."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest

from console.event_address import id_of, part_of
from steward.event_fields import MAX_TEXT
from steward.events import Event
from steward.journal import Decision, Entry
from tests.integration.console.rig import Rig

pytestmark = pytest.mark.req("C3", "P8", "I7")

ODD = [
    "a/b",
    "../../login",
    "..",
    ".",
    'say "hello"',
    "first\nsecond\r\nthird",
    "a?b#c&d=e",
    "%2e%2e%2f",
    "50 % off",
    "<script>alert(1)</script>",
    "\u202egnp.exe",
    "\x00",
    "\\",
    "~YQ",
    "~",
    "\u5c1a" * MAX_TEXT,
    "\U0001f600" * MAX_TEXT,
    "d" * MAX_TEXT,
]
PLAIN = ["1f0e2d3c-0000-4a8b-9c1d-aaaaaaaaaaaa", "event_1", "v1.2"]


def finish(rig: Rig, event_id: str) -> None:
    now = rig.clock.now()
    event = Event(event_id, "comment.created", "official", now - timedelta(seconds=3))
    rig.sources.journal.record(
        Entry(event, Decision.IGNORED, "It is this one.", None, (), 0, now - timedelta(seconds=1), now)
    )


def links(page: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'href="(/dashboard/events/[^"]*)"', page)]


@pytest.mark.parametrize("event_id", [*ODD, *PLAIN], ids=lambda text: ascii(text[:20]))
def test_an_event_opens_by_its_link_whatever_its_id_is_made_of(rig: Rig, event_id: str) -> None:
    finish(rig, event_id)
    cookie = rig.log_in()

    (link,) = links(rig.ask("GET", "/dashboard", cookie=cookie).text)
    assert re.fullmatch(r"/dashboard/events/[\w~-][\w.-]*", link, re.ASCII)
    got = rig.ask("GET", link, cookie=cookie)
    assert got.status == 200
    assert "It is this one." in got.text


@pytest.mark.parametrize("event_id", [*PLAIN, "~YQ", "~", "a b", "<b>"])
def test_a_link_from_before_that_has_the_id_itself_opens_it_still(rig: Rig, event_id: str) -> None:
    finish(rig, event_id)

    got = rig.ask("GET", f"/dashboard/events/{quote(event_id)}", cookie=rig.log_in())
    assert got.status == 200


@pytest.mark.parametrize("part", ["~", "~!", "~YQ=", "~_w", "~YQ" + "A" * 4000, "~\u5c1a", "~A"])
def test_what_only_looks_like_a_part_of_ours_is_an_id_that_nobody_has(rig: Rig, part: str) -> None:
    assert id_of(part) == part
    assert rig.ask("GET", f"/dashboard/events/{quote(part)}", cookie=rig.log_in()).status == 404


@pytest.mark.parametrize("event_id", [*ODD, *PLAIN], ids=lambda text: ascii(text[:20]))
def test_every_id_is_told_from_every_other_by_its_part_of_the_address(event_id: str) -> None:
    assert id_of(part_of(event_id)) == event_id
