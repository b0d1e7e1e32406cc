"""The simulator in this process: ``with HubSpotSimulator() as hubspot: hubspot.url``.

Source: HubSpot's usage guidelines (limits and their headers) and error handling (statuses, ``category``,
``correlationId``), as of 2026-10.
"""

import itertools
import time
from collections import deque
from collections.abc import Callable

from infra.local.simulators.small_machine import Json, Machine, Reply, Request, as_json

ERRORS: dict[int, Json] = {
    401: {"category": "INVALID_AUTHENTICATION", "message": "Authentication credentials not found."},
    403: {"category": "MISSING_SCOPES", "message": "This app hasn't been granted all required scopes."},
    404: {"category": "OBJECT_NOT_FOUND", "message": "resource not found"},
    423: {"category": "RATE_LIMITS", "message": "The resource is locked."},
    477: {"message": "Migration in progress."},
    502: {"message": "Bad gateway"},
    503: {"message": "Service unavailable"},
    504: {"message": "Gateway timeout"},
}


class HubSpotSimulator(Machine):
    """A HubSpot account of one's own.

    Args:
        clock: seconds since the epoch.
        port: 0 for any.
        token: the one that is right.
        daily: requests that a day has.
        rolling: requests that ten seconds have.
    """

    operations = (*Machine.operations, "fail", "set_token", "set_scopes", "spend_daily")

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        port: int = 0,
        token: str = "pat-local-simulator",  # noqa: S107 - opens only the simulator
        daily: int = 250_000,
        rolling: int = 100,
    ) -> None:
        super().__init__(port)
        self.token = token
        self._clock = clock
        self._daily = daily
        self._left = daily
        self._rolling = rolling
        self._recent: deque[float] = deque()
        self._scopes = {"crm.objects.contacts.read"}
        self._numbers = itertools.count(1)

    def fail(
        self, status: int, *, path: str = "", times: int | None = None, retry_after: int | None = None
    ) -> None:
        """Answer an official error for so many requests, or (None) for ever."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        body = self._body(status)
        self.add_fault(
            {"kind": "answer", "status": status, "body": body, "headers": headers}, path=path, times=times
        )

    def set_token(self, token: str) -> None:
        """Make another token the right one."""
        self.token = token

    def set_scopes(self, scopes: list[str]) -> None:
        """What the app may."""
        self._scopes = set(scopes)

    def spend_daily(self, left: int = 0) -> None:
        """Leave so many requests of the day."""
        self._left = left

    def time(self) -> float:
        """See ``Machine``."""
        return self._clock()

    def handle(self, request: Request) -> Reply:
        """See ``Machine``."""
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return as_json(self._body(401), 401)
        limited = self._limit()
        if limited is not None:
            return limited
        if request.path == "/account-info/v3/details":
            account = {"portalId": 62515, "accountType": "STANDARD", "timeZone": "Europe/Berlin"}
            return as_json(account, headers=self._headers())
        if request.path == "/crm/v3/objects/contacts":
            if "crm.objects.contacts.read" not in self._scopes:
                return as_json(self._body(403), 403, headers=self._headers())
            return as_json({"results": [{"id": "1", "properties": {}}]}, headers=self._headers())
        return as_json(self._body(404), 404, headers=self._headers())

    def _limit(self) -> Reply | None:
        now = self._clock()
        while self._recent and self._recent[0] <= now - 10:
            self._recent.popleft()
        if self._left <= 0:
            return as_json(self._refused("DAILY", "daily"), 429, headers=self._headers())
        if len(self._recent) >= self._rolling:
            return as_json(
                self._refused("TEN_SECONDLY_ROLLING", "ten_secondly_rolling"), 429, headers=self._headers()
            )
        self._left -= 1
        self._recent.append(now)
        return None

    def _refused(self, policy: str, word: str) -> Json:
        return {
            "status": "error",
            "message": f"You have reached your {word} limit.",
            "errorType": "RATE_LIMIT",
            "correlationId": self._correlation(),
            "policyName": policy,
        }

    def _body(self, status: int) -> Json:
        known = ERRORS.get(status, {"message": "error"})
        return {"status": "error", "correlationId": self._correlation(), **known}

    def _correlation(self) -> str:
        return f"00000000-0000-4000-8000-{next(self._numbers):012d}"

    def _headers(self) -> dict[str, str]:
        return {
            "X-HubSpot-RateLimit-Daily": str(self._daily),
            "X-HubSpot-RateLimit-Daily-Remaining": str(max(self._left, 0)),
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
            "X-HubSpot-RateLimit-Max": str(self._rolling),
            "X-HubSpot-RateLimit-Remaining": str(max(self._rolling - len(self._recent), 0)),
        }
