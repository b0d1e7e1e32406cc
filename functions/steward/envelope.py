"""What lies on the lane: a version, a kind, and the event. Pure.

Three kinds are ticks of the scheduler: ``settle`` tries the effects that are due, ``sweep`` looks for changes that no
webhook brought, ``remind`` for deadlines. The scheduler knows the first lane only; there a tick is handed on to the others.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from steward.errors import Undecodable
from steward.events import Event, from_json, to_json

VERSION = 1

Tick = Literal["settle", "sweep", "remind"]
TICKS: tuple[Tick, ...] = ("settle", "sweep", "remind")


@dataclass(frozen=True, slots=True)
class Envelope:
    """A decoded message.

    Attributes:
        kind: ``event`` or a tick.
        received_at: when ingest took the delivery, or None.
        event: the event; None for a tick.
        at: when a tick was scheduled, or None when it does not say.
        handed_on: a tick that reached this lane from the first one.
        part: of a tick that goes on where the last message left off: 0, 1, 2, …
    """

    kind: Literal["event", "settle", "sweep", "remind"]
    received_at: datetime | None = None
    event: Event | None = None
    at: datetime | None = None
    handed_on: bool = False
    part: int = 0


def encode_tick(kind: Tick, at: datetime | None, part: int = 0) -> str:
    """The body of a tick that one lane hands on to another, or to itself to go on."""
    document = {
        "v": VERSION,
        "kind": kind,
        "at": None if at is None else at.isoformat(timespec="seconds"),
        "handed_on": True,
        "part": part,
    }
    return json.dumps(document, separators=(",", ":"))


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
    if kind in TICKS:
        part = document.get("part")
        return Envelope(
            cast("Tick", kind),
            at=_time(document.get("at")),
            handed_on=document.get("handed_on") is True,
            part=part if isinstance(part, int) and part > 0 else 0,
        )
    if kind != "event":
        raise Undecodable("the envelope is of an unknown kind")
    return Envelope("event", _time(document.get("received_at")), from_json(document.get("event")))


def _time(value: object) -> datetime | None:
    try:
        parsed = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return parsed if parsed is not None and parsed.tzinfo else None
