"""The lane that is being worked: which pages are its own, and its part of each connection's request budget.

The budgets are split: no lane can spend another's part, so that the sum keeps the limit without a word between them.
"""

from collections.abc import Callable, Mapping

from steward.budget import Budget, Purse
from steward.errors import CallFailed, Failure


class CurrentLane:
    """Entered with every message."""

    def __init__(self, group_of: Callable[[str], str], budgets: Mapping[str, Mapping[str, Budget]]) -> None:
        """Make one.

        Args:
            group_of: the lane of a page.
            budgets: of each connection each lane's part.
        """
        self._group_of = group_of
        self._budgets = budgets
        self._lane = next(iter(next(iter(budgets.values()))))
        self._rests = False

    def rest(self) -> None:
        """Until a lane is entered again nothing may be spent: what is done meanwhile has to do without Notion."""
        self._rests = True

    def enter(self, lane: str) -> None:
        """Work for this lane from now on; an unknown one changes nothing."""
        self._rests = False
        if all(lane in parts for parts in self._budgets.values()):
            self._lane = lane

    def mine(self, page_id: str) -> bool:
        """Whether a page belongs to this lane."""
        return self._group_of(page_id) == self._lane

    def purse(self, connection: str) -> Purse:
        """What this lane, whichever it is at the time, may spend of a connection's budget."""
        return _Part(lambda: self._part(connection))

    def spare(self, connection: str, most: int) -> int:
        """How many of so many calls this lane may spend on what can wait, see ``Budget.spare``."""
        return 0 if self._rests else self._part(connection).spare(most)

    def calls(self) -> int:
        """Calls of this environment so far, over all lanes and connections."""
        return sum(budget.total for parts in self._budgets.values() for budget in parts.values())

    def _part(self, connection: str) -> Budget:
        if self._rests:
            raise CallFailed(Failure.BUDGET_SPENT, "notion", "notion.call", message="the lane rests")
        return self._budgets[connection][self._lane]


class _Part:
    """Implements ``Purse`` by the budget of the moment."""

    def __init__(self, budget: Callable[[], Budget]) -> None:
        self._budget = budget

    def spend(self) -> None:
        self._budget().spend()

    def block(self, seconds: float, *, by: Failure | None = None) -> None:
        self._budget().block(seconds, by=by)
