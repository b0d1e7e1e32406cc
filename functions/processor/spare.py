"""Whether there is time and budget for what nobody waits for: the lane's events and everybody's notices come first."""

from collections.abc import Callable
from datetime import datetime, timedelta

from processor.current_lane import CurrentLane

BUSY = 3
"""Messages waiting from which they are more important."""

KEPT = timedelta(seconds=1)
"""How long the number of waiting messages is taken for true: one thing after the other is asked for."""


class Spare:
    """Asked before each thing that can wait."""

    def __init__(
        self,
        *,
        current: CurrentLane,
        waiting: Callable[[], int],
        out_of_time: Callable[[], bool],
        now: Callable[[], datetime],
    ) -> None:
        """Make it.

        Args:
            current: the budgets.
            waiting: how many messages wait; costs a request.
            out_of_time: whether nothing more should be begun.
            now: our clock.
        """
        self._current = current
        self._waiting = waiting
        self._out_of_time = out_of_time
        self._now = now
        self._counted: tuple[datetime, int] | None = None

    def why_not(self) -> str | None:
        """Why it should wait; None when it need not, as far as the lane is concerned."""
        if self._out_of_time():
            return "too little time is left"
        waiting = self._count()
        return f"{waiting} messages are waiting" if waiting >= BUSY else None

    def calls(self, connection: str, most: int) -> int:
        """How many of so many calls may be made with a connection; 0 while its budget is needed."""
        return self._current.spare(connection, most)

    def _count(self) -> int:
        now = self._now()
        if self._counted is None or not timedelta(0) <= now - self._counted[0] < KEPT:
            self._counted = now, self._waiting()
        return self._counted[1]
