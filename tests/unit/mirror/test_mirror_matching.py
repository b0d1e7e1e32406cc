"""What a row has to become to match its page."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from steward.mirror.mapping import canonical
from steward.mirror.matching import matched, matched_gone, matched_unseen
from steward.mirror.rows import Row
from steward.rules import MirrorRule
from steward.snapshots import Snapshot

AT = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
RULE = MirrorRule.model_validate(
    {"kind": "mirror", "columns": [{"name": "estimate", "role": "estimate", "type": "number"}]}
)
PAGE = Snapshot(
    "p",
    7,
    AT,
    False,
    "ds",
    "Write",
    "https://www.notion.so/p",
    None,
    {"title": "Write", "status": {"id": "1", "name": "Done"}, "estimate": 3},
)
SAME = {"name": "Write", "status": "Done", "estimate": 3.0}
ROW = Row(
    id="r",
    notion_page_id="p",
    data_source="Tasks",
    name="Write",
    status="Done",
    values={"estimate": 3.0},
    observed_at=AT - 60 * SECOND,
    observed_version=6,
    updated_at=AT - 60 * SECOND,
    notion_edited_at=AT - 60 * SECOND,
    synced=canonical(SAME),
)


def match(row: Row | None, page: Snapshot = PAGE) -> Any:
    return matched(row, page, RULE, "Tasks", AT)


@pytest.mark.req("A7")
def test_a_row_that_says_the_same_takes_over_no_more_than_the_observation() -> None:
    found = match(ROW)

    assert (found.action, found.before, found.after, found.conflicts) == (None, {}, {}, ())
    assert (found.row.observed_version, found.row.observed_at, found.row.values) == (7, AT, {})


@pytest.mark.req("A7")
def test_only_what_differs_is_written_and_told() -> None:
    found = match(replace(ROW, status="Open", synced=canonical({**SAME, "status": "Open"})))

    assert (found.action, found.before, found.after) == (
        "project.updated",
        {"status": "Open"},
        {"status": "Done"},
    )
    assert (found.row.name, found.row.status, found.row.values, found.row.origin) == (
        "Write",
        "Done",
        {},
        "notion",
    )


@pytest.mark.req("A7")
def test_a_row_that_is_made_has_everything_that_the_page_shows() -> None:
    found = match(None)

    assert (found.action, found.before, found.after) == ("project.created", {}, SAME)
    assert (found.row.id, found.row.notion_page_id, found.row.values) == ("", "p", {"estimate": 3.0})


@pytest.mark.req("A7")
def test_what_postgres_can_not_hold_is_no_difference_for_ever() -> None:
    odd = replace(PAGE, title="Wri\0te\ud83d")

    assert (
        match(replace(ROW, name="Write?", synced=canonical({**SAME, "name": "Write?"})), odd).action is None
    )


@pytest.mark.req("A7")
def test_a_page_that_is_back_in_another_source_is_told_so() -> None:
    found = match(replace(ROW, trashed_at=AT, data_source="Orders"))

    assert (found.action, found.row.trashed_at) == ("project.restored", None)
    assert found.after == {"data_source": "Tasks"}


@pytest.mark.req("A7")
def test_a_mark_of_the_trash_stays_as_old_as_it_is() -> None:
    gone = PAGE.tombstone(None)
    first = matched_gone(ROW, gone, AT)
    again = matched_gone(first.row, gone, AT + SECOND)

    assert (first.action, first.row.trashed_at, first.row.name) == ("project.trashed", AT, "Write")
    assert (again.action, again.row.trashed_at) == (None, AT)


@pytest.mark.req("A7", "I5")
@pytest.mark.parametrize(
    ("changes", "action"),
    [
        ({}, "project.inline"),
        ({"observed_at": AT}, None),
        ({"notion_edited_at": AT}, None),
        ({"observed_at": None, "notion_edited_at": None}, "project.inline"),
        ({"status": "Blocked"}, None),
    ],
)
def test_an_event_stands_in_only_for_what_is_older_and_other(
    changes: dict[str, Any], action: str | None
) -> None:
    row = replace(ROW, **changes)
    found = matched_unseen(row, {"status": "Blocked"}, RULE, AT)

    assert found.action == action
    if action is None:
        assert found.row == row
    else:
        assert (found.row.status, found.row.observed_version) == ("Blocked", None)
        assert '"status": "Blocked"' in (found.row.synced or "")


@pytest.mark.req("A7", "A8")
def test_an_empty_text_in_a_row_is_no_value_that_a_page_could_lose_to() -> None:
    later = AT + SECOND
    blank = replace(ROW, name="", status="", values={"estimate": None}, updated_at=later, synced=None)
    found = match(blank)

    assert (found.conflicts, found.pending) == ((), ())
    assert found.after == {"name": "Write", "status": "Done", "estimate": 3.0}
