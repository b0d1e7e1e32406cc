"""One message a second and channel: Slack's own rule, kept before Slack has to say so."""

from collections.abc import Callable

from steward.errors import CallFailed, Failure

PERIOD = 1.0
"""Seconds between two messages to the same channel."""


class Pacer:
    """Takes turns per channel. Waits less than a period in place, because a message on the lane can't wait so little."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._clock = clock
        self._sleep = sleep
        self._free: dict[str, float] = {}

    def take_turn(self, channel: str) -> None:
        """Wait for the channel's next turn.

        Raises:
            CallFailed: BUDGET_SPENT when the turn is further away than a period; nothing was taken.
        """
        now = self._clock()
        wait = self._free.get(channel, now) - now
        if wait > PERIOD:
            raise CallFailed(Failure.BUDGET_SPENT, "slack", "slack.pace", retry_after=wait)
        if wait > 0:
            self._sleep(wait)
        self._free[channel] = max(now, now + wait) + PERIOD
