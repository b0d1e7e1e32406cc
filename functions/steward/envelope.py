"""What lies on the lane: a version, a kind, and the event. Pure.

Four kinds are ticks of the scheduler: ``settle`` tries the effects that are due, ``sweep`` looks for changes that no
webhook brought, ``remind`` for deadlines, ``mirror`` for rows that were changed. The scheduler knows the first lane only;
there a tick is handed on to the others. Orders are an operator's: one is sent once, and so is kept until it is done.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, cast

from steward.errors import Undecodable
from steward.events import Event, from_json, to_json
from steward.unicode import well_formed

VERSION = 1

LONGEST_NAME = 200
"""Characters of an order's names."""

Tick = Literal["settle", "sweep", "remind", "mirror"]
TICKS: tuple[Tick, ...] = ("settle", "sweep", "remind", "mirror")


@dataclass(frozen=True, slots=True)
class Order:
    """An operator's order to remember a whole data source silently.

    Attributes:
        source_id: the data source, as the rules file has it.
        run: tells it from other orders.
    """

    source_id: str
    run: str


Side = Literal["notion", "postgres"]
GRACE = 600
"""Seconds that a change may take to reach the other side of the mirror."""

LONGEST_GRACE = 30 * 24 * 3600
"""Seconds; more than that is no grace but a mistake."""

SIDES: tuple[Side, ...] = ("notion", "postgres")


@dataclass(frozen=True, slots=True)
class Comparison:
    """An order to compare the two sides of the mirror.

    Attributes:
        run: tells it from other orders.
        repair: the side that is believed where they differ; None: nothing is mended.
        dry_run: say what would be mended, and leave it.
        link: make a row for each page that has none, also where the rules don't ask for it.
        grace: seconds within which a change may be on its way.
    """

    run: str
    repair: Side | None = None
    dry_run: bool = False
    link: bool = False
    grace: int = GRACE


@dataclass(frozen=True, slots=True)
class Envelope:
    """A decoded message.

    Attributes:
        kind: ``event``, a tick, or an order's: ``baseline`` or ``compare``.
        received_at: when ingest took the delivery, or None.
        event: the event; None for anything else.
        at: when a tick was scheduled, or None when it does not say.
        handed_on: a tick that reached this lane from the first one.
        part: of what goes on where the last message left off: 0, 1, 2, …
        order: that of a baseline; None for anything else.
        comparison: the order to compare the mirror's sides; None for anything else.
    """

    kind: Literal["event", "settle", "sweep", "remind", "mirror", "baseline", "compare"]
    received_at: datetime | None = None
    event: Event | None = None
    at: datetime | None = None
    handed_on: bool = False
    part: int = 0
    order: Order | None = None
    comparison: Comparison | None = None

    @property
    def comes_again(self) -> bool:
        """Whether the scheduler soon sends another one, so that this one may be dropped."""
        return self.event is None and self.order is None and self.comparison is None


def encode_order(order: Order, part: int = 0) -> str:
    """The body of an order, or of its next part."""
    document = {"v": VERSION, "kind": "baseline", "source": order.source_id, "run": order.run, "part": part}
    return json.dumps(document, separators=(",", ":"))


def encode_comparison(order: Comparison, part: int = 0) -> str:
    """The body of an order to compare the mirror's sides, or of its next part."""
    document = {"v": VERSION, "kind": "compare", **asdict(order), "part": part}
    return json.dumps(document, separators=(",", ":"))


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
        return Envelope(
            cast("Tick", kind),
            at=_time(document.get("at")),
            handed_on=document.get("handed_on") is True,
            part=_part(document.get("part")),
        )
    if kind == "baseline":
        source_id, run = _name(document.get("source")), _name(document.get("run"))
        return Envelope("baseline", part=_part(document.get("part")), order=Order(source_id, run))
    if kind == "compare":
        return Envelope("compare", part=_part(document.get("part")), comparison=comparison_of(document))
    if kind != "event":
        raise Undecodable("the envelope is of an unknown kind")
    return Envelope("event", _time(document.get("received_at")), from_json(document.get("event")))


def comparison_of(document: Mapping[str, Any]) -> Comparison:
    """An order to compare, as a message or the memory of its run has it.

    Raises:
        Undecodable: it does not say which run.
    """
    grace = document.get("grace")
    return Comparison(
        _name(document.get("run")),
        next((side for side in SIDES if side == document.get("repair")), None),
        dry_run=document.get("dry_run") is True,
        link=document.get("link") is True,
        grace=min(max(int(grace), 0), LONGEST_GRACE) if isinstance(grace, int) else GRACE,
    )


def _name(value: object) -> str:
    if not isinstance(value, str) or not value or len(value) > LONGEST_NAME:
        raise Undecodable("the order does not say which data source, or which run")
    return well_formed(value)


def _part(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _time(value: object) -> datetime | None:
    try:
        parsed = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return parsed if parsed is not None and parsed.tzinfo else None
