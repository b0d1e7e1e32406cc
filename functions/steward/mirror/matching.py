"""What a page's row has to become, given both, and what the audit log says of it. Pure.

Rows are matched to what is known of the page. What somebody else changed in the row since both sides last agreed stays
there, if the rule works both ways: it is the page that has to take it over.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from steward.mirror.agreed import recalled
from steward.mirror.audit import CREATED, INLINE, RESTORED, TRASHED, UPDATED
from steward.mirror.mapping import Shared, canonical, differing, digest, shared_of
from steward.mirror.merge import Conflict, Merge, Times, base_after, merge
from steward.mirror.row_values import plain, shared_in, stored, taken_over
from steward.mirror.rows import OURS, Row
from steward.rules import MirrorRule
from steward.snapshots import Snapshot

SOURCE = "data_source"


@dataclass(frozen=True, slots=True)
class Match:
    """What has to be written.

    Attributes:
        row: as it has to be.
        action: for the audit log; None when nothing changes that anybody looks at.
        before: column → what changes, as it was.
        after: as it becomes.
        conflicts: columns that both sides had changed.
        pending: columns that the page has still to take over from the row.
    """

    row: Row
    action: str | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    pending: tuple[str, ...] = ()


def matched(
    row: Row | None, snapshot: Snapshot, rule: MirrorRule, source: str, changed_at: datetime | None
) -> Match:
    """A page that is there.

    Args:
        row: as it is; None to make one.
        snapshot: what is known of the page.
        rule: the mirror's of its data source.
        source: the data source's name.
        changed_at: when the page was changed last, by Notion's clock; None when nobody knows.
    """
    page = stored(shared_of(snapshot, rule))
    there = row or Row(notion_page_id=snapshot.page_id, data_source=source)
    merged = Merge(page, {}) if row is None else _merged(row, page, rule, changed_at)
    becomes = replace(
        _told(there, page, merged, rule, changed_at),
        data_source=source,
        trashed_at=None,
        observed_at=snapshot.observed_at,
        observed_version=snapshot.version,
    )
    was = shared_in(there, rule)
    before = {column: was.get(column) for column in merged.to_row} if row else {}
    after = dict(merged.to_row)
    if there.data_source != source:
        before[SOURCE], after[SOURCE] = there.data_source, source
    return Match(
        becomes, _action(row, after), plain(before), plain(after), merged.conflicts, tuple(merged.to_page)
    )


def matched_unseen(row: Row, page: Shared, rule: MirrorRule, changed_at: datetime) -> Match:
    """A page that can't be read, by what an event itself says of it. The row stays one of the observation before.

    Args:
        row: as it is.
        page: those of its shared values that the event carries.
        rule: the mirror's of its data source.
        changed_at: the event's time.
    """
    page = stored(page)
    known = max((at for at in (row.observed_at, row.notion_edited_at) if at is not None), default=None)
    if known is not None and changed_at <= known:
        return Match(row)  # what was seen, or told, is newer
    merged = _merged(row, page, rule, changed_at)
    if not (merged.to_row or merged.conflicts):
        return Match(row)
    was = shared_in(row, rule)
    becomes = replace(_told(row, page, merged, rule, changed_at), observed_version=None)
    before = {column: was[column] for column in merged.to_row}
    return Match(
        becomes, INLINE, plain(before), plain(merged.to_row), merged.conflicts, tuple(merged.to_page)
    )


def matched_gone(row: Row, snapshot: Snapshot, at: datetime) -> Match:
    """A page that is gone, or that no rule mirrors any more: its row is marked, and a mark that is there stays.

    Args:
        row: as it is.
        snapshot: what is known of the page.
        at: since when.
    """
    seen = replace(
        row, observed_at=snapshot.observed_at or row.observed_at, observed_version=snapshot.version
    )
    if row.trashed_at is not None:
        return Match(seen)
    return Match(replace(seen, trashed_at=at), TRASHED, {}, plain({"trashed_at": at}))


def _merged(row: Row, page: Shared, rule: MirrorRule, changed_at: datetime | None) -> Merge:
    was = shared_in(row, rule)
    if rule.both_ways:
        return merge(recalled(row.synced, rule), page, was, Times(changed_at, row.updated_at))
    return Merge({column: page[column] for column in differing(page, was)}, {})


def _told(row: Row, page: Shared, merged: Merge, rule: MirrorRule, changed_at: datetime | None) -> Row:
    """The row when it was told what the page says."""
    base = base_after(recalled(row.synced, rule), page)
    return replace(
        taken_over(row, merged.to_row),
        notion_edited_at=changed_at or row.notion_edited_at,
        # Whoever looks for what others changed must go on finding it.
        origin=row.origin if merged.to_page else OURS,
        synced=canonical(base),
        synced_hash=digest(base),
    )


def _action(row: Row | None, after: Mapping[str, Any]) -> str | None:
    if row is None:
        return CREATED
    if row.trashed_at is not None:
        return RESTORED
    return UPDATED if after else None
