"""Which automations break against Notion's live properties, and how properties changed."""

from collections.abc import Mapping
from typing import Any

import pytest

from steward.rules import parse
from steward.rules.mistakes import path_of
from steward.schema import Change, ChangeKind, Schema, compare, decode_schema
from steward.schema_check import Break, Why, check, resolve
from tests.unit.rules_text import OTHERS, TASKS, rules, source

LIVE: dict[str, Any] = {
    "Name": {"id": "title", "name": "Name", "type": "title", "title": {}},
    "Assignee": {"id": "ass%40", "name": "Assignee", "type": "people", "people": {}},
    "Status": {
        "id": "stat",
        "name": "Status",
        "type": "status",
        "status": {"options": [{"id": "s1", "name": "Doing"}, {"id": "s2", "name": "Done"}], "groups": []},
    },
    "Due": {"id": "due", "name": "Due", "type": "date", "date": {}},
    "Priority": {
        "id": "prio",
        "name": "Priority",
        "type": "select",
        "select": {"options": [{"id": "p1", "name": "High"}, {"id": "p2", "name": "Low"}]},
    },
    "Tags": {
        "id": "tags",
        "name": "Tags",
        "type": "multi_select",
        "multi_select": {"options": [{"id": "t1", "name": "Bug"}]},
    },
    "Other page": {"id": "link", "name": "Other page", "type": "url", "url": {}},
}
ALL_ROLES = 'assignee = "Assignee", status = "Status", due = "Due", priority = "Priority", tags = "Tags", other = "Other page"'


def schema(without: str = "", **changed: Any) -> Schema:
    """The live schema without a property, or with some changed; their keys are property names."""
    kept = {name: value for name, value in LIVE.items() if name != without}
    return decode_schema({"properties": {**kept, **changed}})


def found(
    automations: str, live: Schema, roles: str = ALL_ROLES, resolved: Mapping[str, str] | None = None
) -> tuple[Break, ...]:
    return check(parse(rules(automations, roles=roles)), {TASKS: live}, {TASKS: resolved or {}})


@pytest.mark.req("A10")
def test_what_fits_breaks_nothing() -> None:
    automations = (
        '{ kind = "assignment" }, { kind = "status", from = ["Doing"], to = ["Done"] }, { kind = "deadline" },'
        '{ kind = "lifecycle", on = ["created"], where = { priority = "High", other = "any text" } },'
        '{ kind = "on_creation", categorise = [{ set = { tags = "Bug", priority = "Low" } }] }'
    )
    assert found(automations, schema()) == ()


@pytest.mark.req("A10")
@pytest.mark.parametrize(
    ("automations", "live", "why", "place", "text", "broken", "proposal"),
    [
        (
            '{ kind = "assignment" }, { kind = "deadline" }, { kind = "status" }',
            schema("Assignee", Assigned={"id": "new", "type": "people", "people": {}}),
            Why.MISSING,
            "data_source[1].properties.assignee",
            "no property is called 'Assignee' or has this id; did you mean 'Assigned'?",
            ("Tasks/assignment", "Tasks/deadline"),
            'assignee = "Assigned"',
        ),
        (
            '{ kind = "assignment" }',
            schema("Assignee", Who={"id": "new", "type": "people", "people": {}}),
            Why.MISSING,
            "data_source[1].properties.assignee",
            "known here: Who",
            ("Tasks/assignment",),
            'assignee = "Who"',
        ),
        (
            "",
            schema("Priority"),
            Why.MISSING,
            "data_source[1].properties.priority",
            "no property is called 'Priority'",
            (),
            None,
        ),
        (
            '{ kind = "assignment" }',
            schema(Assignee={"id": "ass%40", "name": "Assignee", "type": "rich_text"}),
            Why.TYPE,
            "data_source[1].properties.assignee",
            "'Assignee' (assignee) is of type rich_text, but has to be people",
            ("Tasks/assignment",),
            None,
        ),
        (
            '{ kind = "deadline" }',
            schema(Due={"id": "due", "name": "Due", "type": "formula"}),
            Why.TYPE,
            "data_source[1].properties.due",
            "'Due' (due) is of type formula, but has to be date",
            ("Tasks/deadline",),
            None,
        ),
        (
            '{ kind = "status", to = ["Doen"] }',
            schema(),
            Why.OPTION,
            "data_source[1].automation[1].to",
            "'Status' (status) has no option 'Doen'; did you mean 'Done' or 'Doing'?",
            ("Tasks/status",),
            '"Done" in place of "Doen"',
        ),
        (
            '{ kind = "assignment" }, { kind = "deadline", done = ["Finished"] }',
            schema(),
            Why.OPTION,
            "data_source[1].automation[2].done",
            "has no option 'Finished'; known here: Doing, Done",
            ("Tasks/deadline",),
            None,
        ),
        (
            '{ kind = "lifecycle", on = ["created"], where = { priority = "high" } }',
            schema(),
            Why.OPTION,
            "data_source[1].automation[1].where.priority",
            "did you mean 'High'?",
            ("Tasks/lifecycle",),
            '"High" in place of "high"',
        ),
        (
            '{ kind = "on_creation", assign = { by = "priority", people = { Urgent = "a@b.de" } } }',
            schema(),
            Why.OPTION,
            "data_source[1].automation[1].assign.by",
            "has no option 'Urgent'",
            ("Tasks/on_creation",),
            None,
        ),
        (
            '{ kind = "on_creation", categorise = [{ set = { other = "x" } }] }',
            schema(),
            Why.TYPE,
            "data_source[1].automation[1].categorise[1].set.other",
            "is of type url, but has to be select or status or multi_select",
            ("Tasks/on_creation",),
            None,
        ),
        (
            '{ kind = "on_creation", categorise = [{ set = { priority = ["High", "Low"] } }] }',
            schema(),
            Why.TYPE,
            "data_source[1].automation[1].categorise[1].set.priority",
            "is of type select, but has to be multi_select",
            ("Tasks/on_creation",),
            None,
        ),
    ],
)
def test_what_breaks_is_told_with_its_place_its_automations_and_the_nearest_names(
    automations: str,
    live: Schema,
    why: Why,
    place: str,
    text: str,
    broken: tuple[str, ...],
    proposal: str | None,
) -> None:
    (one,) = found(automations, live)

    assert (one.source, one.why, path_of(one.place), one.rules) == ("Tasks", why, place, broken)
    assert text in one.text
    assert one.proposal == proposal


@pytest.mark.req("A6", "A10")
def test_both_sides_of_a_sync_are_looked_at() -> None:
    file = parse(
        rules(
            '{ kind = "sync", data_source = "Theirs", link = "priority", options = { Doing = "Busy", Did = "Done" } }',
            roles=ALL_ROLES,
            end=source(name="Theirs", at=OTHERS, roles='status = "Status"'),
        )
    )
    breaks = check(file, {TASKS: schema(), OTHERS: schema()})

    assert {one.rules for one in breaks} == {("Tasks/sync",)}
    assert [(one.source, path_of(one.place), one.why) for one in breaks] == [
        ("Tasks", "data_source[1].automation[1].options", Why.OPTION),
        ("Tasks", "data_source[1].automation[1].link", Why.TYPE),
        ("Theirs", "data_source[1].automation[1].options", Why.OPTION),
    ]


@pytest.mark.req("A10")
def test_a_renamed_property_that_is_known_by_its_id_breaks_nothing() -> None:
    renamed = schema("Assignee", Owner={"id": "ass%40", "name": "Owner", "type": "people", "people": {}})
    automations = '{ kind = "assignment" }'

    assert found(automations, renamed, resolved={"assignee": "ass@"}) == ()
    assert [one.why for one in found(automations, renamed)] == [Why.MISSING]
    assert found(automations, renamed, roles='assignee = "ass%40"') == ()


@pytest.mark.req("A10")
def test_a_property_that_was_made_anew_under_its_old_name_is_found_again() -> None:
    file = parse(rules(roles='assignee = "Assignee"'))

    assert resolve(file.data_source[0], schema(), {"assignee": "gone"}) == {
        "title": "title",
        "assignee": "ass%40",
    }


def test_a_data_source_whose_schema_is_not_known_is_not_looked_at() -> None:
    assert check(parse(rules('{ kind = "assignment" }')), {}) == ()


@pytest.mark.req("A10")
@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (schema(), ()),
        (schema("Due"), (Change(ChangeKind.DELETED, "due", "Due", "Due", ""),)),
        (
            schema(New={"id": "new", "type": "url"}),
            (Change(ChangeKind.CREATED, "new", "New", "", "New"),),
        ),
        (
            schema("Due", Until={"id": "due", "type": "date"}),
            (Change(ChangeKind.RENAMED, "due", "Until", "Due", "Until"),),
        ),
        (
            schema("Assignee", Assignee={"id": "ass@", "type": "people"}),
            (),
        ),
        (
            schema(Priority={"id": "prio", "name": "Priority", "type": "rich_text"}),
            (Change(ChangeKind.RETYPED, "prio", "Priority", "select", "rich_text"),),
        ),
        (
            schema(
                Priority={
                    "id": "prio",
                    "name": "Priority",
                    "type": "select",
                    "select": {"options": [{"id": "p1", "name": "Urgent"}, {"id": "p3", "name": "Low"}]},
                }
            ),
            (
                Change(ChangeKind.OPTION_RENAMED, "prio", "Priority", "High", "Urgent"),
                Change(ChangeKind.OPTION_REMOVED, "prio", "Priority", "Low", ""),
                Change(ChangeKind.OPTION_ADDED, "prio", "Priority", "", "Low"),
            ),
        ),
    ],
)
def test_properties_and_options_are_compared_by_their_ids(
    after: Schema, expected: tuple[Change, ...]
) -> None:
    assert compare(schema(), after) == expected


@pytest.mark.parametrize(
    "body", [{}, {"properties": None}, {"properties": {"A": 7, "B": {"type": "select"}, "C": {"id": 3}}}]
)
def test_what_is_no_schema_has_no_properties(body: dict[str, object]) -> None:
    assert decode_schema(body) == Schema(())
