"""How far the silent first sight of a whole data source has come: written by the processor, read by the operator. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from steward.documents import iso, moment


class Phase(StrEnum):
    """Where a run is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Progress:
    """One run, as far as it has come.

    Attributes:
        run: whose order it was.
        phase: where it is.
        began: when, by the processor's clock.
        updated: when this was written.
        since: where the query that is under way begins; None at the beginning.
        cursor: where it goes on; None at its beginning.
        reached: when the last page that was listed was created.
        listed: pages that were listed.
        new: of these, pages that are remembered since.
        calls: Notion calls that it took.
        why: why it failed, or what it waits for; None when nothing is wrong.
    """

    run: str
    phase: Phase
    began: datetime
    updated: datetime
    since: datetime | None = None
    cursor: str | None = None
    reached: datetime | None = None
    listed: int = 0
    new: int = 0
    calls: int = 0
    why: str | None = None

    def document(self) -> dict[str, Any]:
        """As it is remembered."""
        times = {name: iso(getattr(self, name)) for name in ("began", "updated", "since", "reached")}
        counts = {name: getattr(self, name) for name in ("listed", "new", "calls")}
        return {
            "run": self.run,
            "phase": str(self.phase),
            "cursor": self.cursor,
            "why": self.why,
            **times,
            **counts,
        }

    @staticmethod
    def of(document: Any | None) -> "Progress | None":
        """What was remembered, or None."""
        if not isinstance(document, dict):
            return None
        times = {name: moment(document[name]) for name in ("since", "reached")}
        return Progress(
            run=document["run"],
            phase=Phase(document["phase"]),
            began=datetime.fromisoformat(document["began"]),
            updated=datetime.fromisoformat(document["updated"]),
            cursor=document["cursor"],
            why=document["why"],
            listed=document["listed"],
            new=document["new"],
            calls=document["calls"],
            **times,
        )


def memory_name(source_id: str) -> str:
    """Under which name ``memory`` keeps it."""
    return f"BASELINE#{source_id}"
