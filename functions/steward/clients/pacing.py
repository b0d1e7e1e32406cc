"""One message a second and channel: Slack's own rule, kept before Slack has to say so.

Waits in place, never longer than a second, because a message on the lane can't wait so little.
"""

from collections.abc import Callable

PERIOD = 1.0
"""Seconds between two messages to the same channel."""


class Pacer:
    """Takes turns per channel."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._clock = clock
        self._sleep = sleep
        self._free: dict[str, float] = {}

    def take_turn(self, channel: str) -> None:
        """Wait for the channel's next turn and take it."""
        now = self._clock()
        # A turn seems further away than a period only when the clock was set back.
        wait = min(max(self._free.get(channel, now) - now, 0.0), PERIOD)
        if wait > 0:
            self._sleep(wait)
        self._free[channel] = now + wait + PERIOD
