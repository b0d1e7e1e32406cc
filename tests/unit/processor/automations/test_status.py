"""Status changes: which transitions are told, to whom, and when they escalate. A table of before and after."""

from datetime import timedelta
from typing import Any

import pytest

from processor.automations.change import Departure
from steward.effects import Kind
from tests.unit.processor.automations.history import PROJECTS, History, automation, lines, rules

BLOCKED = "Write moved from Doing to Blocked"


def history(options: str = "", **state: Any) -> History:
    made = History(rules(automation("status", options), automation("status")))
    made.sees(**{"status": "Doing", **state})
    made.settled()
    return made


@pytest.mark.req("A2")
@pytest.mark.parametrize(
    ("options", "before", "after", "told"),
    [
        ("", "Doing", "Blocked", True),
        ("", "Doing", "Doing", False),
        ("", None, "Doing", True),
        ("", "Doing", None, True),
        ('to = ["Blocked"]', "Doing", "Blocked", True),
        ('to = ["Done", "Blocked"]', "Doing", "Blocked", True),
        ('to = ["Done"]', "Doing", "Blocked", False),
        ('to = ["Done"]', "Doing", None, False),
        ('from = ["Doing"]', "Doing", "Blocked", True),
        ('from = ["To do"]', "Doing", "Blocked", False),
        ('from = ["Doing"]', None, "Blocked", False),
        ('from = ["Doing"]\nto = ["Done"]', "Doing", "Blocked", False),
        ('where = { priority = "High" }', "Doing", "Blocked", True),
        ('where = { priority = ["Low", "High"], assignee = "Ann" }', "Doing", "Blocked", True),
        ('where = { priority = "Low" }', "Doing", "Blocked", False),
        ('where = { assignee = "Ben" }', "Doing", "Blocked", False),
        ("slack = false", "Doing", "Blocked", False),
    ],
)
def test_a_transition_is_told_when_the_rule_names_it(
    options: str, before: str | None, after: str | None, told: bool
) -> None:
    made = history(options, status=before, priority="High", assignee=["ann"])

    assert bool(made.sees(status=after, priority="High", assignee=["ann"])) == told


@pytest.mark.req("A2")
def test_the_notice_says_what_it_was_and_what_it_became_and_holds_while_it_is_so() -> None:
    made = history()

    assert lines(made.sees(status="Blocked")) == [f"message #tasks: {BLOCKED}"]
    assert lines(made.sees(status="Done")) == ["message #tasks: Write moved from Blocked to Done"]
    assert lines(list(made.owed)) == ["message #tasks: Write moved from Blocked to Done"]


@pytest.mark.req("A2")
def test_a_page_that_is_seen_for_the_first_time_has_not_changed() -> None:
    made = History(rules(automation("status")))

    assert made.sees(status="Blocked", created=True) == []


@pytest.mark.req("A2")
def test_a_status_in_another_data_source_is_another_status() -> None:
    made = history()

    assert made.sees(status="Blocked", source=PROJECTS) == []
    assert lines(made.sees(status="Done", source=PROJECTS)) == [
        "message #projects: Write moved from Blocked to Done"
    ]


@pytest.mark.req("A2")
def test_a_page_that_was_gone_is_compared_with_what_it_was_before() -> None:
    same, other = history(), history()
    for made in (same, other):
        made.loses(Departure.MISSING)

    assert same.sees(status="Doing") == []
    assert lines(other.sees(status="Blocked")) == [f"message #tasks: {BLOCKED}"]


@pytest.mark.req("A2", "P3")
def test_a_notice_of_a_page_that_goes_is_no_longer_owed() -> None:
    made = history()
    made.sees(status="Blocked")

    made.sees(status="Blocked", trash=True)

    assert made.owed == ()


@pytest.mark.req("A2")
@pytest.mark.parametrize(
    ("options", "people", "comment"),
    [
        ("", ["ann", "ben"], "@ann, @ben: this task moved from Doing to Blocked."),
        ("", [], "This task moved from Doing to Blocked."),
        ("mention = false", ["ann"], "This task moved from Doing to Blocked."),
    ],
)
def test_the_comment_mentions_the_assignees_if_it_is_to(
    options: str, people: list[str], comment: str
) -> None:
    made = history(f"slack = false\ncomment = true\n{options}", assignee=people)

    assert lines(made.sees(status="Blocked", assignee=people)) == [f"comment: {comment}"]


@pytest.mark.req("A2")
def test_assignees_are_told_in_person_as_long_as_they_are_and_groups_are_not() -> None:
    made = history("direct = true\nemail = true\nslack = false", assignee=["ann", "design"])

    made.sees(status="Blocked", assignee=["ann", "design"])
    told = lines(list(made.owed))
    made.sees(status="Blocked", assignee=["ben"])

    yours = "Write, which is assigned to you, moved from Doing to Blocked"
    assert told == [f"direct ann: {yours}", f"email ann: {yours}"]
    assert made.owed == ()


ESCALATE = 'to = ["Blocked"]\nescalate = { to = ["11111111-0000-4000-8000-000000000000", "lead@example.com"]'
LEADS = "@11111111-0000-4000-8000-000000000000, @lead@example.com"


@pytest.mark.req("A2")
@pytest.mark.parametrize(
    ("options", "told"),
    [
        (f"{ESCALATE}, direct = false }}", [f"message #tasks: {LEADS}: {BLOCKED}"]),
        (
            f'{ESCALATE}, direct = false, slack_channel = "#fire" }}',
            [f"message #tasks: {BLOCKED}", f"message #fire: {LEADS}: {BLOCKED}"],
        ),
        (
            'to = ["Blocked"]\nescalate = { to = "lead@example.com", email = true }',
            [
                f"message #tasks: @lead@example.com: {BLOCKED}",
                f"direct lead@example.com: {BLOCKED}",
                f"email lead@example.com: {BLOCKED}",
            ],
        ),
        (
            'to = ["Blocked"]\nescalate = { slack_channel = "#fire" }\nslack = false',
            [f"message #fire: {BLOCKED}"],
        ),
    ],
)
def test_an_escalation_tells_people_and_a_channel_and_no_channel_twice(options: str, told: list[str]) -> None:
    assert lines(history(options).sees(status="Blocked")) == told
    assert history(options).sees(status="Done") == []


@pytest.mark.req("A2", "A13")
def test_an_escalation_is_urgent_unless_the_rule_says_otherwise() -> None:
    made = history('to = ["Blocked"]\nescalate = { slack_channel = "#fire", urgent = true }')

    assert {e.channel: e.urgent for e in made.sees(status="Blocked")} == {"#tasks": False, "#fire": True}


@pytest.mark.req("A2", "P3")
def test_who_is_escalated_to_and_assigned_is_told_once_in_each_way() -> None:
    ann = "11111111-0000-4000-8000-000000000000"
    made = history(
        f'to = ["Blocked"]\ndirect = true\nemail = true\nescalate = {{ to = "{ann}" }}', assignee=[ann]
    )

    told = made.sees(status="Blocked", assignee=[ann])

    assert sorted(e.kind for e in told if e.person) == [Kind.EMAIL, Kind.DIRECT]


@pytest.mark.req("A2")
def test_of_a_crowd_the_comment_names_the_first_and_everybody_is_told() -> None:
    crowd = [f"person-{n}" for n in range(100)]
    made = history("comment = true\ndirect = true\nemail = true", assignee=crowd)

    told = made.sees(status="Blocked", assignee=crowd)

    assert len(told) == 2 + 2 * 100
    assert "@person-19 and 80 more: this task" in lines(told)[0]


@pytest.mark.req("A2", "A10")
@pytest.mark.parametrize("without", ["status", "priority"])
def test_a_rule_that_needs_a_property_that_vanished_is_left_out(without: str) -> None:
    made = history('where = { priority = "High" }', priority="High")

    assert made.sees(status="Blocked", priority="High", without=(without,)) == []
    assert made.last.skipped == ("Tasks/status",)


@pytest.mark.req("A2")
def test_a_status_that_vanished_and_came_back_is_compared_with_what_it_was() -> None:
    made = history()

    made.sees(without=("status",))

    assert lines(made.sees(status="Blocked")) == [f"message #tasks: {BLOCKED}"]


@pytest.mark.req("P7")
def test_a_status_that_we_wrote_ourselves_is_no_news() -> None:
    made = history()

    assert made.sees(status="Blocked", written={"id-Status": {"status": {"name": "Blocked"}}}) == []
    made.passes(timedelta(minutes=5).total_seconds())
    assert made.sees(status="Blocked") == []
