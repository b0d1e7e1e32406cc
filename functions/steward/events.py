"""A Notion event, whatever dialect it came in.

Three dialects reach Steward: the official envelope (31 types), and two older ones that other tools still send,
``event_type`` with ``data`` and ``type`` with ``object``. One normaliser reads them all. It never raises on a JSON
object: an unknown type or shape is an event of that type, which is recorded and acknowledged, because Notion pauses a
subscription whose genuine events are refused.

Source: Notion's webhook reference and the payload types of ``@notionhq/client`` 5.26.0.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, cast

from steward.errors import Undecodable
from steward.identifiers import normalise_id
from steward.unicode import well_formed

_PAGE = (
    "created",
    "deleted",
    "undeleted",
    "moved",
    "locked",
    "unlocked",
    "properties_updated",
    "content_updated",
)
_CONTAINER = ("created", "deleted", "undeleted", "moved", "content_updated", "schema_updated")

OFFICIAL_TYPES: frozenset[str] = frozenset(
    [f"page.{verb}" for verb in _PAGE]
    + ["page.transcription_block.transcript_deleted"]
    + [f"{kind}.{verb}" for kind in ("database", "data_source") for verb in _CONTAINER]
    + [f"comment.{verb}" for verb in ("created", "updated", "deleted")]
    + [f"file_upload.{verb}" for verb in ("created", "completed", "expired", "upload_failed")]
    + [f"view.{verb}" for verb in ("created", "deleted", "updated")]
)
"""The 31 types that Notion documents."""

MAX_TEXT = 500
"""Characters of any single text that is kept of an event."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who took part: ``person``, ``bot``, ``agent``, or whatever Notion adds."""

    id: str
    type: str


@dataclass(frozen=True, slots=True)
class Event:
    """The fact that something changed.

    Attributes:
        id: Notion's event id; for a dialect without one it is derived from the payload.
        type: e.g. ``page.properties_updated``.
        dialect: ``official``, ``event_type``, ``object`` or ``unknown``.
        occurred_at: when it happened, by Notion's clock; None when absent or absurd.
        entity_id: what changed.
        entity_type: ``page``, ``block``, ``database``, ``data_source``, ``comment``, ``file_upload``, ``view``.
        workspace_id: whose workspace.
        subscription_id: which subscription delivered it.
        integration_id: which connection.
        authors: who took part; several when Notion aggregated.
        attempt: 1 for the first delivery, up to 8.
        parent_id: where the entity lives.
        parent_type: what that is.
        data_source_id: the data source that it lives in, where the payload says so.
        updated_properties: ids of the properties that changed, as Notion encodes them.
        inline: the properties that an older dialect carries, as they were; None in the official one.
        api_version: of the payload.
    """

    id: str
    type: str
    dialect: str
    occurred_at: datetime | None = None
    entity_id: str | None = None
    entity_type: str | None = None
    workspace_id: str | None = None
    subscription_id: str | None = None
    integration_id: str | None = None
    authors: tuple[Author, ...] = ()
    attempt: int = 1
    parent_id: str | None = None
    parent_type: str | None = None
    data_source_id: str | None = None
    updated_properties: tuple[str, ...] = ()
    inline: Mapping[str, Any] | None = None
    api_version: str | None = None


def normalise(payload: Mapping[str, Any]) -> Event:
    """Read a payload of any dialect; never raises on a JSON object."""
    if isinstance(payload.get("event_type"), str):
        return _older(payload, payload["event_type"], "event_type", _mapping(payload.get("data")))
    kind = payload.get("type")
    if isinstance(kind, str) and isinstance(payload.get("object"), Mapping):
        return _older(payload, kind, "object", _mapping(payload["object"]))
    entity = _mapping(payload.get("entity"))
    data = _mapping(payload.get("data"))
    known = isinstance(kind, str) and bool(entity)
    return _event(
        payload,
        kind=kind if isinstance(kind, str) and kind else "unknown",
        dialect="official" if known else "unknown",
        entity=entity,
        entity_type=_text(entity.get("type")),
        parent=_mapping(data.get("parent")),
        updated=data.get("updated_properties"),
        inline=None,
    )


def _older(payload: Mapping[str, Any], kind: str, dialect: str, entity: Mapping[str, Any]) -> Event:
    nested = _mapping(entity.get("page"))
    entity = nested or entity
    inline = entity.get("properties")
    return _event(
        payload,
        kind=kind or "unknown",
        dialect=dialect,
        entity=entity if entity.get("id") else {**entity, "id": entity.get("page_id")},
        entity_type=_text(entity.get("object")) or _text(kind.partition(".")[0]),
        parent=_mapping(entity.get("parent")),
        updated=entity.get("updated_properties", payload.get("updated_properties")),
        inline=_mapping(inline) or None,
    )


def _event(
    payload: Mapping[str, Any],
    *,
    kind: str,
    dialect: str,
    entity: Mapping[str, Any],
    entity_type: str | None,
    parent: Mapping[str, Any],
    updated: object,
    inline: Mapping[str, Any] | None,
) -> Event:
    attempt = payload.get("attempt_number")
    parent_type = _text(parent.get("type"))
    return Event(
        id=_text(payload.get("id")) or _derived_id(payload),
        type=_text(kind) or "unknown",
        dialect=dialect,
        occurred_at=_time(payload.get("timestamp") or entity.get("last_edited_time")),
        entity_id=_id(entity.get("id")),
        entity_type=entity_type,
        workspace_id=_id(payload.get("workspace_id")),
        subscription_id=_id(payload.get("subscription_id")),
        integration_id=_id(payload.get("integration_id")),
        authors=tuple(_authors(payload.get("authors"))),
        attempt=attempt if isinstance(attempt, int) and 0 < attempt < 1000 else 1,
        parent_id=_id(parent.get("id") or parent.get(parent_type or "")),
        parent_type=parent_type,
        data_source_id=_id(parent.get("data_source_id")),
        updated_properties=tuple(_references(updated)),
        inline=inline,
        api_version=_text(payload.get("api_version")),
    )


def to_json(event: Event) -> dict[str, Any]:
    """An event as it travels on the lane, without what is empty."""
    document = asdict(event)
    document["occurred_at"] = (
        event.occurred_at.isoformat(timespec="milliseconds") if event.occurred_at else None
    )
    return {key: value for key, value in document.items() if value not in (None, (), [])}


def from_json(document: object) -> Event:
    """Read an event back.

    Raises:
        Undecodable: it has no id or no type, or a field has the wrong shape.
    """
    if not isinstance(document, Mapping) or not _text(document.get("id")) or not _text(document.get("type")):
        raise Undecodable("the envelope holds no event with an id and a type")
    known = {name: document[name] for name in Event.__dataclass_fields__ if name in document}
    known["dialect"] = _text(document.get("dialect")) or "unknown"
    known["occurred_at"] = _time(document.get("occurred_at"))
    known["authors"] = tuple(_authors(document.get("authors")))
    known["updated_properties"] = tuple(_references(document.get("updated_properties")))
    known["attempt"] = document.get("attempt") if isinstance(document.get("attempt"), int) else 1
    texts = [
        name for name in known if name.endswith(("_id", "_type")) or name in ("id", "type", "api_version")
    ]
    if any(not isinstance(known[name], str) for name in texts):
        raise Undecodable("a field of the event has the wrong type")
    known |= {name: _text(known[name]) for name in texts}
    known["inline"] = _mapping(document.get("inline")) or None
    return Event(**known)


def _derived_id(payload: Mapping[str, Any]) -> str:
    # A redelivery differs in attempt_number only, and must not become another event.
    same = {key: value for key, value in payload.items() if key != "attempt_number"}
    canonical = json.dumps(same, sort_keys=True, separators=(",", ":"))
    return "derived-" + hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _authors(value: object) -> list[Author]:
    found = []
    for item in cast("list[object]", value)[:100] if isinstance(value, list | tuple) else []:
        author = _mapping(item)
        author_id = _id(author.get("id"))
        if author_id:
            found.append(Author(author_id, _text(author.get("type")) or "unknown"))
    return found


def _references(value: object) -> list[str]:
    """Property ids; older payloads give objects with an id instead."""
    found = []
    for item in cast("list[object]", value)[:1000] if isinstance(value, list | tuple) else []:
        text = _text(item) or _text(_mapping(item).get("id"))
        if text:
            found.append(text)
    return found


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _text(value: object) -> str | None:
    return well_formed(value[:MAX_TEXT]) if isinstance(value, str) and value else None


def _id(value: object) -> str | None:
    text = _text(value)
    return normalise_id(text) or None if text else None


def _time(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value)
        parsed = (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    # Notion tells milliseconds, and the lane carries no more: the event that arrives has to equal the one that was sent.
    parsed = parsed.replace(microsecond=parsed.microsecond // 1000 * 1000)
    return parsed if 2000 <= parsed.year <= 2100 else None
