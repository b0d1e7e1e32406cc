"""The lane that is being worked: which pages are its own, and its part of the request budget.

The budget is split: no lane can spend another's part, so that the sum keeps the limit without a word between them.
"""

from collections.abc import Callable, Mapping

from steward.budget import Budget


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

    def enter(self, lane: str) -> None:
        """Work for this lane from now on; an unknown one changes nothing."""
        if lane in self._budgets:
            self._lane = lane

    def mine(self, page_id: str) -> bool:
        """Whether a page belongs to this lane."""
        return self._group_of(page_id) == self._lane

    def spend(self) -> None:
        """See ``Budget.spend``."""
        self._budgets[self._lane].spend()

    def block(self, seconds: float, *, by_workspace: bool = False) -> None:
        """See ``Budget.block``."""
        self._budgets[self._lane].block(seconds, by_workspace=by_workspace)

    def calls(self) -> int:
        """Calls of this environment so far, over all lanes."""
        return sum(budget.total for budget in self._budgets.values())
