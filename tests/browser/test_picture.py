"""The picture of the dashboard that the README shows: an hour in which Notion is away.

It is build output like the other screenshots; ``make picture`` runs this and copies it to docs. Nothing compares pixels:
fonts differ from machine to machine.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.browser.visit import PICTURES, Visit
from tests.browser.world import World

pytestmark = pytest.mark.req("C3")

Open = Callable[..., Visit]

WIDTH, EVENTS = 1120, 5
"""How wide it is, and how many events are on it."""

LARGEST = 250_000
"""Bytes: whoever clones the repository takes it along."""


def test_the_readme_s_picture_shows_what_is_wrong_the_figures_the_services_and_events(
    visit: Open, world: World
) -> None:
    world.outage()
    world.ordinary(last=timedelta(minutes=24))
    world.over()
    here = visit(viewport={"width": WIDTH, "height": 1600}, timezone_id="UTC")

    last = here.box(f".events tbody tr:nth-child({EVENTS})")
    bottom = last["y"] + last["height"] + 1
    picture = here.page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": bottom})
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / "dashboard.png").write_bytes(picture)

    tops = [here.box(part)["y"] for part in (".headline", ".timeline", ".figures", ".services", ".breakers")]
    assert all(top < bottom for top in tops)
    assert "since 13:41:35 UTC" in here.text(".headline")
    assert here.text("#events") == "Latest events times are UTC"
    assert bottom < 1300, "it fits on a screen beside a page of text"
    assert len(picture) < LARGEST
