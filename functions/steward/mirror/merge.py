"""What each side of a link takes over from the other: a three-way merge, column by column. Pure.

The base is what both sides agreed on last. A side that still has the base's value has changed nothing, so it takes the
other's. Where both changed to different values there is a conflict, and the newer change wins, by the times that the two
sides recorded themselves; without a time a change counts as older, and of two at the same moment Notion's wins.

Without a base, as when a row is linked for the first time, an empty value gives way, and any other difference is a
conflict: nobody knows which came first.

**The next base.** Whoever has told one side's values to the other keeps *that side's* values as the base (``base_after``):
what the other side has still to take over then shows as its counterpart's change alone, so no conflict is found twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from steward.documents import iso
from steward.mirror.mapping import Shared, differing
from steward.mirror.row_values import plain


class Side(StrEnum):
    """One of the two."""

    PAGE = "page"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Times:
    """When each side was changed last.

    Attributes:
        page: by Notion's clock, as the event or the page tells; None when nobody knows.
        row: ``updated_at``, by the database's clock.
    """

    page: datetime | None = None
    row: datetime | None = None

    @property
    def newer(self) -> Side:
        """The side that was changed later."""
        if self.row is None or (self.page is not None and self.page >= self.row):
            return Side.PAGE
        return Side.ROW


@dataclass(frozen=True, slots=True)
class Conflict:
    """A column that both sides changed, and not to the same.

    Attributes:
        column: of the row.
        page: the page's value.
        row: the row's value.
        wins: whose value is kept.
    """

    column: str
    page: Any
    row: Any
    wins: Side

    def told(self, times: Times) -> dict[str, Any]:
        """What the audit log says of it: both values, and when each side was changed."""
        return {
            "column": self.column,
            **plain({"page": self.page, "row": self.row}),
            "page_at": iso(times.page),
            "row_at": iso(times.row),
            "kept": str(self.wins),
        }


@dataclass(frozen=True, slots=True)
class Merge:
    """What has to be written so that both sides are the same.

    Attributes:
        to_row: column → the page's value.
        to_page: column → the row's value.
        conflicts: those among them that both sides had changed.
    """

    to_row: Mapping[str, Any]
    to_page: Mapping[str, Any]
    conflicts: tuple[Conflict, ...] = ()


def merge(base: Shared, page: Shared, row: Shared, times: Times) -> Merge:
    """Merge the two sides.

    Args:
        base: what both agreed on last; empty when they never did.
        page: the page's values.
        row: the row's values. A column that only one side has is neither compared nor written.
        times: when each was changed.
    """
    to_row, to_page, conflicts = dict[str, Any](), dict[str, Any](), list[Conflict]()
    changed_page, changed_row = _changed(base, page), _changed(base, row)
    for column in differing(page, row):
        theirs, ours = page[column], row[column]
        if column in changed_page and column in changed_row:
            conflicts.append(Conflict(column, theirs, ours, times.newer))
            wins = times.newer
        else:
            wins = Side.PAGE if column in changed_page else Side.ROW
        if wins is Side.PAGE:
            to_row[column] = theirs
        else:
            to_page[column] = ours
    return Merge(to_row, to_page, tuple(conflicts))


def base_after(base: Shared, told: Shared) -> dict[str, Any]:
    """The next base, once the values of a side were told to the other; columns that it can't show keep theirs."""
    return {**base, **told}


def _changed(base: Shared, side: Shared) -> frozenset[str]:
    """The columns in which a side differs from the base; without one, those in which it has a value."""
    unknown = {column for column, value in side.items() if column not in base and value is not None}
    return frozenset(differing(side, base)) | unknown
