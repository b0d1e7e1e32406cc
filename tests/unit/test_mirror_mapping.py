"""What a page's values are called in a row, and back."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.mirror.agreed import recalled
from steward.mirror.mapping import (
    CannotWrite,
    canonical,
    differing,
    digest,
    shared_of,
    writes_of,
)
from steward.rules import MirrorRule
from steward.snapshots import Snapshot

RULE = MirrorRule.model_validate(
    {
        "kind": "mirror",
        "options": {"In progress": "active", "Done": "closed"},
        "columns": [
            {"name": "due_on", "role": "due", "type": "date"},
            {"name": "starts_at", "role": "start", "type": "timestamp"},
            {"name": "estimate", "role": "estimate", "type": "number"},
            {"name": "billable", "role": "billable", "type": "boolean"},
            {"name": "tags", "role": "tags", "type": "text"},
            {"name": "people", "role": "reviewers", "type": "text"},
        ],
    }
)
TYPES = {
    "title": "title",
    "status": "status",
    "due": "date",
    "start": "date",
    "estimate": "number",
    "billable": "checkbox",
    "tags": "multi_select",
    "reviewers": "people",
}
VALUES: dict[str, Any] = {
    "title": "Pay Ann",
    "status": {"id": "s1", "name": "In progress"},
    "due": {"start": "2026-11-24", "end": "2026-11-26"},
    "start": {"start": "2026-11-21T10:00:00.000+02:00", "end": None},
    "estimate": 3,
    "billable": True,
    "tags": [{"id": "1", "name": "bug"}, {"id": "2", "name": "ui"}],
    "reviewers": ["u1", "u2"],
}
PAGE = Snapshot("p", 3, None, False, "ds", "Pay Ann", "https://www.notion.so/p", None, VALUES)
ROW = {
    "name": "Pay Ann",
    "status": "active",
    "due_on": date(2026, 11, 24),
    "starts_at": datetime(2026, 11, 21, 8, tzinfo=UTC),
    "estimate": 3.0,
    "billable": True,
    "tags": "bug, ui",
    "people": "u1, u2",
}


@pytest.mark.req("A7")
def test_a_page_is_a_row_in_the_databases_words() -> None:
    assert shared_of(PAGE, RULE) == ROW


@pytest.mark.req("A7")
@pytest.mark.parametrize(
    ("role", "value", "column", "expected"),
    [
        ("status", None, "status", None),
        ("due", None, "due_on", None),
        ("due", {"start": "2026-11-24T23:30:00.000-08:00", "end": None}, "due_on", date(2026, 11, 24)),
        ("start", {"start": "2026-11-21", "end": None}, "starts_at", datetime(2026, 11, 21, tzinfo=UTC)),
        ("start", "2026-11-21T10:00:00.000Z", "starts_at", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("estimate", 0.25, "estimate", 0.25),
        ("billable", False, "billable", False),
        ("tags", None, "tags", None),
    ],
)
def test_a_value_has_its_columns_type(role: str, value: object, column: str, expected: object) -> None:
    page = replace(PAGE, values={**VALUES, role: value})

    assert shared_of(page, RULE)[column] == expected


@pytest.mark.req("A7")
def test_a_status_without_a_counterpart_and_what_is_not_known_are_left_out() -> None:
    other = replace(PAGE, values={"status": {"id": "s9", "name": "Someday"}})

    assert shared_of(other, RULE) == {"name": "Pay Ann"}


@pytest.mark.req("A8")
def test_a_row_is_written_to_a_page_in_notions_words() -> None:
    wanted = {**ROW, "status": "closed", "due_on": date(2026, 11, 25)}
    del wanted["people"]

    assert writes_of(wanted, RULE, TYPES, VALUES) == {
        "title": {"title": [{"type": "text", "text": {"content": "Pay Ann"}}]},
        "status": {"status": {"name": "Done"}},
        "due": {"date": {"start": "2026-11-25", "end": "2026-11-26"}},
        "start": {"date": {"start": "2026-11-21T08:00:00+00:00", "end": None}},
        "estimate": {"number": 3.0},
        "billable": {"checkbox": True},
        "tags": {"multi_select": [{"name": "bug"}, {"name": "ui"}]},
    }


@pytest.mark.req("A8")
def test_a_range_that_would_end_before_it_begins_loses_its_end() -> None:
    assert writes_of({"due_on": date(2026, 12, 1)}, RULE, TYPES, VALUES) == {
        "due": {"date": {"start": "2026-12-01", "end": None}}
    }


@pytest.mark.req("A8")
@pytest.mark.parametrize(
    ("wanted", "types", "expected"),
    [
        ({"status": "lost"}, {}, "status: 'lost' has no counterpart in Notion; add it to options"),
        ({"status": None}, {}, "status: a status can't be emptied in Notion"),
        ({"people": "u3"}, {}, "people: a people property is only shown; change it in Notion"),
        ({"estimate": 1.0}, {"estimate": "formula"}, "estimate: its property has the type formula"),
        ({"estimate": 1.0}, {"estimate": ""}, "estimate: its property has the type unknown"),
        ({"estimate": float("nan")}, {}, "estimate: Notion has no number nan"),
        ({"estimate": float("-inf")}, {}, "estimate: Notion has no number -inf"),
        ({"name": "x" * 200_001}, {}, "name: Notion takes 200000 characters, not 200001"),
    ],
)
def test_what_no_page_takes_is_refused_with_what_to_do(
    wanted: dict[str, Any], types: dict[str, str], expected: str
) -> None:
    with pytest.raises(CannotWrite) as refused:
        writes_of(wanted, RULE, {**TYPES, **types}, VALUES)

    assert str(refused.value) == expected


@pytest.mark.req("A7", "A8")
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.none() | st.text(),
            "due_on": st.none() | st.dates(),
            "starts_at": st.none() | st.datetimes(timezones=st.just(UTC)),
            "estimate": st.none() | st.floats(allow_nan=False) | st.integers(-(2**53), 2**53),
            "billable": st.none() | st.booleans(),
        },
    )
)
def test_shared_values_are_recalled_as_they_were(values: dict[str, Any]) -> None:
    again = recalled(canonical(values), RULE)

    assert again == values
    assert digest(again) == digest(values)
    assert differing(again, values) == ()


def test_a_column_that_the_rule_has_no_more_is_forgotten() -> None:
    assert recalled(canonical({"name": "a", "gone": 1.0}), RULE) == {"name": "a"}
    assert recalled(None, RULE) == {}


def test_only_columns_that_both_have_can_differ() -> None:
    assert differing({"name": "a", "status": "active", "estimate": 1}, {"name": "b", "estimate": 1.0}) == (
        "name",
    )


def test_a_number_that_is_none_is_the_same_as_itself() -> None:
    nan = {"estimate": float("nan")}

    assert differing(nan, recalled(canonical(nan), RULE)) == ()
    assert differing(nan, {"estimate": 1.0}) == ("estimate",)


@pytest.mark.req("A7", "A8")
@pytest.mark.parametrize(
    "text",
    [
        "{",
        "null",
        "[]",
        "[" * 100_000,
        '{"due_on": "soon", "starts_at": 5, "estimate": [], "billable": "yes", "tags": {}, "name": 3}',
    ],
)
def test_what_cannot_be_read_was_never_agreed_on(text: str) -> None:
    assert recalled(text, RULE) == {}
    assert recalled('{"due_on": 1, "name": "Plan", "status": null}', RULE) == {"name": "Plan", "status": None}


@pytest.mark.req("A7")
def test_a_property_that_became_a_text_has_no_day_to_show() -> None:
    values = {**VALUES, "due": "soon", "start": "later"}

    assert shared_of(replace(PAGE, values=values), RULE) == {
        column: value
        for column, value in shared_of(PAGE, RULE).items()
        if column not in ("due_on", "starts_at")
    }
