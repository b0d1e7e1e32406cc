"""What is remembered of a schema: what the rules name, and of what is gone the last that was known."""

import json

import pytest

from steward.rules import parse
from steward.schema import Schema, SchemaProperty
from steward.schema_memory import from_json, remembered, to_json
from tests.unit.rules_text import rules

FILE = parse(
    rules(
        '{ kind = "assignment" }, { kind = "status", to = ["Done", "Stuck"] }',
        roles='assignee = "Assignee", status = "Status"',
    )
)
IDS = {"title": "title", "assignee": "a", "status": "s"}


def prop(property_id: str, name: str, kind: str = "people", **options: str) -> SchemaProperty:
    return SchemaProperty(property_id, name, kind, options)


STATUS = prop("s", "Status", "status", o1="Done", o2="Stuck", o3="Doing")


@pytest.mark.req("A10")
@pytest.mark.parametrize(
    ("before", "now", "kept"),
    [
        # Only what the file names.
        (
            (),
            (prop("a", "Assignee"), STATUS, prop("x", "Other", "url")),
            (prop("a", "Assignee"), prop("s", "Status", "status", o1="Done", o2="Stuck")),
        ),
        # A rename is followed.
        ((prop("a", "Assignee"),), (prop("a", "Owner"),), (prop("a", "Owner"),)),
        # What was deleted stays as it was.
        ((prop("a", "Assignee"),), (), (prop("a", "Assignee"),)),
        # An option that was renamed or removed stays by the name that the file has for it.
        (
            (prop("s", "Status", "status", o1="Done", o2="Stuck"),),
            (prop("s", "Status", "status", o1="Finished", o3="Doing"),),
            (prop("s", "Status", "status", o1="Done", o2="Stuck"),),
        ),
        # What the file no longer names is forgotten.
        (
            (prop("s", "Status", "status", o7="Blocked"),),
            (prop("s", "Status", "status", o1="Done"),),
            (prop("s", "Status", "status", o1="Done"),),
        ),
    ],
)
def test_what_is_remembered(
    before: tuple[SchemaProperty, ...], now: tuple[SchemaProperty, ...], kept: tuple[SchemaProperty, ...]
) -> None:
    memory = remembered(FILE, FILE.data_source[0], Schema(now), IDS, Schema(before))

    assert memory == Schema(kept)
    assert from_json(json.loads(json.dumps(to_json(memory)))) == memory


@pytest.mark.req("A10")
def test_a_select_with_thousands_of_options_is_remembered_by_those_that_are_named() -> None:
    many = {f"o{n}": f"Option {n}" for n in range(5000)} | {"o": "Done"}

    memory = remembered(
        FILE, FILE.data_source[0], Schema((prop("s", "Status", "status", **many),)), IDS, Schema(())
    )

    assert memory.properties[0].options == {"o": "Done"}
