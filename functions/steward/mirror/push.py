"""What a page has to take over from its row, and what of that it can't. Pure.

A row is measured by its values, never by who touched it or when: one that was written without a change, or by Steward,
has the values of its base and so has nothing to say.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from steward.mirror.agreed import recalled
from steward.mirror.mapping import (
    NAME,
    CannotWrite,
    Shared,
    canonical,
    differing,
    roles_of,
    shared_of,
    writes_of,
)
from steward.mirror.merge import Times, base_after, merge
from steward.mirror.row_values import shared_in
from steward.mirror.rows import Row
from steward.pages import LONGEST_TEXT
from steward.rules import MirrorRule
from steward.snapshots import Snapshot


@dataclass(frozen=True)
class Push:
    """What a changed row leads to.

    Attributes:
        columns: column → value that the page takes over.
        writes: role → the same, as Notion's API takes it.
        refused: values that no page takes.
        back: whether the page has something for the row, too.
        agrees: what the page shows, where the row says the same and that was not remembered yet.
    """

    columns: Mapping[str, Any]
    writes: Mapping[str, Any]
    refused: tuple[CannotWrite, ...] = ()
    back: bool = False
    agrees: Shared | None = None


def changed(row: Row, rule: MirrorRule) -> bool:
    """Whether a row says anything that is not its base; what never was agreed on counts as soon as it has a value."""
    base, mine = recalled(row.synced, rule), shared_in(row, rule)
    return bool(differing(base, mine)) or any(mine[c] is not None for c in mine if c not in base)


def push_of(
    row: Row, rule: MirrorRule, types: Mapping[str, str], page: Snapshot, page_at: datetime | None
) -> Push:
    """What comes of a row beside its page, as that is known.

    Args:
        row: as it is.
        rule: the mirror's.
        types: role → type of the property.
        page: as it is, or as it is remembered.
        page_at: when the page was changed, as far as known.
    """
    base, shown = recalled(row.synced, rule), shared_of(page, rule)
    merged = merge(base, shown, shared_in(row, rule), Times(page_at, row.updated_at))
    if not merged.to_page and not merged.to_row:
        new = canonical(base_after(base, shown)) != canonical(base)
        return Push({}, {}, agrees=shown if new else None)
    columns, writes, refused = fitting(merged.to_page, rule, types, page)
    return Push(columns, writes, refused, back=bool(merged.to_row))


def fitting(
    wanted: Shared, rule: MirrorRule, types: Mapping[str, str], page: Snapshot
) -> tuple[dict[str, Any], dict[str, Any], tuple[CannotWrite, ...]]:
    """Of these values those that the page takes, the same by role as Notion takes them, and why it takes no others."""
    columns, writes, refused = dict[str, Any](), dict[str, Any](), list[CannotWrite]()
    for column, value in wanted.items():
        try:
            _must_be_whole(column, value, rule, page)
            writes |= writes_of({column: value}, rule, types, page.values)
        except CannotWrite as why:
            refused.append(why)
        else:
            columns[column] = value
    return columns, writes, tuple(refused)


def written_as(column: str, value: Any, rule: MirrorRule, types: Mapping[str, str], page: Snapshot) -> Any:
    """What a write of this value is, as Notion takes it; None when there is none."""
    try:
        (write,) = writes_of({column: value}, rule, types, page.values).values()
    except CannotWrite:
        return None
    return write


def value_id(row: Row, column: str, value: Any) -> str:
    """What this value of this row is known by among what was refused."""
    source = "\n".join((row.id, column, canonical({column: value})))
    return "refused-" + hashlib.sha256(source.encode("utf-8", "replace")).hexdigest()[:24]


def row_id(row: Row, why: str) -> str:
    """What a row as a whole is known by among what was left out."""
    return "skipped-" + hashlib.sha256(f"{row.id}\n{why}".encode("utf-8", "replace")).hexdigest()[:24]


def _must_be_whole(column: str, value: Any, rule: MirrorRule, page: Snapshot) -> None:
    """A row shows the beginning of a long text: to write that back would cut the page's."""
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise CannotWrite(
            column, f"a row shows {LONGEST_TEXT} characters, not {len(value)}; change it in Notion"
        )
    there = page.title if column == NAME else page.values.get(roles_of(rule)[column])
    if isinstance(there, str) and len(there) >= LONGEST_TEXT:
        raise CannotWrite(
            column, f"the page's text is longer than the {LONGEST_TEXT} characters that a row shows"
        )
