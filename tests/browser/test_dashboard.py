"""What is read at a glance, what is found by a filter, and what strangers wrote."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from steward.effects import Kind, Status
from steward.journal import Decision
from tests.browser.material import ANN, ARABIC, CONTROLS, EMOJI, HOSTILE, LONG, MARKUP, TURNED
from tests.browser.visit import Visit
from tests.browser.world import World

pytestmark = pytest.mark.req("C3", "P8", "T6")

Open = Callable[..., Visit]
MINUTE = timedelta(minutes=1)


def rows(here: Visit) -> list[str]:
    """The texts of the list's rows."""
    return [" ".join(row.split()) for row in here.page.locator(".events tbody tr").all_inner_texts()]


def test_a_glance_says_that_all_is_well(visit: Open, world: World) -> None:
    world.well()
    world.ordinary()
    here = visit()

    assert here.text("h1") == "All is well"
    assert here.page.title() == "All is well · Steward"
    assert "31 of 180 in the last minute" in here.text()
    assert "running" in here.text()
    assert len(rows(here)) == 20
    assert "Draft the Q1 hiring plan" in rows(here)[0]
    assert "assigned to Ann Larkin" in rows(here)[0]
    assert "comment, Slack message" in rows(here)[0]
    names = here.page.get_by_role("table").first.get_by_role("rowheader").all_inner_texts()
    assert names == ["Notion", "Slack", "HubSpot", "PostgreSQL"]
    said = here.page.get_by_role("img").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    assert any("none of 60 looks failed" in text for text in said)


def test_a_glance_says_what_is_wrong_since_when(visit: Open, world: World) -> None:
    incident = world.outage()
    here = visit()

    assert here.text("h1") == "Notion: vendor outage"
    assert "for 21 min" in here.text(".headline")
    assert "The lane rests, because Notion does not answer" in here.text(".also")
    assert "38 the oldest for 23 min" in here.text()
    assert here.text().count("answers nothing but 503") == 1, "said once"
    assert here.page.locator("main").get_by_text("Notion: vendor outage", exact=True).count() == 1
    assert "Next probe" in here.text()
    assert here.page.locator(".timeline li").count() == len(incident.timeline)

    here.page.locator(".headline").get_by_role("link").click()
    here.page.get_by_role("heading", name="Timeline").wait_for()
    assert incident.id in here.text()
    assert "the status page says: major outage of the API" in here.text(".timeline")


def test_an_event_has_a_page_with_everything_that_explain_knows(visit: Open, world: World) -> None:
    world.well()
    world.ordinary(1)
    here = visit()
    title = here.page.locator(".events").get_by_role("link", name="Rotate the staging certificates in Notion")
    assert (title.first.get_attribute("href") or "").startswith("https://www.notion.so/")

    here.page.get_by_role("link", name="Details of Rotate the staging certificates").first.click()

    here.page.get_by_role("heading", name="What it led to").wait_for()
    assert "Tasks/assignment" in here.text()
    assert here.page.locator(".effects tbody tr").count() == 4
    assert "Ben Osei" in here.text(".changes")
    here.page.get_by_text("As text").click()
    assert "decision    observed: status In progress → Blocked" in here.page.locator("pre").inner_text()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_filters_and_pages_of_the_list_work_by_form_and_link(visit: Open, world: World, script: bool) -> None:
    world.well()
    world.ordinary(6)
    failed = ("Only this one", "page.created", ANN, Decision.OBSERVED, "-", ((Kind.MESSAGE, Status.FAILED),))
    world.event(77, failed, 7 * MINUTE)
    here = visit(java_script_enabled=script)

    here.page.get_by_role("link", name="Older than").click()
    here.page.wait_for_url("**/dashboard?before=*")
    assert len(rows(here)) == 20
    older = rows(here)

    here.page.get_by_label("Outcome").select_option("failed")
    here.page.get_by_role("button", name="Show").click()
    here.page.wait_for_url("**outcome=failed**")
    (only,) = rows(here)
    assert "Only this one" in only
    assert here.page.get_by_label("Outcome").input_value() == "failed"

    here.page.get_by_label("Outcome").select_option("")
    here.page.get_by_label("Page").fill("OFFSITE")
    here.page.get_by_label("Page").press("Enter")
    here.page.wait_for_url("**page=OFFSITE**")
    assert len(rows(here)) == 6
    assert all("Pick a venue for the offsite" in row for row in rows(here))

    here.page.get_by_role("link", name="All, newest first").click()
    here.page.wait_for_url("**/dashboard#events")
    assert set(rows(here)).isdisjoint(older)


def test_what_strangers_wrote_is_shown_as_what_it_is(visit: Open, world: World) -> None:
    world.well()
    comment = ((Kind.COMMENT, Status.DONE),)
    for number, title in enumerate(HOSTILE):
        called = replace(ANN, name=title)  # who is assigned calls themselves as the page is called
        told = (title, "page.updated", called, Decision.OBSERVED, f"assigned; {title}", comment)
        world.event(number, told, number * MINUTE, before=MARKUP)
    here = visit(viewport={"width": 360, "height": 740})

    titles = here.page.locator(".events .page .clip").all_inner_texts()
    assert titles[HOSTILE.index(MARKUP)] == MARKUP
    assert titles[HOSTILE.index(EMOJI)] == EMOJI
    assert titles[HOSTILE.index(ARABIC)] == ARABIC
    assert titles[HOSTILE.index(TURNED)] == "safe gnp.exe hidden end"
    assert titles[HOSTILE.index(CONTROLS)] == "bell null escape[31m red"
    names = here.page.locator(".events .who .clip").all_inner_texts()
    assert names == titles, "and what people call themselves"
    assert here.overflow() == 0
    long = here.page.locator(".events tbody tr").nth(HOSTILE.index(LONG))
    assert here.box(f".events tbody tr:nth-child({HOSTILE.index(LONG) + 1})")["height"] < 250
    link = long.get_by_role("link").nth(0)
    link.click()
    here.page.get_by_role("heading", name="What changed").wait_for()
    assert here.text("h1") == LONG
    assert here.page.locator(".changes td bdi").all_inner_texts() == [MARKUP, LONG]
    assert here.overflow() == 0

    here.go("/dashboard?page=%3Cscript%3Ealert(3)%3C/script%3E%22%20autofocus&outcome=%ED%A0%BD&before=x")
    assert here.page.get_by_label("Page").input_value() == '<script>alert(3)</script>" autofocus'


def test_without_script_every_time_is_utc_and_says_so(visit: Open, world: World) -> None:
    world.well()
    world.ordinary(1)
    here = visit(java_script_enabled=False)

    assert "14:02:15" in rows(here)[0]
    assert "Times are UTC." in here.text("footer")
    assert here.page.get_by_role("button", name="refreshing").count() == 0


def test_with_script_times_are_the_readers_and_utc_is_on_hover(visit: Open, world: World) -> None:
    world.well()
    world.ordinary(1)
    here = visit()

    first = here.page.locator(".events time").first
    assert first.inner_text() == "15:02:15"
    assert first.get_attribute("title") == "2026-11-21 14:02:15 UTC"
    assert "Europe/Berlin" in here.text("footer")
