"""Data source schemas: from the short notation of the admin API to Notion's property configurations.

Promises Notion's three status groups and repeatable ids; refuses a schema without exactly one title.
"""

from typing import Any

from .errors import SimulatorError
from .ids import Ids
from .model import Json

_COLORS = ("default", "blue", "green", "yellow", "red", "purple", "orange", "pink", "brown", "gray")
_GROUPS = (("To-do", "gray"), ("In progress", "blue"), ("Complete", "green"))
_EMPTY_STATUS = ("Not started", "In progress", "Done")


def build(properties: dict[str, Any], ids: Ids) -> dict[str, Json]:
    """Property id to configuration for ``{"Status": {"type": "status", "options": [...]}, "Due": "date"}``.

    Raises:
        SimulatorError: without exactly one title.
    """
    built = [one(name, given, ids) for name, given in properties.items()]
    if sum(config["type"] == "title" for config in built) != 1:
        raise SimulatorError("a data source has exactly one property of type title")
    return {config["id"]: config for config in built}


def one(name: str, given: Any, ids: Ids) -> Json:
    """One property's configuration."""
    wish: Json = {"type": given} if isinstance(given, str) else dict(given)
    kind = wish["type"]
    property_id = "title" if kind == "title" else wish.get("id") or ids.property_id()
    return {"id": property_id, "name": name, "type": kind, kind: _details(kind, wish, ids)}


def _details(kind: str, wish: Json, ids: Ids) -> Json:
    if kind in ("select", "multi_select", "status"):
        names = wish.get("options") or (_EMPTY_STATUS if kind == "status" else ())
        options = [option(number, each, ids) for number, each in enumerate(names)]
        return {"options": options} | ({"groups": _grouped(options, ids)} if kind == "status" else {})
    if kind == "number":
        return {"format": wish.get("format", "number")}
    if kind == "unique_id":
        return {"prefix": wish.get("prefix")}
    if kind == "relation":
        return {
            "data_source_id": wish.get("data_source_id"),
            "type": "single_property",
            "single_property": {},
        }
    return {}


def option(number: int, given: Any, ids: Ids) -> Json:
    """An option by its name, or by more of it; its color is that of its place, which is counted from 0."""
    wish = {"name": given} if isinstance(given, str) else given
    color = _COLORS[number % len(_COLORS)]
    return {"id": ids.uuid(), "color": color, "description": None} | wish


def _grouped(options: list[Json], ids: Ids) -> list[Json]:
    """The first option to do, the last complete, all others in progress: a board's usual shape."""
    keys = [option["id"] for option in options]
    members = (keys[:1], keys[1:-1], keys[1:][-1:])
    return [
        {"id": ids.uuid(), "name": name, "color": color, "option_ids": list(part)}
        for (name, color), part in zip(_GROUPS, members, strict=True)
    ]
