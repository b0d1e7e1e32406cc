"""What a person reads as the change between two snapshots."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from processor.changes import changes
from steward.pages import Person
from steward.snapshots import Snapshot

ANN, NAMELESS = Person("ann", "Ann", "person"), Person("b", None, "person")
PAGE = Snapshot(
    page_id="p",
    version=3,
    observed_at=datetime(2026, 11, 20, tzinfo=UTC),
    gone=False,
    source_id="s",
    title="Review",
    url="https://example.com",
    assignees=(ANN,),
)


@pytest.mark.req("P8")
def test_only_what_differs_is_told_with_names_and_ids() -> None:
    after = replace(PAGE, version=4, title="Sign", assignees=(ANN, NAMELESS))

    assert changes(PAGE, after) == (
        {"title": "Review", "assignees": "Ann (ann)"},
        {"title": "Sign", "assignees": "Ann (ann), b"},
    )


@pytest.mark.req("P8")
@pytest.mark.parametrize(
    ("after", "before", "became"),
    [
        ({"assignees": ()}, {"assignees": "Ann (ann)"}, {"assignees": "nobody"}),
        ({"assignees": None}, {"assignees": "Ann (ann)"}, {"assignees": "unknown"}),
        ({"gone": True}, {"gone": "no"}, {"gone": "yes"}),
        ({"version": 9, "observed_at": None}, {}, {}),
        ({"assignees": (Person("ann", "Ann Smith", "person"),)}, {}, {}),
    ],
)
def test_each_kind_of_change(after: dict[str, Any], before: dict[str, str], became: dict[str, str]) -> None:
    assert changes(PAGE, replace(PAGE, **after)) == (before, became)


@pytest.mark.req("P8")
def test_a_page_that_was_not_known_has_no_before() -> None:
    assert changes(None, PAGE) == ({}, {"title": "Review", "assignees": "Ann (ann)"})
    assert changes(None, replace(PAGE, gone=True))[1]["gone"] == "yes"
    assert changes(None, None) == ({}, {})
    assert changes(PAGE, None) == ({}, {})
