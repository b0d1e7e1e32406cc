"""What lies on the lane: a version, a kind, and the event. Pure."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from steward.errors import Undecodable
from steward.events import Event, from_json, to_json

VERSION = 1


@dataclass(frozen=True, slots=True)
class Envelope:
    """A decoded message.

    Attributes:
        kind: ``event``, or ``settle``: try the effects that are due.
        received_at: when ingest took the delivery, or None.
        event: the event; None for ``settle``.
    """

    kind: Literal["event", "settle"]
    received_at: datetime | None
    event: Event | None


def encode(event: Event, received_at: datetime) -> str:
    """The body of an event's message."""
    document = {
        "v": VERSION,
        "kind": "event",
        "received_at": received_at.isoformat(timespec="milliseconds"),
        "event": to_json(event),
    }
    return json.dumps(document, ensure_ascii=True, separators=(",", ":"))


def decode(body: str) -> Envelope:
    """Read a message's body.

    Raises:
        Undecodable: it is no envelope of ours, or of a newer version; the reason says which.
    """
    try:
        document: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Undecodable("the message is not JSON") from error
    if not isinstance(document, dict) or not isinstance(document.get("v"), int):
        raise Undecodable("the message is no envelope")
    if document["v"] > VERSION:
        reason = f"the envelope has version {document['v']}, newer than {VERSION}: deploy the newer processor, redrive"
        raise Undecodable(reason)
    kind = document.get("kind")
    if kind == "settle":
        return Envelope("settle", None, None)
    if kind != "event":
        raise Undecodable("the envelope is of an unknown kind")
    return Envelope("event", _received(document.get("received_at")), from_json(document.get("event")))


def _received(value: object) -> datetime | None:
    try:
        parsed = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return parsed if parsed is not None and parsed.tzinfo else None
