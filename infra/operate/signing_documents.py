"""What lies in the two secrets of the signing tokens, read forgivingly. Pure.

The signing secret is ``{"active": [token, …], "rotation": {"token": fingerprint, "since": time}}``, with ``ended`` in the
place of ``rotation`` for the last one; the pending secret is ``{"armed_until": time, "candidates": [{"token",
"received_at", "signed"}, …]}``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from infra.operate.text import parsed, when
from ingest.handshake import fingerprint

CLOSED: Mapping[str, Any] = {"armed_until": None, "candidates": []}
"""The pending secret when nothing is waited for."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """A rotation that goes on, or the last one.

    Attributes:
        mark: fingerprint of the new token.
        since: when both became active, or when the old one was retired.
    """

    mark: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A token that came by handshake and that nobody has confirmed.

    Attributes:
        mark: its fingerprint.
        received_at: when it came, by ingest's clock; None where that can't be read.
        signed: it came signed with itself, as Notion's do; that proves nothing.
        token: the token.
    """

    mark: str
    received_at: datetime | None
    signed: bool
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """Both secrets together.

    Attributes:
        active: fingerprints of the tokens that are accepted, the newest last.
        rotation: the rotation that goes on, or None.
        ended: the last one that was finished, or None.
        armed_until: until when the endpoint takes a handshake; None when it was not armed.
        candidates: what came.
    """

    active: tuple[str, ...]
    rotation: Rotation | None
    ended: Rotation | None
    armed_until: datetime | None
    candidates: tuple[Candidate, ...]


def standing_of(signing: Mapping[str, Any], pending: Mapping[str, Any]) -> Standing:
    """How the tokens stand."""
    return Standing(
        tuple(fingerprint(token) for token in active_of(signing)),
        rotation_of(signing.get("rotation")),
        rotation_of(signing.get("ended")),
        parsed(pending.get("armed_until")),
        candidates_of(pending),
    )


def active_of(signing: Mapping[str, Any]) -> list[str]:
    """The tokens that are accepted."""
    active = signing.get("active")
    return [t for t in active if isinstance(t, str) and t] if isinstance(active, list) else []


def rotation_of(record: object) -> Rotation | None:
    """What ``rotation`` or ``ended`` in the secret says; None where it is not there."""
    if not isinstance(record, Mapping):
        return None
    since = parsed(record.get("since"))
    return None if since is None else Rotation(str(record.get("token")), since)


def candidates_of(pending: Mapping[str, Any]) -> tuple[Candidate, ...]:
    """What came by handshake."""
    found = pending.get("candidates")
    rows = found if isinstance(found, list) else []
    return tuple(
        Candidate(
            fingerprint(row["token"]), parsed(row.get("received_at")), bool(row.get("signed")), row["token"]
        )
        for row in rows
        if isinstance(row, dict) and isinstance(row.get("token"), str)
    )


def document(standing: Standing) -> dict[str, Any]:
    """How the tokens stand, as JSON: fingerprints and times in UTC, never a token."""
    return {
        "active": list(standing.active),
        "rotation": _record(standing.rotation),
        "ended": _record(standing.ended),
        "armed_until": _time(standing.armed_until),
        "candidates": [
            {"fingerprint": c.mark, "received_at": _time(c.received_at), "signed": c.signed}
            for c in standing.candidates
        ],
    }


def _record(rotation: Rotation | None) -> dict[str, str | None] | None:
    return None if rotation is None else {"fingerprint": rotation.mark, "since": _time(rotation.since)}


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def without_rotation(signing: Mapping[str, Any], active: Sequence[str]) -> dict[str, Any]:
    """The signing secret with these tokens and no rotation."""
    return {**{k: v for k, v in signing.items() if k != "rotation"}, "active": list(active)}


def described(candidate: Candidate) -> str:
    """A candidate in a line."""
    signed = "signed with itself" if candidate.signed else "not signed"
    return f"  {candidate.mark}  received {when(candidate.received_at)}  {signed}"


def unproved(rotation: Rotation) -> list[str]:
    """That the new token has signed nothing yet, and what to do."""
    return [
        f"both tokens are accepted since {when(rotation.since)}; nothing that {rotation.mark} signed has arrived yet",
        "verify the new subscription in Notion, change a page, and run again",
    ]


def accepted(tokens: Sequence[str]) -> str:
    """Which tokens are accepted, by their fingerprints."""
    marks = [fingerprint(token) for token in tokens]
    return f"only {' and '.join(marks)} {'is' if len(marks) == 1 else 'are'} accepted from now on"
