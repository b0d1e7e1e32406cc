"""The request budget's memory, so that a cold start, and another function, knows what was spent.

With several lanes each has a part of the budget and a record of its own, so that two lanes never write the same record;
what the vendor told one of them to wait, all of them wait.
"""

from dataclasses import replace

from steward.budget import BudgetRecord
from steward.lane import groups_of
from steward.memory import Memory

_NAME = "BUDGET#notion"

MOST_LANES = 10
"""As many as the template allows."""

PROBES = "probes"
"""In a lane's place: the share of the triage's probes."""


def lift(memory: Memory, at: float) -> None:
    """Forget what the main connection was told to wait, in every part of its budget: somebody knows that it is over.

    A block has no end that anybody tells us. Environments that obey it take this over with their next lease.

    Args:
        memory: the State table's.
        at: now, in seconds since the epoch.
    """
    for lane in (None, *groups_of(MOST_LANES), PROBES):
        part = BudgetMemory(memory, lane)
        part.forget_block(at)


class BudgetMemory:
    """Implements ``steward.budget.BudgetStore``."""

    def __init__(self, memory: Memory, lane: str | None = None, connection: str | None = None) -> None:
        """Make a memory.

        Args:
            memory: where it is kept.
            lane: the lane whose part of the budget it is; None when there is only one.
            connection: whose budget it is; None for the main connection's.
        """
        self._memory = memory
        whole = _NAME if connection is None else f"{_NAME}@{connection}"
        self._name = whole if lane is None else f"{whole}#{lane}"
        self._shared = None if lane is None else f"{whole}#blocked"

    def load(self) -> BudgetRecord | None:
        """What was saved last, or None."""
        document = self._memory.recall(self._name)
        blocked = self._blocked()
        if not isinstance(document, dict):
            return BudgetRecord(blocked_until=blocked) if blocked else None
        spent = {int(second): int(count) for second, count in document["spent"].items()}
        return BudgetRecord(
            spent,
            max(float(document["blocked_until"]), blocked),
            document.get("room"),
            float(document.get("room_at", 0.0)),
            float(document.get("limited_until", 0.0)),
            float(document.get("lifted_at", 0.0)),
        )

    def save(self, record: BudgetRecord) -> None:
        """Save."""
        if self._shared is not None and record.blocked_until > self._blocked():
            self._memory.remember(self._shared, record.blocked_until)
        self._memory.remember(
            self._name,
            {
                "spent": dict(record.spent),
                "blocked_until": record.blocked_until,
                "room": record.room,
                "room_at": record.room_at,
                "limited_until": record.limited_until,
                "lifted_at": record.lifted_at,
            },
        )

    def forget_block(self, at: float) -> None:
        """See ``lift``; nothing is written where nothing is remembered."""
        if self._shared is not None and self._blocked():
            self._memory.remember(self._shared, 0.0)
        record = self.load()
        if record is not None:
            self.save(replace(record, blocked_until=0.0, limited_until=0.0, lifted_at=at))

    def _blocked(self) -> float:
        return 0.0 if self._shared is None else float(self._memory.recall(self._shared) or 0.0)
