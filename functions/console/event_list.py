"""The list of events: read newest first, within bounds, until a page of it is full.

A filter may match one event in a million, so what one request reads is bounded in rows, in days and in looks at
closings; where it stops, the list says so and goes on behind a link.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from console.event_lines import EventLine, line_of, matches, may_have_changed, outcome_of
from console.snapshots_of import snapshots_of
from console.wish import Wish, time_of
from steward.closings import Closings
from steward.documents import iso
from steward.journal import Journal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

SHOWN = 20
"""Events on a page of the list."""

MOST_ROWS, MOST_LOOKS, MOST_DAYS = 600, 60, timedelta(days=7)
"""What one request reads: rows, events whose effects it looks after, and days: each is a query, even an empty one."""

_TICK = timedelta(milliseconds=1)
"""Times of rows are kept to the millisecond: several rows may share one, and their ids tell them apart."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EventList:
    """A page of the list.

    Attributes:
        lines: newest first.
        older: the place in the list behind which older ones may stand; None when there are none.
        back_to: up to when it was looked back.
    """

    lines: tuple[EventLine, ...]
    older: str | None
    back_to: datetime


def read(
    wish: Wish, journal: Journal, closings: Closings, state: "Table", now: datetime, keep: timedelta
) -> EventList:
    """A page of the list.

    Args:
        wish: which events.
        journal: holds them.
        closings: knows how effects ended that were still owed then.
        state: the State table, which knows whose the pages are.
        now: our clock.
        keep: how long the journal keeps events.
    """
    now = now.astimezone(UTC)
    oldest, newest = now - keep, now + timedelta(minutes=1)
    if wish.before is not None:
        # Whoever types an address names any time, also one that nothing can be added to or taken from.
        newest = min(time_of(wish.before), newest) + _TICK
    if newest <= oldest:
        return EventList((), None, oldest)
    first = max(oldest, newest - MOST_DAYS)
    rows = (
        row for row in journal.backwards(first, newest) if wish.before is None or str(row["at"]) < wish.before
    )
    kept, stopped_at = _select(rows, wish, closings)
    if stopped_at is None and first > oldest:
        stopped_at = f"{iso(first)}#"
    known = snapshots_of(state, (str(row["entity"]) for row, _ in kept if row.get("entity")))
    lines = tuple(line_of(row, later, known.get(str(row.get("entity")))) for row, later in kept)
    return EventList(lines, stopped_at, first if stopped_at is None else time_of(stopped_at))


def _select(
    rows: Iterable[Row], wish: Wish, closings: Closings
) -> tuple[list[tuple[Row, Mapping[str, Row]]], str | None]:
    """The rows that are wished for, with how their effects ended later; and the last place, if there are more behind it."""
    kept: list[tuple[Row, Mapping[str, Row]]] = []
    looks, place = 0, ""
    for read_before, row in enumerate(rows):
        if len(kept) == SHOWN or looks == MOST_LOOKS or read_before == MOST_ROWS:
            return kept, place
        place = str(row["at"])
        if not matches(row, wish.page):
            continue
        later: Mapping[str, Row] = {}
        if may_have_changed(row):
            looks += 1
            later = closings.of_event(str(row["pk"]).removeprefix("EVENT#"))
        if wish.outcome in (None, outcome_of(row, later)):
            kept.append((row, later))
    return kept, None
