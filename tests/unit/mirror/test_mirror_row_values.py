"""A row's shared values: the same words whichever side asks, compares or repairs."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from steward.mirror.matching import matched
from steward.mirror.merge import Conflict, Side, Times
from steward.mirror.row_values import plain, shared_in, stored, taken_over
from steward.mirror.rows import Row
from steward.rules import MirrorRule
from steward.snapshots import Snapshot

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
RULE = MirrorRule.model_validate(
    {"kind": "mirror", "columns": [{"name": "owner", "role": "owner", "type": "text"}]}
)
ROW = Row(
    id="r", notion_page_id="p", data_source="Tasks", name="Write", values={"owner": "Ann", "other": 1.0}
)


@pytest.mark.req("A7")
def test_a_row_shows_its_page_what_the_rule_names_and_no_more() -> None:
    assert shared_in(ROW, RULE) == {"name": "Write", "status": None, "owner": "Ann"}


@pytest.mark.req("A7")
@pytest.mark.parametrize("both_ways", [True, False])
def test_an_empty_text_in_a_row_is_no_difference_to_an_empty_property(both_ways: bool) -> None:
    rule = RULE.model_copy(update={"both_ways": both_ways})
    page = Snapshot("p", 3, AT, False, "s", "Write", "https://www.notion.so/p", None, {"owner": None})
    row = Row(id="r", notion_page_id="p", data_source="Tasks", name="Write", values={"owner": ""})

    found = matched(row, page, rule, "Tasks", AT)

    assert (found.action, found.after, found.pending) == (None, {}, ())


@pytest.mark.req("A7")
def test_only_columns_that_are_taken_over_are_written() -> None:
    row = taken_over(ROW, {"name": "Read", "owner": None})

    assert (row.name, row.status, row.values) == ("Read", None, {"owner": None})


@pytest.mark.req("A7")
@pytest.mark.parametrize(
    ("value", "kept"),
    [("a\0b", "ab"), ("\0", None), ("\ud83d", "?"), (None, None), (False, False), (0.0, 0.0)],
)
def test_a_pages_values_are_what_a_row_gives_back(value: Any, kept: Any) -> None:
    assert stored({"owner": value}) == {"owner": kept}


@pytest.mark.req("A8")
def test_a_conflict_is_told_with_both_values_and_times_as_json_has_them() -> None:
    conflict = Conflict("due", date(2026, 12, 24), None, Side.ROW)

    assert conflict.told(Times(AT, None)) == {
        "column": "due",
        "page": "2026-12-24",
        "row": None,
        "page_at": "2026-11-21T12:00:00.000+00:00",
        "row_at": None,
        "kept": "row",
    }
    assert plain({"effort": float("inf")}) == {"effort": "inf"}
