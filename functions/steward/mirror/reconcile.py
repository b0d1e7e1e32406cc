"""The comparison of a page and its row, for the report and the repair of the mirror. Pure.

What was changed a moment ago is on its way, and is no mismatch: the index behind a query lags, a webhook takes minutes,
a changed row waits for its tick.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from steward.mirror.difference import Difference, Kind
from steward.mirror.mapping import NAME, Shared, canonical, differing, digest
from steward.mirror.row_values import shared_in, stored, taken_over
from steward.mirror.rows import OURS, Row
from steward.rules import MirrorRule
from steward.snapshots import minute_of

GRACE = timedelta(minutes=10)
"""How long a change may take to reach the other side."""

LONGEST_SHOWN = 120
"""Characters of a value that a report keeps."""

TRASHED = "trashed_at"

REPAIR = "repair"
"""``origin`` of a row whose values are to be written to its page."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page as a query listed it.

    Attributes:
        page_id: the page.
        shared: what its row has to say.
        edited_at: when it was edited last, a minute; None when unknown.
    """

    page_id: str
    shared: Shared
    edited_at: datetime | None

    @property
    def name(self) -> str:
        """By which people know it."""
        return shown(self.shared.get(NAME)) or self.page_id


def compare(page: Listed, row: Row | None, rule: MirrorRule) -> Difference | None:
    """What is not in step between a page that is there and its row.

    Args:
        page: as it was listed.
        row: the row that names it, or None.
        rule: the mirror's.
    """
    if row is None:
        return Difference(Kind.PAGE_WITHOUT_ROW, page.page_id, None, page.name, {})
    theirs, ours = stored(page.shared), shared_in(row, rule)
    columns = {c: [shown(theirs[c]), shown(ours[c])] for c in differing(theirs, ours)}
    if row.trashed_at is not None:
        columns[TRASHED] = [None, shown(row.trashed_at)]
    if not columns:
        return None
    return Difference(Kind.MISMATCH, page.page_id, row.id, page.name, columns)


def without_page(row: Row) -> Difference:
    """A row whose page is not there."""
    return Difference(Kind.ROW_WITHOUT_PAGE, row.notion_page_id or "", row.id, shown(row.name) or row.id, {})


def on_its_way(edited_at: datetime | None, row: Row | None, now: datetime, grace: timedelta) -> bool:
    """Whether either side was changed so lately that the other can't be blamed.

    Args:
        edited_at: when the page was, a minute rounded down; None when unknown, or without a page.
        row: the row, or None.
        now: when they were seen.
        grace: how long it may take; none for now.
    """
    if not grace:
        return False
    if edited_at is not None and edited_at > minute_of(now - grace):
        return True
    if row is None:
        return False
    if (
        row.notion_edited_at is not None
        and edited_at is not None
        and minute_of(row.notion_edited_at) > edited_at
    ):
        return True  # the row knows of an edit that the query has not seen
    return row.updated_at is not None and row.updated_at > now - grace


def as_page_has_it(page: Listed, row: Row | None, source: str, seen: datetime | None) -> Row:
    """The row that says what the page does.

    It is of no observation of the page itself, so that whatever is observed later overwrites it.

    Args:
        page: as it was listed.
        row: as it is, or None to make one.
        source: the name of the data source.
        seen: when it was listed, by Notion's clock.
    """
    shared = stored(page.shared)
    return replace(
        taken_over(row or Row(notion_page_id=page.page_id), shared),
        data_source=source,
        trashed_at=None,
        notion_edited_at=page.edited_at,
        observed_at=seen,
        observed_version=None,
        origin=OURS,
        synced=canonical(shared),
        synced_hash=digest(shared),
    )


def to_be_written(page: Listed, row: Row) -> Row:
    """The row, marked so that its values go to its page: with the page's as what both agreed on, the row's are news."""
    shared = stored(page.shared)
    return replace(
        row,
        trashed_at=None,
        observed_version=None,
        origin=REPAIR,
        synced=canonical(shared),
        synced_hash=digest(shared),
    )


def shown(value: Any) -> Any:
    """A value in JSON's types, cut to what a report keeps."""
    match value:
        case str():
            return value if len(value) <= LONGEST_SHOWN else value[: LONGEST_SHOWN - 1] + "…"
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
    return value
