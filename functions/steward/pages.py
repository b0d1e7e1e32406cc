"""A Notion page as the automations see it: decoded once, by id, tolerant of what is missing.

Source of the shapes: Notion's REST reference, versions 2025-09-03 and 2026-03-11; both spellings of what changed
between them (``archived``/``in_trash``, database and data source parents) are read.
Nothing here raises on an odd page: a property that can't be understood has no value, which is not an empty value.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, cast
from urllib.parse import unquote

from steward.identifiers import normalise_id
from steward.unicode import well_formed

PersonKind = Literal["person", "bot", "group"]

LONGEST_TEXT = 500
"""Characters of a title or a name that are kept: what people read, and what a table's items and a transaction hold."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody named by a people property.

    Attributes:
        id: the Notion user or group id.
        name: as Notion shows it, or None where the connection may not know it.
        kind: a person, a bot, or a group of people.
        email: their address, where the connection may know it. Never stored with a page or an effect.
    """

    id: str
    name: str | None
    kind: PersonKind
    email: str | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a page: its id as Notion encodes it (``XGe%40``), its name, its type, its value as received."""

    id: str
    name: str
    type: str
    value: object


@dataclass(frozen=True, slots=True)
class Page:
    """A page as Notion described it at one moment."""

    id: str
    url: str
    title: str
    in_trash: bool
    last_edited_time: datetime | None
    created_time: datetime | None
    data_source_id: str | None
    database_id: str | None
    properties: tuple[Property, ...]
    locked: bool | None = None
    created_by: str | None = None

    def find(self, reference: str) -> Property | None:
        """The property with this id, or else with this name."""
        by_id = [p for p in self.properties if p.id == reference or unquote(p.id) == unquote(reference)]
        return next(iter(by_id or [p for p in self.properties if p.name == reference]), None)


def decode_page(body: Mapping[str, object]) -> Page:
    """Decode a page object of the REST API.

    Args:
        body: a page; needs a string ``id``, anything else may be missing.
    """
    page_id = normalise_id(well_formed(str(body["id"])))
    parent = _mapping(body.get("parent"))
    properties = tuple(_properties(_mapping(body.get("properties"))))
    return Page(
        id=page_id,
        url=_text(body.get("url")) or f"https://www.notion.so/{page_id.replace('-', '')}",
        title=_short(next((plain_text(p.value) for p in properties if p.type == "title"), "")),
        in_trash=bool(body.get("in_trash") or body.get("archived")),
        last_edited_time=_time(body.get("last_edited_time")),
        created_time=_time(body.get("created_time")),
        data_source_id=_id(parent.get("data_source_id")),
        database_id=_id(parent.get("database_id")),
        properties=properties,
        locked=locked if isinstance(locked := body.get("is_locked"), bool) else None,
        created_by=_id(_mapping(body.get("created_by")).get("id")),
    )


def people(prop: Property | None) -> tuple[Person, ...] | None:
    """The people of a people property, in Notion's order and each once; None when it is not a readable one."""
    if prop is None or prop.type != "people" or not isinstance(prop.value, list):
        return None
    found: dict[str, Person] = {}
    for item in cast("list[object]", prop.value):
        entry = _mapping(item)
        person_id = _id(entry.get("id"))
        if person_id:
            name = _short(_text(entry.get("name")) or "") or None
            email = _text(_mapping(entry.get("person")).get("email"))
            found.setdefault(person_id, Person(person_id, name, _kind(entry), email))
    return tuple(found.values())


def plain_text(rich_text: object) -> str:
    """The text of a rich text array, without its formatting."""
    if not isinstance(rich_text, list):
        return ""
    return "".join(_run(_mapping(item)) for item in cast("list[object]", rich_text))


def _run(item: Mapping[str, object]) -> str:
    return _text(item.get("plain_text")) or _text(_mapping(item.get("text")).get("content")) or ""


def _properties(properties: Mapping[str, object]) -> Iterable[Property]:
    for name, raw in properties.items():
        entry = _mapping(raw)
        kind = _text(entry.get("type")) or ""
        shown = well_formed(name)
        yield Property(_text(entry.get("id")) or shown, shown, kind, entry.get(kind))


def _kind(entry: Mapping[str, object]) -> PersonKind:
    if entry.get("object") == "group":
        return "group"
    return "bot" if entry.get("type") == "bot" else "person"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}


def _text(value: object) -> str | None:
    return well_formed(value) if isinstance(value, str) and value else None


def _id(value: object) -> str | None:
    text = _text(value)
    return normalise_id(text) if text else None


def _time(value: object) -> datetime | None:
    try:
        parsed = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if parsed is None:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
