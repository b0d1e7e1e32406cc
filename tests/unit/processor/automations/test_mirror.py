"""When a page's row has to be made to match, over a page's history."""

from typing import Any

import pytest

from processor.automations.change import Departure
from processor.automations.mirror import makes_a_row
from steward.effects import Kind
from tests.unit.processor.automations.history import PROJECTS, History, automation, rules

MAP = 'options = { "Open" = "open", "Done" = "closed" }\n'
COLUMNS = 'columns = [{ name = "importance", role = "priority", type = "text" }]\n'


def mirrored(more: str = "", projects: str = "") -> History:
    return History(rules(automation("mirror", MAP + COLUMNS + more), projects))


@pytest.mark.req("A7")
@pytest.mark.parametrize(
    ("changes", "planned"),
    [
        ({"title": "Rewrite"}, 1),
        ({"status": "Done"}, 1),
        ({"priority": "High"}, 1),
        ({"notes": "no column"}, 0),
        ({"assignee": ["ann"]}, 0),
        ({"locked": True}, 0),
        ({"status": "In review"}, 0),  # without a counterpart
        ({"without": ("priority",)}, 0),  # it can't be read any more: the row keeps what it shows
    ],
)
def test_a_change_plans_one_effect_when_the_row_shows_it(changes: dict[str, Any], planned: int) -> None:
    history = mirrored()
    assert history.sees(status="Open", heard=False) == []

    assert len(history.sees(**{"status": "Open", **changes})) == planned


@pytest.mark.req("A7")
def test_a_status_that_has_a_counterpart_again_is_a_change() -> None:
    history = mirrored()
    history.sees(status="Open")
    assert history.sees(status="In review") == []

    assert [e.kind for e in history.sees(status="Done")] == [Kind.ROW]


@pytest.mark.req("A7")
@pytest.mark.parametrize(
    ("more", "how", "made"),
    [
        ("auto_link = true\n", {"created": True}, [True]),
        ("auto_link = true\n", {"moved": True}, [True]),
        ("auto_link = true\n", {}, [False]),
        ("", {"created": True}, [False]),
        ("", {"heard": False}, []),
    ],
)
def test_a_page_at_first_sight_gets_a_row_only_when_it_is_news_and_the_rule_links_by_itself(
    more: str, how: dict[str, Any], made: list[bool]
) -> None:
    effects = mirrored(more).sees(status="Open", **how)

    assert [makes_a_row(effect) for effect in effects] == made


@pytest.mark.req("A7")
def test_a_newer_change_takes_the_place_of_one_that_waits_and_still_makes_the_row() -> None:
    history = mirrored("auto_link = true\n")
    (first,) = history.sees(status="Open", created=True)
    (second,) = history.sees(status="Done")

    assert makes_a_row(second)
    assert history.last.obsolete == (first,)
    assert [e.id for e in history.owed if e.is_open] == [second.id]


@pytest.mark.req("A7")
def test_only_a_creation_makes_rows_not_a_change_of_an_old_page() -> None:
    history = mirrored("auto_link = true\n")
    history.sees(status="Open")

    assert [makes_a_row(effect) for effect in history.sees(status="Done")] == [False]


@pytest.mark.req("A7")
def test_a_page_that_goes_and_comes_back_plans_each_time() -> None:
    history = mirrored()
    history.sees(status="Open")

    assert [e.kind for e in history.sees(status="Open", trash=True)] == [Kind.ROW]
    assert history.sees(status="Open", trash=True) == []
    assert [e.kind for e in history.sees(status="Open")] == [Kind.ROW]


@pytest.mark.req("A7")
@pytest.mark.parametrize("there", ["", automation("mirror")])
def test_a_page_that_moves_to_another_source_plans_one_effect_whether_that_is_mirrored_or_not(
    there: str,
) -> None:
    history = mirrored(projects=there)
    history.sees(status="Open")

    assert [e.kind for e in history.sees(status="Open", source=PROJECTS)] == [Kind.ROW]


@pytest.mark.req("A7")
def test_a_page_that_moves_out_of_all_sources_plans_one_effect() -> None:
    history = mirrored()
    history.sees(status="Open")

    assert [e.kind for e in history.loses(Departure.ELSEWHERE)] == [Kind.ROW]
