"""What was read a moment ago: what anybody may ask for costs one read in a few seconds, however many ask."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

SECONDS = 5.0


class Recent(Generic[T]):
    """Reads at most once in ``SECONDS``. One environment works one request at a time, so there is no lock."""

    def __init__(self, read: Callable[[], T], clock: Callable[[], float]) -> None:
        """Make it; ``clock`` is in monotonic seconds."""
        self._read = read
        self._clock = clock
        self._kept: tuple[float, T] | None = None

    def get(self) -> T:
        """What was read; raises what reading raises, and then asks again the next time."""
        if self._kept is None or self._clock() - self._kept[0] >= SECONDS:
            self._kept = (self._clock(), self._read())
        return self._kept[1]
