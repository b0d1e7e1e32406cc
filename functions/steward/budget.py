"""The vendor's request limit, spent as fast as it allows and never beyond. Pure but for a store.

The window slides: no run of 60 seconds holds more calls than the limit, whatever minute the vendor's own window starts
at. A new environment does not know what the last one spent, so the spending is remembered: before the first call and
then after every ``lease`` calls. Whoever loads it assumes a lease more, spent just now, because the last environment may
have made that many calls after it last wrote.
"""

from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Protocol

from steward.errors import CallFailed, Failure


@dataclass(frozen=True, slots=True)
class BudgetRecord:
    """What is remembered: calls per second of the window, by the second's end, and until when nothing may be called."""

    spent: Mapping[int, int] = field(default_factory=dict)
    blocked_until: float = 0.0


class BudgetStore(Protocol):
    """Where the spending is remembered."""

    def load(self) -> BudgetRecord | None:
        """What was saved last, or None."""

    def save(self, record: BudgetRecord) -> None:
        """Save, or raise: then no call is made."""


class Budget:
    """A sliding window of calls."""

    def __init__(
        self,
        limit: int,
        clock: Callable[[], float],
        store: BudgetStore | None = None,
        *,
        window: float = 60.0,
        lease: int = 10,
        vendor: str = "notion",
    ) -> None:
        self._limit = limit
        self._clock = clock
        self._store = store
        self._window = window
        self._lease = min(lease, max(1, limit // 2))
        self._vendor = vendor
        self._calls: deque[float] = deque()
        self._blocked_until = 0.0
        self._loaded = store is None
        self._leased = 0
        self._latest = 0.0
        self.total = 0

    def spend(self) -> None:
        """Take one call out of the budget.

        Raises:
            CallFailed: BUDGET_SPENT, with the seconds until a call is free; nothing was spent.
        """
        now = self._now()
        if not self._loaded:
            self._load(now)
        if self._blocked_until > now:
            raise self._spent(self._blocked_until - now)
        while self._calls and self._calls[0] <= now - self._window:
            self._calls.popleft()
        if len(self._calls) >= self._limit:
            raise self._spent(self._calls[len(self._calls) - self._limit] + self._window - now)
        if self._store is not None and self._leased == 0:
            self._store.save(self._record())
            self._leased = self._lease
        self._leased -= 1
        self._calls.append(now)
        self.total += 1

    def block(self, seconds: float) -> None:
        """Obey the vendor: no call for so many seconds."""
        self._blocked_until = max(self._blocked_until, self._now() + seconds)
        if self._store is not None:
            self._store.save(self._record())
            self._leased = self._lease

    def _now(self) -> float:
        # A clock that is set back must not free what is not free.
        self._latest = max(self._latest, self._clock())
        return self._latest

    def _load(self, now: float) -> None:
        record = self._store.load() if self._store is not None else None
        self._loaded = True
        if record is None:
            return
        spent = [
            float(min(second, ceil(now))) for second, count in record.spent.items() for _ in range(count)
        ]
        recent = sorted(t for t in spent if t > now - self._window)
        self._calls.extend([*recent, *([now] * self._lease)])
        self._blocked_until = record.blocked_until

    def _record(self) -> BudgetRecord:
        return BudgetRecord(dict(Counter(ceil(t) for t in self._calls)), self._blocked_until)

    def _spent(self, retry_after: float) -> CallFailed:
        return CallFailed(
            Failure.BUDGET_SPENT,
            self._vendor,
            f"{self._vendor}.budget",
            message="the request budget of this minute is spent",
            retry_after=retry_after,
        )
