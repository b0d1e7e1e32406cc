"""A sample of every event that Notion documents, and of the two older dialects (I5, I8).

Source of the shapes: the payload types of ``@notionhq/client`` 5.26.0 and Notion's webhook reference.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

DATA_SOURCE = "2f1c7c1e-0d3a-4c5b-9b0e-6a1d5e0c4b11"
DATABASE = "5b8f0c2a-7e4d-4f19-8a63-1c9d2e7f3a20"
PAGE = "7a5c0000-0000-4000-8000-000000000002"
AUTHOR = "be000000-0000-4000-8000-00000000000b"
BLOCK = "153104cd-477e-80ec-a87d-f7ff0236d35c"
DIALECTS = ("official", "event_type", "object")


def sample_event(
    kind: str,
    *,
    now: datetime,
    entity_id: str = PAGE,
    data_source_id: str = DATA_SOURCE,
    properties: Sequence[str] = ("XGe%40",),
    author_id: str = AUTHOR,
    event_id: str | None = None,
) -> dict[str, Any]:
    """The official envelope of one of the 31 types.

    Args:
        kind: e.g. ``page.properties_updated``.
        now: when it happened.
        entity_id: what changed.
        data_source_id: where it lives.
        properties: ids of the properties that changed, encoded as Notion does.
        author_id: who did it.
        event_id: a random UUID when None.
    """
    payload: dict[str, Any] = {
        "id": event_id or str(uuid.uuid4()),
        "timestamp": _stamp(now),
        "workspace_id": "13950b26-c203-4f3b-b97d-93ec06319565",
        "workspace_name": "Northwind",
        "subscription_id": "29d75c0d-5546-4414-8459-7b7a92f1fc4b",
        "integration_id": "0ef2e755-4912-8096-91c1-00376a88a5ca",
        "type": kind,
        "authors": [{"id": author_id, "type": "person"}],
        "attempt_number": 1,
        "api_version": "2026-03-11",
        "entity": {"id": entity_id, "type": kind.partition(".")[0]},
    }
    data = _data(kind, entity_id, data_source_id, properties, now)
    return payload if data is None else {**payload, "data": data}


def older_event(
    dialect: str,
    *,
    now: datetime,
    entity_id: str = PAGE,
    data_source_id: str = DATA_SOURCE,
    author_id: str = AUTHOR,
) -> dict[str, Any]:
    """A page update in one of the two older dialects, with inline properties."""
    page = {
        "object": "page",
        "id": entity_id,
        "parent": {"type": "data_source_id", "data_source_id": data_source_id},
        "last_edited_time": _stamp(now),
        "properties": {
            "Name": {"id": "title", "type": "title", "title": [{"plain_text": "Review the contract"}]},
            "Assignee": {"id": "XGe%40", "type": "people", "people": [{"object": "user", "id": author_id}]},
        },
    }
    if dialect == "event_type":
        return {"event_type": "page.updated", "timestamp": _stamp(now), "data": page}
    return {"type": "page.updated", "timestamp": _stamp(now), "object": page}


def _data(
    kind: str, entity_id: str, data_source_id: str, properties: Sequence[str], now: datetime
) -> dict[str, Any] | None:
    thing, _, verb = kind.partition(".")
    in_source = {"id": DATABASE, "type": "database", "data_source_id": data_source_id}
    parent: dict[str, Any] = in_source if thing in ("page", "view") else {"id": DATABASE, "type": "database"}
    if thing == "database":
        parent = {"id": "13950b26-c203-4f3b-b97d-93ec06319565", "type": "space"}
    if thing == "file_upload":
        return None if verb != "upload_failed" else _failed_upload(now)
    if thing == "comment":
        return {"page_id": PAGE, "parent": {"id": PAGE, "type": "page"}}
    more: dict[str, Any] = {}
    if verb == "properties_updated":
        more = {"updated_properties": list(properties)}
    elif verb == "content_updated":
        more = {"updated_blocks": [{"id": BLOCK, "type": "block"}]}
    elif verb == "schema_updated":
        more = {
            "updated_properties": [{"id": p, "name": "Assignee", "action": "updated"} for p in properties]
        }
    elif verb == "transcription_block.transcript_deleted":
        return {"target": {"id": entity_id, "type": "page"}, "transcript_id": BLOCK}
    elif kind == "view.created":
        more = {"view_type": "table"}
    elif kind == "view.updated":
        more = {"updated_fields": ["name", "filter"]}
    return {"parent": parent, **more}


def _failed_upload(now: datetime) -> dict[str, Any]:
    error: dict[str, Any] = {
        "type": "validation_error",
        "code": "file_upload_invalid_size",
        "message": "the file is too large",
        "parameter": None,
        "status_code": 400,
    }
    return {"file_import_result": {"type": "error", "imported_time": _stamp(now), "error": error}}


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
