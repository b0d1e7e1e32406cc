"""What a new page is given, and by turns to whom. Tables of before and after, and properties of turns."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processor.automations.change import Departure
from steward.effects import Effect, Kind
from tests.unit.processor.automations.history import PROJECTS, History, automation, lines, rules

ANN, BEN, CHLOE = (f"{n}0000000-0000-4000-8000-000000000000" for n in "abc")


def history(options: str, **more: str) -> History:
    return History(rules(automation("on_creation", options), **more))


def written(effects: list[Effect]) -> dict[str, Any]:
    """Property → what it gets, in short."""
    found: dict[str, Any] = {}
    for effect in effects:
        for prop, value in (effect.writes or {}).items():
            ((kind, given),) = value.items()
            shown = (
                [entry.get("name") or entry["id"] for entry in given]
                if isinstance(given, list)
                else given["name"]
            )
            found[prop.removeprefix("id-")] = (kind, shown)
    return found


ROUND = f'assign = {{ round_robin = ["{ANN}", "{BEN}"] }}'
BY = (
    f'assign = {{ by = "priority", people = {{ High = "{ANN}", Low = ["{BEN}", "{CHLOE}"] }}, '
    'round_robin = ["help@example.com"] }'
)


@pytest.mark.req("A4")
@pytest.mark.parametrize(
    ("options", "state", "given"),
    [
        (ROUND, {}, [ANN]),
        (ROUND, {"assignee": ["chloe"]}, None),
        (BY, {"priority": "High"}, [ANN]),
        (BY, {"priority": "Low"}, [BEN, CHLOE]),
        (BY, {"priority": "None of these"}, ["help@example.com"]),
        (BY, {}, ["help@example.com"]),
        (BY, {"assignee": ["design"], "priority": "High"}, None),
        (f'assign = {{ by = "tags", people = {{ red = "{ANN}" }} }}', {"tags": ["blue", "red"]}, [ANN]),
        (f'assign = {{ by = "tags", people = {{ red = "{ANN}" }} }}', {"tags": ["blue"]}, None),
    ],
)
def test_a_new_page_that_nobody_has_is_assigned(
    options: str, state: dict[str, Any], given: list[str] | None
) -> None:
    planned = written(history(options).sees(created=True, **state))

    assert planned == ({"Assignee": ("people", given)} if given else {})


CATEGORISE = "[[data_source.automation.categorise]]\n"


def category(values: str, more: str = "") -> str:
    return f"{CATEGORISE}set = {{ {values} }}\n{more}\n"


@pytest.mark.req("A4")
@pytest.mark.parametrize(
    ("options", "state", "given"),
    [
        (category('priority = "High"'), {}, {"Priority": ("select", "High")}),
        (category('priority = "High"'), {"priority": "Low"}, {}),
        (
            category('priority = "High"', "overwrite = true"),
            {"priority": "Low"},
            {"Priority": ("select", "High")},
        ),
        (category('priority = "High"', "overwrite = true"), {"priority": "High"}, {}),
        (category('status = "Triage"'), {"status": "To do"}, {"Status": ("status", "Triage")}),
        (category('status = "Triage"'), {"status": "Triage"}, {}),
        (category('tags = "red"'), {}, {"Tags": ("multi_select", ["red"])}),
        (
            category('tags = ["red", "new"]'),
            {"tags": ["blue", "red"]},
            {"Tags": ("multi_select", ["blue", "red", "new"])},
        ),
        (
            category('tags = ["red"]', "overwrite = true"),
            {"tags": ["blue"]},
            {"Tags": ("multi_select", ["red"])},
        ),
        (category('tags = ["red"]'), {"tags": ["red", "blue"]}, {}),
        (
            category('priority = "High"', 'title = "^fire"'),
            {"title": "Fire!"},
            {"Priority": ("select", "High")},
        ),
        (category('priority = "High"', 'title = "^fire"'), {"title": "No fire"}, {}),
        (
            category('priority = "High"', 'where = { tags = "x" }'),
            {"tags": ["x"]},
            {"Priority": ("select", "High")},
        ),
        (category('priority = "High"', 'where = { tags = "x" }'), {}, {}),
        (
            category('priority = "High"') + category('priority = "Low", status = "Triage"'),
            {},
            {"Priority": ("select", "High"), "Status": ("status", "Triage")},
        ),
        (category('tags = "a, b"'), {}, {}),
    ],
)
def test_a_new_page_that_fits_is_categorised_where_it_has_no_value_yet(
    options: str, state: dict[str, Any], given: dict[str, Any]
) -> None:
    assert written(history(options).sees(created=True, **state)) == given


WELCOME = '[[data_source.automation.welcome]]\ntitle = "^bug"\ntext = "Thanks!"\n[[data_source.automation.welcome]]\ntext = "Hello."'


@pytest.mark.req("A4")
@pytest.mark.parametrize(("title", "comment"), [("Bug in the door", "Thanks!"), ("Door", "Hello.")])
def test_the_first_welcome_that_fits_is_written(title: str, comment: str) -> None:
    assert lines(history(WELCOME).sees(created=True, title=title)) == [f"comment: {comment}"]


ALL = ROUND + "\n" + category('priority = "High", status = "Triage"') + WELCOME


@pytest.mark.req("A4")
def test_all_that_a_page_gets_is_one_write() -> None:
    planned = history(ALL).sees(created=True, status="To do")

    assert sorted(e.kind for e in planned) == [Kind.COMMENT, Kind.WRITE]
    assert set(written(planned)) == {"Assignee", "Priority", "Status"}


@pytest.mark.req("A4")
@pytest.mark.parametrize("step", [{}, {"news": True}, {"moved": True}, {"trash": True, "created": True}])
def test_only_a_page_that_was_just_created_is_acted_on(step: dict[str, Any]) -> None:
    assert history(ALL).sees(**step) == []


@pytest.mark.req("A4", "P3")
def test_a_creation_that_is_told_again_is_not_acted_on_again() -> None:
    made = history(ALL)
    made.sees(created=True)

    assert made.sees(created=True) == []
    assert made.turns == {"Tasks/on_creation": 1}


@pytest.mark.req("A4", "P3")
def test_a_creation_that_is_told_late_is_acted_on_once() -> None:
    made = history(ALL)

    assert made.sees() == []
    assert len(made.sees(created=True)) == 2
    assert made.sees(created=True) == []


@pytest.mark.req("A4")
@pytest.mark.parametrize(
    ("meanwhile", "left"),
    [
        ({"assignee": ["chloe"]}, {"Priority", "Status"}),
        ({"priority": "Low"}, {"Assignee", "Status"}),
        ({"status": "Doing", "priority": "Low"}, {"Assignee"}),
        ({"assignee": ["chloe"], "status": "Doing", "priority": "Low"}, set()),
        ({"title": "Another"}, {"Assignee", "Priority", "Status"}),
    ],
)
def test_what_somebody_fills_in_meanwhile_is_taken_out_of_the_write(
    meanwhile: dict[str, Any], left: set[str]
) -> None:
    made = history(ALL)
    made.sees(created=True, status="To do")

    made.sees(**{"status": "To do", **meanwhile})

    assert set(written([e for e in made.owed if e.kind is Kind.WRITE])) == left
    assert sum(e.kind is Kind.WRITE for e in made.owed) == bool(left)
    assert made.turns == {"Tasks/on_creation": 1}


@pytest.mark.req("A4", "P3")
def test_of_a_write_that_was_begun_and_not_seen_the_rest_is_written_once() -> None:
    made = history(ALL)
    made.sees(created=True, status="To do")
    made.starts()

    assert made.sees(status="To do", title="Another") == []
    left = made.sees(status="To do", priority="Low")

    assert set(written(left)) == {"Assignee", "Status"}
    assert {e.kind for e in made.last.obsolete} == {Kind.WRITE}


@pytest.mark.req("A4")
def test_a_page_that_goes_gets_nothing_any_more() -> None:
    made = history(ALL)
    made.sees(created=True)

    made.loses(Departure.MISSING)

    assert made.owed == ()


@pytest.mark.req("A4", "A1", "P7")
def test_who_gets_a_page_is_told_when_the_write_is_observed_and_not_before() -> None:
    made = History(rules(automation("on_creation", ROUND) + automation("assignment")))
    made.sees(created=True)
    assert [e.kind for e in made.owed] == [Kind.WRITE]
    made.starts()

    told = made.sees(assignee=[ANN], written=made.owed[0].writes)

    assert {e.kind for e in told} == {Kind.COMMENT, Kind.MESSAGE}
    assert made.sees(assignee=[ANN], written=made.owed[0].writes) == []


@pytest.mark.req("A4", "A10")
def test_a_rule_whose_property_vanished_is_left_out_and_takes_no_turn() -> None:
    made = History(rules(automation("on_creation", ROUND) + automation("lifecycle", 'on = ["created"]')))

    told = made.sees(created=True, without=("assignee",))

    assert [e.rule for e in told] == ["Tasks/lifecycle"]
    assert (made.last.skipped, made.turns) == (("Tasks/on_creation",), {})


@pytest.mark.req("A4")
@given(
    people=st.integers(1, 7),
    pages=st.lists(st.sampled_from(["new", "taken", "redelivered", "decided", "elsewhere"]), max_size=60),
)
def test_turns_are_fair_whatever_comes_in_between(people: int, pages: list[str]) -> None:
    everybody = [f"{n:08d}-0000-4000-8000-000000000000" for n in range(people)]
    listed = ", ".join(f'"{person}"' for person in everybody)
    assign = f'assign = {{ by = "priority", people = {{ High = "{ANN}" }}, round_robin = [{listed}] }}'
    file = rules(automation("on_creation", assign), automation("on_creation", ROUND))
    turns: dict[str, int] = {}
    got: Counter[str] = Counter(dict.fromkeys(everybody, 0))
    for page in pages:
        made = History(file)
        made.turns = turns
        states: dict[str, dict[str, Any]] = {
            "taken": {"assignee": ["chloe"]},
            "decided": {"priority": "High"},
            "elsewhere": {"source": PROJECTS},
        }
        planned = made.sees(created=True, **states.get(page, {}))
        if page == "redelivered":
            planned += made.sees(created=True)
        turns = made.turns
        if page in ("new", "redelivered"):
            got[written(planned)["Assignee"][1][0]] += 1

    assert sum(got.values()) == sum(page in ("new", "redelivered") for page in pages)
    assert max(got.values()) - min(got.values()) <= 1
