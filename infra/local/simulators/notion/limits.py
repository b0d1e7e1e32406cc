"""Request limits of https://developers.notion.com/reference/request-limits as of 2026-09-09.

Promises a real fixed window per connection (60 s, spendable in one burst), an optional one shared by the workspace, and
the blocked state. Whether Notion's window is aligned to the clock or opens with the first request is not published:
ours opens with the first request after the last window ended.
"""

import math
import threading
from collections.abc import Callable

from .errors import ApiError, rate_limited
from .model import Connection

CONNECTION = "public_api_request_rate_limit"
WORKSPACE = "public_api_space_request_rate_limit"
ENDPOINT = "public_api_endpoint_rate_limit"
BLOCKED = "public_api_request_blocked"
BLOCKED_RETRY_AFTER = 60


class FixedWindow:
    """One counter that starts again when its window has ended."""

    def __init__(self) -> None:
        self._began: float | None = None
        self.used = 0

    def take(self, now: float, limit: int | None, seconds: float) -> int | None:
        """Count one request; whole seconds until the next window when the limit refuses it."""
        if limit is None:
            return None
        if self._began is None or not self._began <= now < self._began + seconds:
            self._began, self.used = now, 0
        if self.used >= limit:
            return max(1, math.ceil(self._began + seconds - now))
        self.used += 1
        return None


class Limits:
    """All windows of a workspace.

    Args:
        clock: seconds; the simulator's own, without the offset that tests give the workspace.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[str, FixedWindow] = {}
        self.workspace_limit: int | None = None
        self.workspace_seconds = 60.0

    def take(self, connection: Connection) -> ApiError | None:
        """Count one request of ``connection``; the refusal, when it is over a limit."""
        if connection.blocked:
            return rate_limited(BLOCKED, BLOCKED_RETRY_AFTER)
        with self._lock:
            now = self._clock()
            own = self._windows.setdefault(connection.id, FixedWindow())
            wait = own.take(now, connection.per_window, connection.window_seconds)
            if wait is not None:
                return rate_limited(CONNECTION, wait)
            shared = self._windows.setdefault("workspace", FixedWindow())
            wait = shared.take(now, self.workspace_limit, self.workspace_seconds)
            return None if wait is None else rate_limited(WORKSPACE, wait)

    def reset(self) -> None:
        """Open all windows anew."""
        with self._lock:
            self._windows.clear()
