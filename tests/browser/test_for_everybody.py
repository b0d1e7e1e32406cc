"""Read by screen readers, worked by keyboard, on a phone, light and dark; and kept fresh without disturbing anybody."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Literal

import pytest

from steward.journal import Decision
from tests.browser.material import ANN, HOSTILE
from tests.browser.visit import PICTURES, Visit
from tests.browser.world import World

pytestmark = pytest.mark.req("C3", "C4")

Open = Callable[..., Visit]
Landmark = Literal["banner", "main", "contentinfo", "navigation", "search"]
WINDOWS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 360, "height": 740}, "has_touch": True},
}


@pytest.mark.parametrize("window", WINDOWS)
def test_every_page_is_for_everybody_and_fits(visit: Open, world: World, window: str) -> None:
    incident = world.outage()
    world.ordinary(1)
    for number, title in enumerate(HOSTILE):
        world.event(
            900 + number, (title, "page.created", ANN, Decision.PARKED, title, ()), timedelta(hours=1)
        )
    event = world.event(999, (HOSTILE[0], "page.created", ANN, Decision.PARKED, "KeyError", ()), timedelta(0))
    world.over()
    here = visit(logged_in=False, **WINDOWS[window])
    found: dict[str, list[str]] = {}
    pages = {
        "login": "/dashboard/login",
        "status": "/status",
        "dashboard": here.console.ticket,
        "event": f"/dashboard/events/{event}",
        "incident": f"/dashboard/incidents/{incident.id}",
    }
    for name, path in pages.items():
        assert here.go(path).status == 200
        assert here.overflow() == 0, name
        found[name] = here.check()
        PICTURES.mkdir(parents=True, exist_ok=True)
        here.page.screenshot(path=PICTURES / f"{name}-{window}.png", full_page=True)

    assert {name: faults for name, faults in found.items() if faults} == {}


def test_a_thumb_hits_every_link_and_reaches_the_events_at_once(visit: Open, world: World) -> None:
    incident = world.outage()
    event, *_ = world.ordinary()
    world.over()
    here = visit(**WINDOWS["phone"])

    for path in ("/dashboard", f"/dashboard/events/{event}", f"/dashboard/incidents/{incident.id}"):
        here.go(path)
        small: list[str] = here.page.evaluate(
            """[...document.querySelectorAll("a, button, select, input, summary")]
              .filter(one => one.checkVisibility() && !one.matches(".skip"))
              .map(one => [one.innerText || one.name, one.getBoundingClientRect()])
              .filter(([name, box]) => box.width < 24 || box.height < 24)
              .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""
        )
        assert small == [], path

    here.go("/dashboard")
    assert here.page.evaluate("document.documentElement.scrollHeight") < 4500, "of twenty events"
    here.page.get_by_role("navigation").get_by_role("link", name="Events").click()
    top: float = here.page.locator("#events").evaluate("one => one.getBoundingClientRect().top")
    assert 0 <= top < 200


def test_a_keyboard_goes_through_the_page_in_order_and_skips_what_it_wants(visit: Open, world: World) -> None:
    world.well()
    world.ordinary(1)
    here = visit()
    keyboard = here.page.keyboard

    def at() -> str:
        text: str = here.page.evaluate("document.activeElement.name || document.activeElement.innerText")
        return text

    keyboard.press("Tab")
    assert at() == "Skip to the content"
    assert here.box(".skip")["x"] >= 0
    order = []
    for _ in range(8):
        keyboard.press("Tab")
        order.append(at())
    assert order == ["Steward", "Dashboard", "Events", "Public status", "Log out", "outcome", "page", "Show"]
    outline: str = here.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"

    here.page.locator(".skip").focus()
    keyboard.press("Enter")
    assert here.page.evaluate("document.activeElement.id") == "main"


def test_headings_and_landmarks_tell_the_page_apart(visit: Open, world: World) -> None:
    world.outage()
    here = visit()

    levels = here.page.locator("h1, h2, h3").evaluate_all("all => all.map(one => one.tagName)")
    assert levels[0] == "H1"
    assert levels.count("H1") == 1
    roles: tuple[Landmark, ...] = ("banner", "main", "contentinfo", "navigation", "search")
    assert [here.page.get_by_role(role).count() for role in roles] == [1, 1, 1, 1, 1]


def test_the_page_keeps_itself_fresh_and_tells_what_is_new(visit: Open, world: World) -> None:
    world.well()
    here = visit()
    assert here.text("h1") == "All is well"

    world.outage()
    here.pass_(timedelta(seconds=16))

    here.page.get_by_role("heading", level=1, name="Notion: vendor outage").wait_for()
    assert here.page.title() == "Notion: vendor outage · Steward"
    assert here.text("footer [role=status]") == "Notion: vendor outage"
    assert here.page.locator(".timeline time").first.inner_text().startswith("14:39"), "times are local again"


def test_nobody_who_reads_or_types_is_disturbed_and_a_button_stops_it(visit: Open, world: World) -> None:
    world.well()
    here = visit()
    asked: list[str] = []
    here.page.on("request", lambda request: asked.append(request.url))
    field = here.page.get_by_label("Page")
    field.fill("half a word")

    here.pass_(timedelta(seconds=40))
    assert asked == []
    assert field.input_value() == "half a word"

    here.page.get_by_role("button", name="Stop refreshing").click()
    here.pass_(timedelta(seconds=40))
    assert asked == []

    here.page.get_by_role("button", name="Refresh by itself").click()
    with here.page.expect_response("**/dashboard"):
        here.pass_(timedelta(seconds=16))

    here.page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })")
    asked.clear()
    here.pass_(timedelta(seconds=40))
    assert asked == [], "nobody looks"


def test_a_session_that_ended_leads_to_the_login(visit: Open, world: World) -> None:
    world.well()
    here = visit()

    world.now += timedelta(hours=13)
    here.page.clock.run_for(16_000)

    here.page.get_by_role("heading", name="Log in").wait_for()


def test_nothing_moves_for_who_wants_it_so(visit: Open) -> None:
    here = visit(reduced_motion="reduce")

    moving: int = here.page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => getComputedStyle(e).transitionDuration !== '0s').length"
    )
    assert moving == 0
