"""What counts as out of step, what is only on its way, and what the report makes of it."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from steward.mirror.agreed import recalled
from steward.mirror.difference import Difference, Kind
from steward.mirror.reconcile import (
    REPAIR,
    Listed,
    as_page_has_it,
    compare,
    on_its_way,
    shown,
    to_be_written,
    without_page,
)
from steward.mirror.report import (
    MOST_EXAMPLES,
    OLD,
    Report,
    SourceReport,
    Status,
    health,
)
from steward.mirror.row_values import shared_in
from steward.mirror.rows import Row
from steward.rules import MirroredColumn, MirrorRule

NOW = datetime(2026, 11, 20, 12, 0, 30, tzinfo=UTC)
GRACE = timedelta(minutes=10)
PAGE = "7a5c0000-0000-4000-8000-000000000001"
RULE = MirrorRule(
    kind="mirror",
    options={"Not started": "open", "Done": "closed"},
    columns=(MirroredColumn(name="due_on", role="due", type="date"),),
)
LISTED = Listed(
    PAGE, {"name": "Plan", "status": "open", "due_on": date(2026, 12, 1)}, NOW - timedelta(hours=1)
)
ROW = Row("r1", PAGE, "Tasks", "Plan", "open", {"due_on": date(2026, 12, 1)})


@pytest.mark.req("A7")
@pytest.mark.parametrize(
    ("row", "columns"),
    [
        (ROW, None),
        (replace(ROW, name="Other"), {"name": ["Plan", "Other"]}),
        (replace(ROW, status=""), {"status": ["open", None]}),
        (replace(ROW, values={"due_on": None}), {"due_on": ["2026-12-01", None]}),
        (replace(ROW, trashed_at=NOW), {"trashed_at": [None, NOW.isoformat()]}),
    ],
    ids=["the same", "name", "an empty text is none", "a column", "marked as gone"],
)
def test_each_value_that_differs_is_told_as_both_sides_have_it(row: Row, columns: object) -> None:
    found = compare(LISTED, row, RULE)

    assert (found and found.columns) == columns
    assert found is None or found.kind is Kind.MISMATCH


@pytest.mark.req("A7")
def test_what_one_side_cant_show_is_not_compared() -> None:
    listed = replace(LISTED, shared={"name": "Plan"})  # a status that is not in the map

    assert compare(listed, replace(ROW, status="whatever"), RULE) is None


@pytest.mark.req("A7")
def test_a_name_with_what_postgresql_cant_hold_is_no_mismatch_for_ever() -> None:
    listed = replace(LISTED, shared={**LISTED.shared, "name": "Pl\0an"})

    assert compare(listed, ROW, RULE) is None


@pytest.mark.req("A7")
def test_a_side_that_is_alone_is_named() -> None:
    assert compare(LISTED, None, RULE) == Difference(Kind.PAGE_WITHOUT_ROW, PAGE, None, "Plan", {})
    assert without_page(ROW).kind is Kind.ROW_WITHOUT_PAGE


@pytest.mark.req("A7")
@pytest.mark.parametrize(
    ("edited", "row", "grace", "expected"),
    [
        (NOW - timedelta(hours=1), ROW, GRACE, False),
        (NOW - timedelta(minutes=5), ROW, GRACE, True),
        (NOW - timedelta(minutes=5), ROW, timedelta(0), False),
        (NOW - timedelta(hours=1), replace(ROW, updated_at=NOW - timedelta(minutes=5)), GRACE, True),
        (NOW - timedelta(hours=1), replace(ROW, notion_edited_at=NOW - timedelta(minutes=30)), GRACE, True),
        (None, None, GRACE, False),
    ],
    ids=["old", "page edited", "no grace", "row written", "the query lags", "nobody knows"],
)
def test_what_was_changed_lately_is_on_its_way(
    edited: datetime | None, row: Row | None, grace: timedelta, expected: bool
) -> None:
    assert on_its_way(edited, row, NOW, grace) is expected


@pytest.mark.req("A7", "A8")
def test_a_mended_row_says_what_the_page_does_and_both_directions_leave_a_base() -> None:
    wrong = replace(ROW, name="Other", status=None, trashed_at=NOW, observed_version=7)

    mended = as_page_has_it(LISTED, wrong, "Tasks", NOW)
    assert shared_in(mended, RULE) == LISTED.shared
    assert (mended.trashed_at, mended.origin, mended.observed_version) == (None, "notion", None)
    assert recalled(mended.synced, RULE) == LISTED.shared

    marked = to_be_written(LISTED, wrong)
    assert (marked.name, marked.origin) == ("Other", REPAIR)
    assert recalled(marked.synced, RULE) == LISTED.shared

    made = as_page_has_it(LISTED, None, "Tasks", NOW)
    assert (made.id, made.notion_page_id, made.name) == ("", PAGE, "Plan")


@pytest.mark.req("A7")
@pytest.mark.parametrize(
    ("source", "status", "reason"),
    [
        (SourceReport("Tasks", pages=9, settling=2), Status.HEALTHY, "both sides are in step"),
        (SourceReport("Tasks", pages_without_row=9), Status.HEALTHY, "both sides are in step"),
        (
            SourceReport("Tasks", auto_link=True, pages_without_row=9),
            Status.DEGRADED,
            "9 pages without a row",
        ),
        (SourceReport("Tasks", linked=100, rows=100, mismatches=9), Status.DEGRADED, "9 mismatched"),
        (SourceReport("Tasks", linked=1000, rows=1000, mismatches=50), Status.DEGRADED, "50 mismatched"),
        (SourceReport("Tasks", linked=1000, mismatches=51), Status.BROKEN, "51 mismatched"),
        (SourceReport("Tasks", linked=10, rows_without_page=10), Status.BROKEN, "10 rows without a page"),
        (SourceReport("Tasks", trouble="notion.query: forbidden"), Status.BROKEN, "notion.query: forbidden"),
    ],
)
def test_the_status_says_how_bad_it_is_and_why(source: SourceReport, status: Status, reason: str) -> None:
    assert (source.status, source.reason) == (status, reason)


def _report(*sources: SourceReport) -> Report:
    return Report("run", NOW, NOW, 3, sources)


@pytest.mark.req("A7")
def test_a_report_survives_being_remembered() -> None:
    found = compare(LISTED, replace(ROW, name="Other"), RULE)
    assert found is not None
    report = _report(SourceReport("Tasks", mismatches=1).with_difference(found, repaired=False))

    assert Report.of(json.loads(json.dumps(report.document()))) == report
    assert Report.of(None) is None


BROKEN = _report(
    SourceReport(
        "Tasks", differences=(Difference(Kind.ROW_WITHOUT_PAGE, PAGE, "r1", "Plan", {"name": ["a", "b"]}),)
    )
).document()
SOURCE = BROKEN["sources"][0]


@pytest.mark.req("C2", "C3")
@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "HEALTH",
        7,
        {},
        {**BROKEN, "began": None},
        {**BROKEN, "finished": "yesterday"},
        {**BROKEN, "finished": "2026-11-20T12:00:30"},  # without a zone it can't be compared with now
        {name: value for name, value in BROKEN.items() if name != "rows_unlinked"},
        {**BROKEN, "calls": "many"},
        {**BROKEN, "trouble": 1},
        {**BROKEN, "sources": None},
        {**BROKEN, "sources": ["Tasks"]},
        {**BROKEN, "sources": [{}]},
        {**BROKEN, "sources": [{**SOURCE, "name": None}]},
        {**BROKEN, "sources": [{**SOURCE, "mismatches": "two"}]},
        {**BROKEN, "sources": [{**SOURCE, "mismatches": None}]},
        {**BROKEN, "sources": [{**SOURCE, "differences": [{"kind": "mismatch"}]}]},
        {**BROKEN, "sources": [{**SOURCE, "differences": [{**SOURCE["differences"][0], "kind": "other"}]}]},
        {**BROKEN, "sources": [{**SOURCE, "differences": [{**SOURCE["differences"][0], "columns": None}]}]},
        {**BROKEN, "sources": [{**SOURCE, "differences": [{**SOURCE["differences"][0], "name": 1}]}]},
    ],
)
def test_what_is_old_or_broken_is_no_report_and_no_error(document: object) -> None:
    assert Report.of(BROKEN) is not None
    assert Report.of(document) is None


@pytest.mark.req("A7")
def test_the_worst_source_decides_and_each_that_is_not_well_is_named() -> None:
    report = _report(SourceReport("A"), SourceReport("B", mismatches=1), SourceReport("C", trouble="away"))

    assert (report.status, report.reason) == (Status.BROKEN, "B: 1 mismatched; C: away")


@pytest.mark.req("A7")
def test_an_old_report_is_at_best_degraded_and_without_one_nobody_knows() -> None:
    healthy, broken = _report(), replace(_report(), trouble="postgres is away")

    assert health(healthy, NOW)["status"] == "healthy"
    old = health(healthy, NOW + OLD + timedelta(seconds=1))
    assert (old["status"], old["reason"]) == ("degraded", "last compared 2026-11-20 12:00 UTC")
    assert health(broken, NOW + OLD + timedelta(seconds=1))["status"] == "broken"
    assert health(None, NOW)["status"] == "degraded"


@pytest.mark.req("A7")
def test_the_report_of_a_lost_mirror_stays_small() -> None:
    source = SourceReport("Tasks")
    for number in range(3 * MOST_EXAMPLES):
        text = shown("x" * 100_000)
        column = {"name": [text, text]}
        source = source.with_difference(
            Difference(Kind.MISMATCH, PAGE, str(number), "name", column), repaired=True
        )

    assert (len(source.differences), source.repaired) == (MOST_EXAMPLES, 3 * MOST_EXAMPLES)
    assert len(json.dumps(source.document())) < 20_000
