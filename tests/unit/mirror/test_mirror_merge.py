"""A three-way merge of a page and its row."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.mirror.mapping import differing
from steward.mirror.merge import Conflict, Side, Times, base_after, merge

EARLY = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
LATE = EARLY + timedelta(seconds=1)
PAGE_LATER, ROW_LATER = Times(LATE, EARLY), Times(EARLY, LATE)


@pytest.mark.req("A7", "A8")
@pytest.mark.parametrize(
    ("base", "page", "row", "to_row", "to_page"),
    [
        ({"name": "a"}, {"name": "a"}, {"name": "a"}, {}, {}),
        ({"name": "a"}, {"name": "b"}, {"name": "a"}, {"name": "b"}, {}),
        ({"name": "a"}, {"name": "a"}, {"name": "b"}, {}, {"name": "b"}),
        ({"name": "a"}, {"name": "b"}, {"name": "b"}, {}, {}),
        ({"name": "a"}, {"name": None}, {"name": "a"}, {"name": None}, {}),
        ({"name": "a"}, {"name": "a"}, {"name": None}, {}, {"name": None}),
        (
            {"name": "a", "status": "x"},
            {"name": "b", "status": "x"},
            {"name": "a", "status": "y"},
            {"name": "b"},
            {"status": "y"},
        ),
        # A side that can't show a column has no say in it.
        ({"status": "x"}, {}, {"status": "y"}, {}, {}),
        ({"status": "x"}, {"status": "y"}, {}, {}, {}),
        # Without a base, what is empty gives way.
        ({}, {"name": "a"}, {"name": None}, {"name": "a"}, {}),
        ({}, {"name": None}, {"name": "a"}, {}, {"name": "a"}),
        ({}, {"done": False}, {"done": None}, {"done": False}, {}),
        # Numbers are the same when they are, not when they look so.
        ({"estimate": 3.0}, {"estimate": 3}, {"estimate": 3.0}, {}, {}),
    ],
)
@pytest.mark.parametrize("times", [PAGE_LATER, ROW_LATER])
def test_a_side_that_changed_nothing_takes_the_others_value_over(
    base: Mapping[str, Any],
    page: Mapping[str, Any],
    row: Mapping[str, Any],
    to_row: Mapping[str, Any],
    to_page: Mapping[str, Any],
    times: Times,
) -> None:
    merged = merge(base, page, row, times)

    assert (merged.to_row, merged.to_page, merged.conflicts) == (to_row, to_page, ())


@pytest.mark.req("A7", "A8")
@pytest.mark.parametrize(
    ("times", "wins"),
    [
        (PAGE_LATER, Side.PAGE),
        (ROW_LATER, Side.ROW),
        (Times(EARLY, EARLY), Side.PAGE),
        (Times(None, EARLY), Side.ROW),
        (Times(EARLY, None), Side.PAGE),
        (Times(), Side.PAGE),
    ],
)
@pytest.mark.parametrize("base", [{"name": "a", "status": "x"}, {"status": "x"}])
def test_where_both_changed_the_newer_change_wins(base: Mapping[str, Any], times: Times, wins: Side) -> None:
    merged = merge(base, {"name": "b", "status": "x"}, {"name": "c", "status": "y"}, times)

    assert merged.conflicts == (Conflict("name", "b", "c", wins),)
    assert merged.to_row == ({"name": "b"} if wins is Side.PAGE else {})
    assert merged.to_page == {"status": "y"} | ({} if wins is Side.PAGE else {"name": "c"})


VALUES = st.dictionaries(st.sampled_from(["name", "status", "due"]), st.sampled_from([None, "a", "b", "c"]))


@given(VALUES, VALUES, VALUES, st.sampled_from([PAGE_LATER, ROW_LATER]))
def test_whatever_both_have_is_the_same_when_both_wrote(
    base: dict[str, Any], page: dict[str, Any], row: dict[str, Any], times: Times
) -> None:
    merged = merge(base, page, row, times)

    assert not differing({**page, **merged.to_page}, {**row, **merged.to_row})
    assert not merged.to_page.keys() & merged.to_row.keys()


@given(VALUES, VALUES, VALUES, st.sampled_from([PAGE_LATER, ROW_LATER]))
def test_a_conflict_is_found_once(
    base: dict[str, Any], page: dict[str, Any], row: dict[str, Any], times: Times
) -> None:
    merged = merge(base, page, row, times)

    of_row = merge(base_after(base, page), page, {**row, **merged.to_row}, times)
    assert (of_row.to_row, of_row.to_page, of_row.conflicts) == ({}, merged.to_page, ())

    of_page = merge(base_after(base, row), {**page, **merged.to_page}, row, times)
    assert (of_page.to_row, of_page.to_page, of_page.conflicts) == (merged.to_row, {}, ())
