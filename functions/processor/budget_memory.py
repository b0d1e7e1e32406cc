"""The request budget's memory, in State, so that a cold start knows what was spent."""

from steward.budget import BudgetRecord
from steward.state import State

_NAME = "BUDGET#notion"


class BudgetMemory:
    """Implements ``steward.budget.BudgetStore``."""

    def __init__(self, state: State) -> None:
        self._state = state

    def load(self) -> BudgetRecord | None:
        """What was saved last, or None."""
        document = self._state.recall(_NAME)
        if not isinstance(document, dict):
            return None
        spent = {int(second): int(count) for second, count in document["spent"].items()}
        return BudgetRecord(spent, float(document["blocked_until"]))

    def save(self, record: BudgetRecord) -> None:
        """Save."""
        self._state.remember(_NAME, {"spent": dict(record.spent), "blocked_until": record.blocked_until})
