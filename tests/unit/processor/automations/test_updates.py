"""Watched properties that change: what is said of them, and how long it is true. A table of before and after."""

from typing import Any

import pytest

from tests.unit.processor.automations.history import PROJECTS, History, automation, lines, rules

WATCH = 'on = ["updated"]\nwatch = '


def known(options: str, projects: str = "", **state: Any) -> History:
    made = History(rules(automation("lifecycle", options), projects))
    made.sees(**state)
    made.settled()
    made.passes(600)
    return made


@pytest.mark.req("A3")
@pytest.mark.parametrize(
    ("watch", "before", "after", "told"),
    [
        ('["priority"]', {"priority": "Low"}, {"priority": "High"}, "priority changed from Low to High."),
        ('["priority"]', {}, {"priority": "High"}, "priority changed from empty to High."),
        ('["priority"]', {"priority": "Low"}, {"priority": "Low", "status": "Done"}, None),
        ('["title"]', {}, {"title": "Read"}, "title changed from Write to Read."),
        ('["tags"]', {"tags": ["a", "b"]}, {"tags": ["b", "a"]}, None),
        ('["tags"]', {"tags": ["a"]}, {"tags": ["a", "b"]}, "tags changed from a to a, b."),
        ('["due"]', {"due": "2026-12-01"}, {}, "due changed from 2026-12-01 to empty."),
        ('["assignee"]', {"assignee": ["ann"]}, {"assignee": ["ben"]}, "assignee changed from @ann to @ben."),
        ('["assignee"]', {"assignee": ["ann"]}, {}, "assignee changed from @ann to empty."),
        ('["reviewer"]', {}, {"reviewer": ["ann", "ben"]}, "reviewer changed from empty to @ann, @ben."),
        ('["related"]', {}, {"related": ["p1", "p2"]}, "related changed from empty to 2 pages."),
        (
            '["status", "priority"]',
            {"status": "Doing", "priority": "Low"},
            {"status": "Done", "priority": "High"},
            "status changed from Doing to Done; priority changed from Low to High.",
        ),
        ('["notes"]', {}, {"notes": "x" * 300}, f"notes changed from empty to {'x' * 99}…."),
    ],
)
def test_an_update_says_what_changed_from_what_to_what(
    watch: str, before: dict[str, Any], after: dict[str, Any], told: str | None
) -> None:
    found = known(WATCH + watch, **before).sees(**after)

    title = after.get("title", "Write")
    assert lines(found) == ([f"message #tasks: {title} in Tasks: {told}"] if told else [])


@pytest.mark.req("A3", "P3")
def test_an_update_of_two_properties_is_told_as_long_as_one_of_them_is_so() -> None:
    made = known(WATCH + '["status", "priority"]', status="Doing", priority="Low")
    made.sees(status="Done", priority="High")

    made.sees(status="Doing", priority="High")
    assert len(made.owed) == 2
    made.sees(status="Doing", priority="Low")

    assert [said for said in lines(list(made.owed)) if "Done; priority" in said] == []


@pytest.mark.req("A3", "P7")
def test_an_update_that_we_wrote_ourselves_is_no_news_and_what_people_changed_is() -> None:
    made = known(WATCH + '["status", "priority"]', status="Doing", priority="Low")

    found = made.sees(status="Done", priority="High", written={"id-Status": {"status": {"name": "Done"}}})

    assert lines(found) == ["message #tasks: Write in Tasks: priority changed from Low to High."]


@pytest.mark.req("A3")
def test_values_of_another_data_source_are_not_compared() -> None:
    made = known("on = ['moved']", automation("lifecycle", WATCH + '["priority"]'), priority="Low")

    assert lines(made.sees(source=PROJECTS, priority="High")) == [
        "message #tasks: Write moved from Tasks to Projects."
    ]


@pytest.mark.req("A3", "A10")
def test_a_rule_whose_filter_or_watched_property_vanished_is_left_out_and_the_others_go_on() -> None:
    made = known(
        WATCH + '["priority"]\nname = "watch"',
        priority="Low",
    )
    assert made.sees(without=("priority",)) == []
    assert made.last.skipped == ("Tasks/lifecycle:watch",)
