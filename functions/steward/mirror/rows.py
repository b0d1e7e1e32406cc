"""A row of the table ``projects``, and what may become of one that is written. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from steward.mirror.schema import OWN

Value = str | float | bool | date | datetime | None
"""What a mapped column holds; a ``datetime`` has a time zone."""

OURS = "notion"
"""``origin`` of a row that Steward wrote last."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row.

    Attributes:
        id: its own; empty for one that is to be made.
        notion_page_id: the page, hyphenated; None for a row that has none yet.
        data_source: the name of the page's data source in the rules file.
        name: the page's title.
        status: in the database's words.
        values: mapped column → value.
        trashed_at: since when the page is gone; None while it is there.
        notion_edited_at: when the change happened that the row shows, by Notion's clock.
        observed_at: when the page was seen so.
        observed_version: the version of the snapshot that the row shows.
        updated_at: when the row was written last, by the database's clock; set by ``Projects.put``.
        origin: ``notion`` when Steward wrote it last.
        synced: what both sides agreed on last, as JSON.
        synced_hash: its sha256.
    """

    id: str = ""
    notion_page_id: str | None = None
    data_source: str | None = None
    name: str | None = None
    status: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    trashed_at: datetime | None = None
    notion_edited_at: datetime | None = None
    observed_at: datetime | None = None
    observed_version: int | None = None
    updated_at: datetime | None = None
    origin: str = OURS
    synced: str | None = None
    synced_hash: str | None = None


class Written(StrEnum):
    """What became of a row that was to be written."""

    CREATED = "created"
    UPDATED = "updated"
    STALE = "stale"  # the row shows a newer observation: nothing was written
    CHANGED = "changed"  # the row is not what was expected: nothing was written
    ABSENT = "absent"  # there is no such row: nothing was written


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far changed rows were read.

    Attributes:
        updated_at: of the last row.
        id: of the last row.
    """

    updated_at: datetime
    id: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows there are.

    Attributes:
        rows: all.
        linked: of a page.
        trashed: of a page that is gone.
    """

    rows: int
    linked: int
    trashed: int


def storable(text: str) -> str:
    """The text as PostgreSQL can hold it: without NUL, and without halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def plain(row: Row, name: str) -> Any:
    """A column's value as it is stored."""
    value = getattr(row, name) if name in OWN else row.values[name]
    return storable(value) if isinstance(value, str) else value
