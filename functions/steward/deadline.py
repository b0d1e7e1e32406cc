"""How much time is left, so that nothing is begun that can't be ended."""

from collections.abc import Callable


class Deadline:
    """The Lambda's remaining time; unlimited until an invocation sets it."""

    def __init__(self, remaining: Callable[[], float] = lambda: float("inf")) -> None:
        self._remaining = remaining

    def starts(self, remaining: Callable[[], float]) -> None:
        """Take the remaining time of the invocation that begins, in seconds."""
        self._remaining = remaining

    def remaining(self) -> float:
        """Seconds left."""
        return self._remaining()
