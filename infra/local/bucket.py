"""The throttle of API Gateway's stage, or of a route: a bucket of tokens."""

import threading
from collections.abc import Callable

from infra.local.http_api import Throttle


class Bucket:
    """The stage's throttle: so many requests at once, refilled at so many a second."""

    def __init__(self, throttle: Throttle, clock: Callable[[], float]) -> None:
        self._throttle = throttle
        self._clock = clock
        self._left = throttle.burst
        self._at = clock()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Whether one more request is allowed now."""
        with self._lock:
            now = self._clock()
            self._left = min(self._throttle.burst, self._left + (now - self._at) * self._throttle.rate)
            self._at = now
            if self._left < 1:
                return False
            self._left -= 1
            return True
