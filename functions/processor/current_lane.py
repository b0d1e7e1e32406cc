"""The lane that is being worked: which pages are its own, and its part of the request budget.

The budget is split: no lane can spend another's part, so that the sum keeps the limit without a word between them.
"""

from collections.abc import Callable, Mapping

from steward.budget import Budget
from steward.errors import CallFailed, Failure


class CurrentLane:
    """Entered with every message."""

    def __init__(self, group_of: Callable[[str], str], budgets: Mapping[str, Budget]) -> None:
        """Make one.

        Args:
            group_of: the lane of a page.
            budgets: each lane's part.
        """
        self._group_of = group_of
        self._budgets = budgets
        self._lane = next(iter(budgets))
        self._rests = False

    def rest(self) -> None:
        """Until a lane is entered again nothing may be spent: what is done meanwhile has to do without Notion."""
        self._rests = True

    def enter(self, lane: str) -> None:
        """Work for this lane from now on; an unknown one changes nothing."""
        self._rests = False
        if lane in self._budgets:
            self._lane = lane

    def mine(self, page_id: str) -> bool:
        """Whether a page belongs to this lane."""
        return self._group_of(page_id) == self._lane

    def spend(self) -> None:
        """See ``Budget.spend``."""
        if self._rests:
            raise CallFailed(Failure.BUDGET_SPENT, "notion", "notion.call", message="the lane rests")
        self._budgets[self._lane].spend()

    def block(self, seconds: float, *, by_workspace: bool = False) -> None:
        """See ``Budget.block``."""
        self._budgets[self._lane].block(seconds, by_workspace=by_workspace)

    def calls(self) -> int:
        """Calls of this environment so far, over all lanes."""
        return sum(budget.total for budget in self._budgets.values())
