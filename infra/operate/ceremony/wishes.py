"""What the command line asked of the ceremony, and where it stands when the command ends."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from infra.operate.ceremony.revealing import Reveal

LISTEN = 300.0
"""Seconds that are waited for the first event: Notion promises five minutes, and takes less than one."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asked for.

    Attributes:
        second: a second subscription beside the one that is there, to change the token.
        again: forget what came, and begin anew.
        confirm: the fingerprint that is right, so that nobody is asked.
        undo: take back what is under way.
        listen: seconds to wait for the first event.
        reveal: how the token is revealed.
    """

    second: bool = False
    again: bool = False
    confirm: str | None = None
    undo: bool = False
    listen: float = LISTEN
    reveal: Reveal = field(default_factory=Reveal)


@dataclass(frozen=True, slots=True)
class End:
    """Where the ceremony stands when the command ends.

    Attributes:
        stage: in words.
        done: nothing is left to do for now.
        mark: fingerprint of the token that it is about, or None.
        heard_at: when the first event that it signed was accepted, or None.
        next: what to do, or "".
        candidates: what waits to be confirmed: fingerprint, when it came, whether it was signed.
    """

    stage: str
    done: bool
    mark: str | None = None
    heard_at: datetime | None = None
    next: str = ""
    candidates: tuple[Mapping[str, Any], ...] = ()

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "heard_at": self.heard_at.isoformat() if self.heard_at else None}
