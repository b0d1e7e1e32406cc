"""Replays: an operator asks once more that the world match a page, by an event that claims nothing. Pure.

A replay carries the id of the event that it repeats, and the dialect ``replay``: for it the processor does not ask whether
the event was finished, nor whether the snapshot covers it, but reads the page, and plans from what differs from the
snapshot. It never says again what the event said, not when it happened, not who did it, not that something was news: what
was told is in the snapshot and so is told no second time. See ADR 16.
"""

from collections.abc import Mapping
from typing import Any

from steward.events import Event

DIALECT = "replay"

PAGE = "page.updated"
"""The type of a page's replay: a change that says nothing of itself."""

_SCHEMA = "data_source.schema_updated"


def of_page(page_id: str, event_id: str) -> Event:
    """A fresh hint for a page, under an id of its own."""
    return Event(event_id, PAGE, DIALECT, entity_id=page_id, entity_type="page")


def of_row(row: Mapping[str, Any]) -> Event | None:
    """The replay of a finished event, from its row in the Journal; None when it is about nothing that can be looked at."""
    entity, kind = row.get("entity"), str(row.get("type", ""))
    event_id = str(row["pk"]).partition("#")[2]
    if not entity:
        return None
    container = kind.partition(".")[0]
    if container in ("data_source", "database"):  # before the dialect: what was replayed may be one
        return Event(event_id, _SCHEMA, DIALECT, entity_id=str(entity), entity_type=container)
    if container == "page" or row.get("dialect") in ("sweep", "reminder", DIALECT):
        return of_page(str(entity), event_id)
    return None
