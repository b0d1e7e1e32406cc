"""The properties of a data source, and how they changed between two moments (A10).

Pure. Properties and options are the same when their id is the same: a rename is not a deletion. Source of the shape: Notion's
``GET /v1/data_sources/{id}``, whose ``properties`` is name → ``{id, name, type, <type>: {options: [{id, name}]}}``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import cast
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class SchemaProperty:
    """One property of a data source.

    Attributes:
        id: as Notion encodes it, e.g. ``XGe%40``.
        name: as people see it.
        type: e.g. ``people``.
        options: option id → name; empty for types without options.
    """

    id: str
    name: str
    type: str
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Schema:
    """The properties of a data source at one moment."""

    properties: tuple[SchemaProperty, ...]

    def with_id(self, property_id: str) -> SchemaProperty | None:
        """The property with this id, however it is percent-encoded."""
        return next((p for p in self.properties if unquote(p.id) == unquote(property_id)), None)

    def find(self, reference: str) -> SchemaProperty | None:
        """The property with this id, or else with this name."""
        named = (p for p in self.properties if p.name == reference)
        return self.with_id(reference) or next(named, None)


class ChangeKind(StrEnum):
    """How a property changed."""

    CREATED = "created"
    DELETED = "deleted"
    RENAMED = "renamed"
    RETYPED = "retyped"
    OPTION_ADDED = "option_added"
    OPTION_REMOVED = "option_removed"
    OPTION_RENAMED = "option_renamed"


@dataclass(frozen=True, slots=True)
class Change:
    """One change between two schemas.

    Attributes:
        kind: what happened.
        property_id: of the property.
        property_name: as it is called now, or was before it was deleted.
        was: the former name, type or option; "" for what was created.
        now: the new one; "" for what is gone.
    """

    kind: ChangeKind
    property_id: str
    property_name: str
    was: str
    now: str


def decode_schema(body: Mapping[str, object]) -> Schema:
    """Decode a data source object; a property that can't be understood is left out."""
    found = []
    for name, raw in _mapping(body.get("properties")).items():
        entry = _mapping(raw)
        kind = str(entry.get("type") or "")
        property_id = entry.get("id")
        if not isinstance(property_id, str) or not property_id:
            continue
        listed = _mapping(entry.get(kind)).get("options")
        options = {
            str(o["id"]): str(o["name"])
            for o in map(_mapping, cast("list[object]", listed) if isinstance(listed, list) else [])
            if "id" in o and "name" in o
        }
        found.append(SchemaProperty(property_id, str(entry.get("name") or name), kind, options))
    return Schema(tuple(found))


def compare(before: Schema, after: Schema) -> tuple[Change, ...]:
    """What changed, property by property id and option by option id."""
    gone = [p for p in before.properties if after.with_id(p.id) is None]
    new = [p for p in after.properties if before.with_id(p.id) is None]
    kept = [(p, now) for p in before.properties if (now := after.with_id(p.id)) is not None]
    return (
        *(Change(ChangeKind.DELETED, p.id, p.name, p.name, "") for p in gone),
        *(change for was, now in kept for change in _changes(was, now)),
        *(Change(ChangeKind.CREATED, p.id, p.name, "", p.name) for p in new),
    )


def _changes(was: SchemaProperty, now: SchemaProperty) -> Iterator[Change]:
    if was.name != now.name:
        yield Change(ChangeKind.RENAMED, now.id, now.name, was.name, now.name)
    if was.type != now.type:
        # Its options went or came with the type; telling each would bury that.
        yield Change(ChangeKind.RETYPED, now.id, now.name, was.type, now.type)
        return
    for option, name in was.options.items():
        if option not in now.options:
            yield Change(ChangeKind.OPTION_REMOVED, now.id, now.name, name, "")
        elif now.options[option] != name:
            yield Change(ChangeKind.OPTION_RENAMED, now.id, now.name, name, now.options[option])
    for option, name in now.options.items():
        if option not in was.options:
            yield Change(ChangeKind.OPTION_ADDED, now.id, now.name, "", name)


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
