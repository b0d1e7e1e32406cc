"""A webhook event as it travels: the envelope, its bytes and its signature.

Promises the fields of the SDK's `BaseWebhookPayload`, minified JSON in UTF-8 with non-ASCII letters as they are, and a
signature over exactly the bytes sent.
"""

import copy
import hashlib
import hmac
import json
from dataclasses import dataclass, field

from .dates import iso
from .model import Change, Json

EVENT_TYPES = (
    *(f"page.{verb}" for verb in ("created", "deleted", "undeleted", "moved", "locked", "unlocked")),
    *("page.properties_updated", "page.content_updated", "page.transcription_block.transcript_deleted"),
    *(
        f"{kind}.{verb}"
        for kind in ("database", "data_source")
        for verb in ("created", "deleted", "undeleted", "moved", "content_updated", "schema_updated")
    ),
    *(f"comment.{verb}" for verb in ("created", "updated", "deleted")),
    *(f"file_upload.{verb}" for verb in ("created", "completed", "expired", "upload_failed")),
    *(f"view.{verb}" for verb in ("created", "deleted", "updated")),
)
API_VERSIONS = ("2022-06-28", "2025-09-03", "2026-03-11")


@dataclass
class Event:
    """One event for one subscription, before it becomes bytes."""

    id: str
    subscription_id: str
    type: str
    entity: Json
    at_ms: int
    authors: list[Json]
    data: Json
    state: str = "pending"
    attempts: int = 0
    acknowledged: int = 0
    fixed: Json = field(default_factory=dict)

    def payload(self, attempt: int) -> Json:
        """The envelope of attempt number ``attempt``."""
        return {
            "id": self.id,
            "timestamp": iso(self.at_ms),
            "workspace_id": self.fixed["workspace_id"],
            "workspace_name": self.fixed["workspace_name"],
            "subscription_id": self.subscription_id,
            "integration_id": self.fixed["integration_id"],
            "authors": self.authors,
            "attempt_number": attempt,
            "api_version": self.fixed["api_version"],
            "entity": self.entity,
            "type": self.type,
            "data": self.data,
        }

    def summary(self) -> Json:
        """What tests ask about an event."""
        return self.payload(max(self.attempts, 1)) | {
            "state": self.state,
            "attempts": self.attempts,
            "acknowledged": self.acknowledged,
        }


def to_bytes(payload: Json) -> bytes:
    """Minified JSON, non-ASCII as it is."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def sign(body: bytes, verification_token: str) -> str:
    """The value of `X-Notion-Signature`."""
    return "sha256=" + hmac.new(verification_token.encode(), body, hashlib.sha256).hexdigest()


def as_of(change: Change, api_version: str) -> tuple[str, Json, Json]:
    """Type, entity and data of ``change`` as a subscription of ``api_version`` is told.

    Before 2025-09-03 there were no data sources: their events carry the database's name and id.
    """
    data = copy.deepcopy(change.data)
    entity = {"id": change.entity.id, "type": change.entity.kind}
    if api_version >= API_VERSIONS[1]:
        return change.type, entity, data
    parent = data.get("parent", {})
    parent.pop("data_source_id", None)
    if change.entity.kind != "data_source":
        return change.type, entity, data
    return (
        change.type.replace("data_source.", "database."),
        {"id": parent.get("id"), "type": "database"},
        data,
    )
