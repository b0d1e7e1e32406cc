"""Property values as Notion's PATCH of a page takes them, and whether a page already has them. Pure.

A write whose answer was lost is not repeated blindly: the page is read, and ``holds`` says whether the write is there.
Source: Notion's reference on page property values, version 2026-03-11, and its size limits: 100 entries in a list.
"""

from collections.abc import Iterable, Mapping
from datetime import date as day_type
from datetime import datetime
from typing import Any

from steward.identifiers import normalise_id

LIST_LIMIT = 100
"""Entries of a people, relation or multi-select value in one request."""

SHOWN = 25
"""References of a people or relation property that a page shows; the rest is behind another endpoint."""

Value = dict[str, Any]


def people(ids: Iterable[str]) -> Value:
    """People, by user id; none empties the property."""
    return {"people": [{"object": "user", "id": i} for i in _listed(ids)]}


def relation(ids: Iterable[str]) -> Value:
    """Related pages, by page id."""
    return {"relation": [{"id": i} for i in _listed(ids)]}


def multi_select(names: Iterable[str]) -> Value:
    """Options by name; Notion makes an option that is not there, which needs no comma in its name."""
    return {"multi_select": [{"name": _option(name)} for name in _listed(names)]}


def select(name: str | None) -> Value:
    """An option by name, or none; Notion makes an option that is not there."""
    return {"select": None if name is None else {"name": _option(name)}}


def status(name: str) -> Value:
    """A status by name; it has to be there, Notion makes none."""
    return {"status": {"name": name}}


def checkbox(checked: bool) -> Value:
    """Checked or not."""
    return {"checkbox": checked}


def date(start: str | None, end: str | None = None) -> Value:
    """A date or a span, ISO 8601 with or without a time; none empties the property."""
    return {"date": None if start is None else {"start": start, "end": end}}


def holds(page: Mapping[str, Any], properties: Mapping[str, Any]) -> bool | None:
    """Whether a page, as it was just read, has the values that a write would give it.

    Args:
        page: Notion's page object.
        properties: by property id or name, as they were or would be written.

    Returns:
        None when the page can't tell: a property is not shown, or its list is cut at 25 entries.
    """
    shown = page.get("properties")
    if not isinstance(shown, Mapping):
        return None
    found = [_has(_property(shown, reference), wanted) for reference, wanted in properties.items()]
    return False if False in found else None if None in found else True


def _property(shown: Mapping[str, Any], reference: str) -> Mapping[str, Any] | None:
    by_id = (p for p in shown.values() if isinstance(p, Mapping) and p.get("id") == reference)
    found = next(by_id, shown.get(reference))
    return found if isinstance(found, Mapping) else None


def _has(found: Mapping[str, Any] | None, wanted: object) -> bool | None:
    if found is None or not isinstance(wanted, Mapping) or len(wanted) != 1:
        return None
    ((kind, value),) = wanted.items()
    if kind not in found:
        return None if found.get("type") is None else False
    current = found[kind]
    if isinstance(current, list) and kind in ("people", "relation") and len(current) >= SHOWN:
        return None
    return _plain(kind, current) == _plain(kind, value)


def _plain(kind: str, value: Any) -> object:
    """A value without what only one side of the API has: colours, names beside ids, an absent end of a span."""
    if isinstance(value, list):
        named = [_plain(kind, entry) for entry in value]
        # Relations come back in an order of Notion's own; people and options have none that matters.
        return frozenset(named) if kind in ("people", "relation", "multi_select") else tuple(named)
    if not isinstance(value, Mapping):
        return value
    if kind == "date":
        return _moment(value.get("start")), _moment(value.get("end"))
    if kind in ("people", "relation"):
        return normalise_id(str(value.get("id")))
    name = value.get("name")
    return name if isinstance(name, str) else None


def _moment(value: object) -> object:
    """A date as such, a time as the instant that it names: Notion answers with an offset of its own."""
    if not isinstance(value, str):
        return value
    try:
        return (
            day_type.fromisoformat(value)
            if len(value) <= len("2026-11-21")
            else datetime.fromisoformat(value)
        )
    except ValueError:
        return value


def _listed(entries: Iterable[str]) -> list[str]:
    listed = list(dict.fromkeys(entries))
    if len(listed) > LIST_LIMIT:
        raise ValueError(f"Notion takes {LIST_LIMIT} entries in one property, not {len(listed)}")
    return listed


def _option(name: str) -> str:
    if "," in name:
        raise ValueError("an option's name holds no comma")
    return name
