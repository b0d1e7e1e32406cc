"""Whether answers come from memory: on while the vendor can't be asked, so that a page opens and says how old it is.

Whoever reads for people asks ``Fallback`` first. What must not work on stale data does not read it: it waits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from steward.documents import iso
from steward.errors import StateConflict
from steward.memory import Memory

_NAME = "FALLBACK"


@dataclass(frozen=True, slots=True)
class Mode:
    """How answers are made.

    Attributes:
        on: from memory.
        since: when that was switched, or None before the first time.
        why: one line.
    """

    on: bool = False
    since: datetime | None = None
    why: str = ""


class Fallback:
    """The switch between live answers and answers from memory."""

    def __init__(self, memory: Memory, now: Callable[[], datetime]) -> None:
        self._memory = memory
        self._now = now

    def read(self) -> Mode:
        """How it stands."""
        return self._read()[0]

    def switch(self, *, on: bool, why: str) -> bool:
        """Switch it; False when it stood so already, or another writer was first."""
        mode, version = self._read()
        if mode.on is on:
            return False
        document = {"on": on, "since": iso(self._now()), "why": why}
        try:
            self._memory.swap(_NAME, document, version + 1)
        except StateConflict:
            return False
        return True

    def _read(self) -> tuple[Mode, int]:
        document, version = self._memory.recall_version(_NAME)
        return _mode(document), version


def _mode(document: Any) -> Mode:
    if not isinstance(document, dict):
        return Mode()
    return Mode(bool(document["on"]), datetime.fromisoformat(document["since"]), str(document["why"]))
