"""A share of the request limit that is kept for probes, so that a busy lane does not blind the triage.

The share has a window and a memory of its own. What the vendor told to wait is common: the lanes obey what a probe was
told, and a probe is not made while the lanes wait.
"""

from collections.abc import Callable

from steward.budget import Budget, BudgetStore
from steward.errors import CallFailed, Failure


class ReservedShare:
    """Implements ``steward.budget.Purse``."""

    def __init__(
        self, own: Budget, lane: Budget, lane_store: BudgetStore, clock: Callable[[], float]
    ) -> None:
        """Make a share.

        Args:
            own: the share's window.
            lane: a lane's budget, which is told of what the vendor tells us.
            lane_store: where that lane's waits are remembered.
            clock: seconds since the epoch.
        """
        self._own = own
        self._lane = lane
        self._lane_store = lane_store
        self._clock = clock

    def spend(self) -> None:
        """Take one call out of the share.

        Raises:
            CallFailed: BUDGET_SPENT, with the seconds to wait; nothing was spent.
        """
        record = self._lane_store.load()
        left = 0.0 if record is None else record.blocked_until - self._clock()
        if left > 0:
            message = "the vendor asked to wait"
            raise CallFailed(
                Failure.BUDGET_SPENT, "notion", "notion.budget", message=message, retry_after=left
            )
        self._own.spend()

    def block(self, seconds: float, *, by: Failure | None = None) -> None:
        """Obey the vendor, and let the lanes obey it."""
        self._own.block(seconds)
        self._lane.block(seconds, by=by)
