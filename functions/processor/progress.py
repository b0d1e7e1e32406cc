"""How far the runs of the deadline rules have come: of each rule its last day, and where that day's run goes on."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from processor.automations.deadline import Occasion
from steward.memory import Memory

_KEPT = timedelta(days=3)
"""Days for which a rule that ran is remembered; one that is not in the rules file any more is forgotten."""


class Progress:
    """The notes of one lane, or of whoever else makes runs; read once."""

    def __init__(self, memory: Memory, who: str) -> None:
        """Read the notes.

        Args:
            memory: keeps them.
            who: whose they are.
        """
        self._memory = memory
        self._name = f"REMIND#{who}"
        remembered = memory.recall(self._name)
        self._notes: dict[str, dict[str, Any]] = remembered if isinstance(remembered, dict) else {}

    def of(self, occasion: Occasion) -> Mapping[str, Any] | None:
        """Where a run goes on, as it was noted; empty when it has not begun, None when it is done."""
        note = self._notes.get(_rule(occasion), {})
        if note.get("day") != occasion.day.isoformat():
            return {}
        return None if note["done"] else note

    def note(self, occasion: Occasion, place: Mapping[str, Any], *, done: bool) -> None:
        """Remember where a run goes on, or that it is done."""
        oldest = (occasion.day - _KEPT).isoformat()
        self._notes = {rule: note for rule, note in self._notes.items() if note["day"] >= oldest}
        self._notes[_rule(occasion)] = {**place, "day": occasion.day.isoformat(), "done": done}
        self._memory.remember(self._name, self._notes)


def _rule(occasion: Occasion) -> str:
    return occasion.source.rule_id(occasion.rule)
