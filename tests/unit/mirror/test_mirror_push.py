"""What a changed row leads to, by values alone."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from steward.mirror.mapping import canonical, digest
from steward.mirror.push import changed, push_of, value_id
from steward.mirror.row_values import shared_in
from steward.mirror.rows import Row
from steward.pages import LONGEST_TEXT
from steward.rules import MirroredColumn, MirrorRule
from steward.snapshots import Snapshot

RULE = MirrorRule(
    kind="mirror",
    options={"Not started": "todo", "Done": "done"},
    columns=(
        MirroredColumn(name="due", role="due", type="date"),
        MirroredColumn(name="effort", role="effort", type="number"),
        MirroredColumn(name="owner", role="owner", type="text"),
    ),
)
TYPES = {"title": "title", "status": "status", "due": "date", "effort": "number", "owner": "people"}
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 13, tzinfo=UTC)
PAGE = Snapshot(
    "page",
    3,
    NOON,
    gone=False,
    source_id="source",
    title="Plan",
    url="",
    assignees=(),
    values={
        "status": {"id": "1", "name": "Not started"},
        "due": {"start": "2026-12-01", "end": "2026-12-05"},
        "effort": 3,
        "owner": ["ann"],
    },
)
AGREED = {"name": "Plan", "status": "todo", "due": date(2026, 12, 1), "effort": 3.0, "owner": "ann"}
VALUES: dict[str, Any] = {"due": date(2026, 12, 1), "effort": 3.0, "owner": "ann"}
ROW = Row(
    "row",
    "page",
    "Tasks",
    "Plan",
    "todo",
    VALUES,
    updated_at=LATER,
    synced=canonical(AGREED),
    synced_hash=digest(AGREED),
)


def with_values(**values: Any) -> Row:
    own = {name: values.pop(name) for name in ("name", "status") if name in values}
    return replace(ROW, values={**VALUES, **values}, **own)


@pytest.mark.req("A8", "P7")
def test_a_row_that_says_what_was_agreed_on_has_no_news_whoever_touched_it_and_when() -> None:
    assert not changed(replace(ROW, origin="app", updated_at=LATER), RULE)
    assert push_of(ROW, RULE, TYPES, PAGE, NOON).columns == {}


@pytest.mark.req("A8")
@pytest.mark.parametrize(
    ("row", "role", "write"),
    [
        (with_values(name="Ship"), "title", {"title": [{"type": "text", "text": {"content": "Ship"}}]}),
        (with_values(status="done"), "status", {"status": {"name": "Done"}}),
        (with_values(effort=5.0), "effort", {"number": 5.0}),
        (with_values(effort=None), "effort", {"number": None}),
        (with_values(due=date(2026, 12, 3)), "due", {"date": {"start": "2026-12-03", "end": "2026-12-05"}}),
        (with_values(due=date(2026, 12, 9)), "due", {"date": {"start": "2026-12-09", "end": None}}),
    ],
)
def test_only_the_changed_column_is_written(row: Row, role: str, write: dict[str, Any]) -> None:
    assert changed(row, RULE)
    assert push_of(row, RULE, TYPES, PAGE, NOON).writes == {role: write}


@pytest.mark.req("A8")
@pytest.mark.parametrize(
    ("row", "why"),
    [
        (with_values(status="lost"), "'lost' has no counterpart in Notion"),
        (with_values(status=None), "a status can't be emptied"),
        (with_values(owner="ben"), "a people property is only shown"),
        (with_values(effort=float("nan")), "Notion has no number nan"),
        (with_values(effort=float("inf")), "Notion has no number inf"),
        (with_values(name="x" * (LONGEST_TEXT + 1)), f"a row shows {LONGEST_TEXT} characters"),
    ],
)
def test_what_no_page_takes_is_refused_and_the_rest_goes_on(row: Row, why: str) -> None:
    row = replace(row, values={**row.values, "due": None})
    push = push_of(row, RULE, TYPES, PAGE, NOON)

    (refused,) = push.refused
    assert why in str(refused)
    assert push.columns == {"due": None}


@pytest.mark.req("A8")
def test_a_text_of_which_the_row_shows_only_the_beginning_is_not_cut_in_the_page() -> None:
    page = replace(PAGE, title="x" * (LONGEST_TEXT - 1) + "…")
    agreed = {**AGREED, "name": page.title}
    row = replace(with_values(name="Short"), synced=canonical(agreed))

    assert push_of(row, RULE, TYPES, page, NOON).columns == {}


@pytest.mark.req("A8")
@pytest.mark.parametrize(("page_at", "kept"), [(NOON, "row"), (LATER, "page"), (None, "row")])
def test_where_both_changed_the_newer_one_is_kept(page_at: datetime | None, kept: str) -> None:
    row = replace(with_values(status="done"), updated_at=datetime(2026, 11, 20, 12, 30, tzinfo=UTC))
    page = replace(PAGE, values={**PAGE.values, "status": {"id": "9", "name": "Not started"}})
    row = replace(row, synced=canonical({**AGREED, "status": "somewhere else"}))
    push = push_of(row, RULE, TYPES, page, page_at)

    assert (push.columns, push.back) == (({"status": "done"}, False) if kept == "row" else ({}, True))


@pytest.mark.req("A8")
def test_two_sides_that_say_the_same_and_never_agreed_do_now() -> None:
    push = push_of(replace(ROW, synced=None, synced_hash=None), RULE, TYPES, PAGE, NOON)

    assert (push.writes, push.back) == ({}, False)
    assert push.agrees is not None
    assert canonical(push.agrees) == canonical(AGREED)


@pytest.mark.req("A8")
def test_an_empty_text_is_an_empty_value() -> None:
    assert shared_in(with_values(owner=""), RULE)["owner"] is None


@pytest.mark.req("A8")
@pytest.mark.parametrize("other", [("column", "b"), ("another", "a"), ("column", None), ("column", 1.0)])
def test_a_refused_value_is_known_by_row_column_and_value(other: tuple[str, Any]) -> None:
    known = value_id(ROW, "column", "a")

    assert known == value_id(replace(ROW, updated_at=NOON), "column", "a")
    assert known != value_id(ROW, *other)
    assert known != value_id(replace(ROW, id="another"), "column", "a")
