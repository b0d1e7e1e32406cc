"""Values of properties, as they are remembered and compared. Pure.

A value is JSON: None for an empty property, a string, a number, a boolean, an option ``{"id", "name"}``, a date
``{"start", "end"}``, or a list of options or ids, sorted. What can't be read has no value at all. Options compare by
their ids: an option that is renamed in Notion is no change of the pages that have it.

Source: Notion's reference on page property values, versions 2025-09-03 and 2026-03-11.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from steward.pages import LONGEST_TEXT, Property, plain_text

Value = Any
"""See above."""

MOST = 100
"""Entries of a list that are remembered."""


class Unreadable(ValueError):
    """The property has a type, or a shape, that no automation can watch."""


def value_of(prop: Property) -> Value:
    """The value of a property.

    Raises:
        Unreadable: formulas, rollups, files and what is not shaped as Notion says.
    """
    reader = _READERS.get(prop.type)
    if reader is None:
        raise Unreadable(prop.type)
    try:
        return reader(prop.value)
    except (TypeError, KeyError, AttributeError) as error:
        raise Unreadable(prop.type) from error


def key(value: Value) -> str:
    """What a value is compared by: equal for equal values, whatever an option is called."""
    return json.dumps(_bare(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def same(one: Value, other: Value) -> bool:
    """Whether two values are the same."""
    return key(one) == key(other)


def texts(value: Value) -> tuple[str, ...]:
    """The texts by which a rules file can name a value: an option's name, a text, ``true``; nothing for an empty one."""
    match value:
        case None:
            return ()
        case list():
            return tuple(text for entry in value for text in texts(entry))
        case {"name": name}:
            return (str(name),)
        case {"start": start}:
            return (str(start),)
        case bool():
            return ("true" if value else "false",)
        case _:
            return (str(value),)


def shown(value: Value) -> str:
    """A value for people to read."""
    match value:
        case {"start": start, "end": str(end)}:
            return f"{start} to {end}"
        case _:
            return ", ".join(texts(value)) or "empty"


def _bare(value: Value) -> Value:
    match value:
        case list():
            return sorted((_bare(entry) for entry in value), key=str)
        case {"id": id_, "name": name}:
            return {"option": id_ or name}
        case _:
            return value


def _option(raw: Any) -> Value:
    return None if raw is None else {"id": _str(raw.get("id")), "name": _str(raw["name"])}


def _options(raw: Any) -> Value:
    return sorted((_option(entry) for entry in raw[:MOST]), key=lambda option: str(option["name"])) or None


def _date(raw: Any) -> Value:
    return None if raw is None else {"start": _str(raw["start"]), "end": _str(raw.get("end"))}


def _ids(raw: Any) -> Value:
    return sorted(str(entry["id"]) for entry in raw[:MOST]) or None


def _text(raw: Any) -> Value:
    return plain_text(raw)[:LONGEST_TEXT] or None


def _plain(raw: Any) -> Value:
    if isinstance(raw, Mapping | list):
        raise TypeError
    return raw[:LONGEST_TEXT] if isinstance(raw, str) else raw


def _str(raw: Any) -> str | None:
    return None if raw is None else str(raw)[:LONGEST_TEXT]


_READERS: Mapping[str, Callable[[Any], Value]] = {
    "status": _option,
    "select": _option,
    "multi_select": _options,
    "date": _date,
    "people": _ids,
    "relation": _ids,
    "title": _text,
    "rich_text": _text,
    "checkbox": _plain,
    "number": _plain,
    "url": _plain,
    "email": _plain,
    "phone_number": _plain,
    "created_time": _plain,
    "last_edited_time": _plain,
}
