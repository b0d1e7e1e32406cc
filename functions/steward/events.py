"""A Notion event, whatever dialect it came in (see ``dialects``), and as it travels on the lane.

Source: Notion's webhook reference and the payload types of ``@notionhq/client`` 5.26.0.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from steward.errors import Undecodable
from steward.event_fields import Author, authors_of, mapping_of, references_of, text_of, time_of

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


@dataclass(frozen=True, slots=True)
class Event:
    """The fact that something changed.

    Attributes:
        id: Notion's event id; for a dialect without one it is derived from the payload.
        type: e.g. ``page.properties_updated``.
        dialect: ``official``, ``event_type``, ``object`` or ``unknown``; ``replay`` of an operator's, see ``replays``.
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
    if (
        not isinstance(document, Mapping)
        or not text_of(document.get("id"))
        or not text_of(document.get("type"))
    ):
        raise Undecodable("the envelope holds no event with an id and a type")
    known = {name: document[name] for name in Event.__dataclass_fields__ if name in document}
    known["dialect"] = text_of(document.get("dialect")) or "unknown"
    known["occurred_at"] = time_of(document.get("occurred_at"))
    known["authors"] = tuple(authors_of(document.get("authors")))
    known["updated_properties"] = tuple(references_of(document.get("updated_properties")))
    known["attempt"] = document.get("attempt") if isinstance(document.get("attempt"), int) else 1
    texts = [
        name for name in known if name.endswith(("_id", "_type")) or name in ("id", "type", "api_version")
    ]
    if any(not isinstance(known[name], str) for name in texts):
        raise Undecodable("a field of the event has the wrong type")
    known |= {name: text_of(known[name]) for name in texts}
    known["inline"] = mapping_of(document.get("inline")) or None
    return Event(**known)
