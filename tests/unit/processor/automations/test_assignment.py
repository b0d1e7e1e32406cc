"""Assignments: in which ways who is told of what. A table of before and after."""

import pytest

from steward.effects import Kind
from tests.unit.processor.automations.history import History, automation, lines, rules

ALL = "direct = true\nemail = true\nremoved = true"


def history(options: str = "", *assignees: str) -> History:
    made = History(rules(automation("assignment", options)))
    made.sees(assignee=assignees)
    return made


@pytest.mark.req("A1")
@pytest.mark.parametrize(
    ("options", "ways"),
    [
        ("", {"comment", "message #tasks"}),
        ("comment = false", {"message #tasks"}),
        ("slack = false", {"comment"}),
        ('slack_channel = "#other"', {"comment", "message #other"}),
        ("direct = true", {"comment", "message #tasks", "direct ann"}),
        ("email = true", {"comment", "message #tasks", "email ann"}),
        ("comment = false\nslack = false\ndirect = true", {"direct ann"}),
    ],
)
def test_each_option_adds_or_takes_away_its_way(options: str, ways: set[str]) -> None:
    planned = history(options).sees(assignee=["ann"])

    assert {line.split(":")[0] for line in lines(planned)} == ways


@pytest.mark.req("A1")
@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            ["ann"],
            ["ben"],
            {"message #tasks: @ann is no longer assigned to Write", "message #tasks: @ben is now"},
        ),
        (["ann", "ben"], [], {"message #tasks: @ann is no", "message #tasks: @ben is no"}),
        (["ann"], ["ann", "ben", "chloe"], {"message #tasks: @ben is now", "message #tasks: @chloe is now"}),
        (["ann", "ben"], ["ben", "ann"], set()),
        (["robot"], [], set()),
        ([], ["robot"], set()),
    ],
)
def test_added_removed_replaced_and_several_at_once(
    before: list[str], after: list[str], told: set[str]
) -> None:
    made = history("comment = false\nremoved = true", *before)
    made.settled()

    found = lines(made.sees(assignee=after))

    assert len(found) == len(told)
    assert all(any(line.startswith(start) for line in found) for start in told)


@pytest.mark.req("A1")
def test_who_was_removed_is_told_in_every_way_but_by_a_comment_and_only_on_request() -> None:
    silent, telling = history("direct = true\nemail = true", "ann"), history(ALL, "ann")

    assert silent.sees(assignee=[]) == []
    assert {e.kind for e in telling.sees(assignee=[])} == {Kind.MESSAGE, Kind.DIRECT, Kind.EMAIL}


@pytest.mark.req("A1")
def test_a_group_is_named_and_gets_neither_a_direct_message_nor_an_email() -> None:
    assert {e.kind for e in history(ALL).sees(assignee=["design"])} == {Kind.COMMENT, Kind.MESSAGE}


@pytest.mark.req("A1", "P3")
def test_who_is_removed_before_the_assignment_was_told_hears_of_neither() -> None:
    made = history("removed = true\ncomment = false")
    made.sees(assignee=["ann"])

    assert made.sees(assignee=[]) == []
    assert made.owed == ()


@pytest.mark.req("A1", "P3")
def test_who_is_assigned_again_before_the_removal_was_told_does_not_hear_of_the_removal() -> None:
    made = history("removed = true\ncomment = false", "ann")
    made.sees(assignee=[])

    made.sees(assignee=["ann"])

    assert [line for line in lines(list(made.owed)) if "no longer" in line] == []


@pytest.mark.req("A1", "P3")
def test_who_was_not_told_yet_when_the_page_went_is_told_when_it_is_back_and_it_is_still_true() -> None:
    made = history("removed = true")
    made.sees(assignee=["ann", "ben"])
    waits = made.owed

    made.sees(trash=True)
    assert not lines(list(made.owed))
    made.sees(trash=True)
    made.sees(assignee=["ann", "chloe"])

    of_ann = [effect for effect in waits if effect.person is not None and effect.person.id == "ann"]
    assert [effect for effect in made.owed if effect in waits] == of_ann
    assert {e.person.id for e in made.last.effects if e.person} == {"chloe"}


@pytest.mark.req("A1")
def test_a_direct_message_falls_back_to_the_channel_only_where_the_channel_is_not_told_anyway() -> None:
    both = history("direct = true").sees(assignee=["ann"])
    alone = history("direct = true\nslack = false").sees(assignee=["ann"])

    assert [e.channel for e in both if e.kind is Kind.DIRECT] == [""]
    assert [e.channel for e in alone if e.kind is Kind.DIRECT] == ["#tasks"]


@pytest.mark.req("A13")
def test_urgent_is_said_of_every_notice() -> None:
    urgent = history(f"{ALL}\nurgent = true", "ben").sees(assignee=["ann"])

    assert len(urgent) == 7
    assert all(e.urgent for e in urgent)


@pytest.mark.req("A1", "P3")
def test_a_crowd_that_is_removed_is_told_in_several_commits_each_once() -> None:
    crowd = [f"person-{n}" for n in range(60)]
    made = history(ALL, *crowd)
    told = []
    complete = False
    while not complete:
        told += made.sees(assignee=["ann"])
        complete = made.last.complete
        assert len(made.last.effects) + len(made.last.obsolete) < 100

    assert len(told) == len({e.id for e in told}) == 60 * 3 + 4
    assert made.sees(assignee=["ann"]) == []


@pytest.mark.req("A10")
def test_a_rule_whose_property_vanished_is_left_out_and_named_and_the_others_go_on() -> None:
    made = History(rules(automation("assignment") + automation("lifecycle", 'on = ["locked"]')))
    made.sees(assignee=["ann"])

    told = made.sees(without=("assignee",), locked=True)

    assert made.last.skipped == ("Tasks/assignment",)
    assert lines(told) == ["message #tasks: Write in Tasks was locked."]
