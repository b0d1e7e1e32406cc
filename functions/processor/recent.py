"""How many messages one channel, or one person, was sent within the digest's window.

Kept by the environment: a new one begins with a clean slate, which costs a few messages more and loses none.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from steward.effects import Target


class Recent:
    """Counts what was sent."""

    def __init__(self, most: int, window: timedelta, now: Callable[[], datetime]) -> None:
        """Make it.

        Args:
            most: messages of a window from which they become one.
            window: how long a window is; also how long a message waits for others. Zero lets every message go alone.
            now: our clock.
        """
        self._most = most
        self.window = window
        self._now = now
        self._sent: dict[Target, deque[datetime]] = {}

    def sent(self, target: Target) -> None:
        """Take note of a message."""
        self._of(target).append(self._now())

    def is_full(self, target: Target, more: int = 1) -> bool:
        """Whether so many more messages would make enough for a digest."""
        return self.window > timedelta(0) and len(self._of(target)) + more >= self._most

    def _of(self, target: Target) -> deque[datetime]:
        sent = self._sent.setdefault(target, deque(maxlen=self._most))
        while sent and sent[0] <= self._now() - self.window:
            sent.popleft()
        return sent
