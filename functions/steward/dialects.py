"""Reads a payload of any dialect into an event.

Three dialects reach Steward: the official envelope (31 types), and two older ones that other tools still send,
``event_type`` with ``data`` and ``type`` with ``object``. One normaliser reads them all. It never raises on a JSON
object: an unknown type or shape is an event of that type, which is recorded and acknowledged, because Notion pauses a
subscription whose genuine events are refused.

Source: Notion's webhook reference and the payload types of ``@notionhq/client`` 5.26.0.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from steward.event_fields import authors_of, id_of, mapping_of, references_of, text_of, time_of
from steward.events import Event


def normalise(payload: Mapping[str, Any]) -> Event:
    """Read a payload of any dialect; never raises on a JSON object."""
    if isinstance(payload.get("event_type"), str):
        return _older(payload, payload["event_type"], "event_type", mapping_of(payload.get("data")))
    kind = payload.get("type")
    if isinstance(kind, str) and isinstance(payload.get("object"), Mapping):
        return _older(payload, kind, "object", mapping_of(payload["object"]))
    entity = mapping_of(payload.get("entity"))
    data = mapping_of(payload.get("data"))
    known = isinstance(kind, str) and bool(entity)
    return _event(
        payload,
        kind=kind if isinstance(kind, str) and kind else "unknown",
        dialect="official" if known else "unknown",
        entity=entity,
        entity_type=text_of(entity.get("type")),
        parent=mapping_of(data.get("parent")),
        updated=data.get("updated_properties"),
        inline=None,
    )


def _older(payload: Mapping[str, Any], kind: str, dialect: str, entity: Mapping[str, Any]) -> Event:
    nested = mapping_of(entity.get("page"))
    entity = nested or entity
    inline = entity.get("properties")
    return _event(
        payload,
        kind=kind or "unknown",
        dialect=dialect,
        entity=entity if entity.get("id") else {**entity, "id": entity.get("page_id")},
        entity_type=text_of(entity.get("object")) or text_of(kind.partition(".")[0]),
        parent=mapping_of(entity.get("parent")),
        updated=entity.get("updated_properties", payload.get("updated_properties")),
        inline=mapping_of(inline) or None,
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
    parent_type = text_of(parent.get("type"))
    return Event(
        id=text_of(payload.get("id")) or _derived_id(payload),
        type=text_of(kind) or "unknown",
        dialect=dialect,
        occurred_at=time_of(payload.get("timestamp") or entity.get("last_edited_time")),
        entity_id=id_of(entity.get("id")),
        entity_type=entity_type,
        workspace_id=id_of(payload.get("workspace_id")),
        subscription_id=id_of(payload.get("subscription_id")),
        integration_id=id_of(payload.get("integration_id")),
        authors=tuple(authors_of(payload.get("authors"))),
        attempt=attempt if isinstance(attempt, int) and 0 < attempt < 1000 else 1,
        parent_id=id_of(parent.get("id") or parent.get(parent_type or "")),
        parent_type=parent_type,
        data_source_id=id_of(parent.get("data_source_id")),
        updated_properties=tuple(references_of(updated)),
        inline=inline,
        api_version=text_of(payload.get("api_version")),
    )


def _derived_id(payload: Mapping[str, Any]) -> str:
    # A redelivery differs in attempt_number only, and must not become another event.
    same = {key: value for key, value in payload.items() if key != "attempt_number"}
    canonical = json.dumps(same, sort_keys=True, separators=(",", ":"))
    return "derived-" + hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
