"""The automation that keeps a copy of a data source's pages in PostgreSQL (A7, A8)."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from steward.rules.notices import Automation
from steward.rules.values import Name, Slug, Strict, Switch

ColumnType = Literal["text", "number", "boolean", "date", "timestamp"]

OWN = frozenset(
    {
        "id",
        "notion_page_id",
        "data_source",
        "name",
        "status",
        "trashed_at",
        "notion_edited_at",
        "observed_at",
        "observed_version",
        "updated_at",
        "origin",
        "synced",
        "synced_hash",
    }
)
"""Columns that every row has: none of them can be a property's."""

_COLUMN = re.compile(r"[a-z][a-z0-9_]{0,39}")


def _column(value: str) -> str:
    if not _COLUMN.fullmatch(value):
        message = "write a column as lower-case letters, digits and _, beginning with a letter"
        raise ValueError(message)
    if value in OWN:
        message = f"every row has a column {value!r} of its own; choose another name"
        raise ValueError(message)
    return value


Column = Annotated[str, AfterValidator(_column)]


class MirroredColumn(Strict):
    """A property that has a column of its own.

    Attributes:
        name: of the column.
        role: of the property.
        type: of the column.
    """

    name: Column
    role: Slug
    type: ColumnType


class MirrorRule(Automation):
    """Keep a row for every linked page: its name, its status and whatever else has a column (A7, A8).

    Attributes:
        kind: which automation it is.
        auto_link: make a row for a page that is created; without, a page is linked by a row that names it.
        both_ways: what is changed in a row is written to its page, too.
        text: keep the text of linked pages, too, to be searched (A9).
        options: status in Notion → status in the database; empty when both use the same names. A status that is not in
            the map stays on its side.
        columns: further columns.
    """

    kind: Literal["mirror"]
    auto_link: Switch = False
    both_ways: Switch = True
    text: Switch = False
    options: dict[Name, Name] = Field(default_factory=dict)
    columns: tuple[MirroredColumn, ...] = ()


TYPES: dict[ColumnType, tuple[str, ...]] = {
    "text": (
        "title",
        "rich_text",
        "status",
        "select",
        "multi_select",
        "url",
        "email",
        "phone_number",
        "people",
        "relation",
    ),
    "number": ("number",),
    "boolean": ("checkbox",),
    "date": ("date",),
    "timestamp": ("date", "created_time", "last_edited_time"),
}
"""The types of property that a column of a type can show."""
