"""The vendor's request limit, spent as fast as it allows and never beyond. Pure but for a store.

The window slides: no run of 60 seconds holds more calls than the limit, whatever minute the vendor's own window starts
at. A new environment does not know what the last one spent, and an environment that slept does not know what another
one spent meanwhile, so the spending is remembered. Calls are taken in leases of a few calls and a few seconds; before
each lease the memory is read and written. Whoever finds in it what somebody else wrote assumes a lease more than is
written, spent as late as it may have been.

Refused: exactness. What is not known counts as spent, so a change of environments costs calls and never grants any.
"""

from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Protocol

from steward.errors import CallFailed, Failure

LONGEST_BLOCK = 3600.0
"""Seconds; a block that seems longer comes from a clock that was wrong."""


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
        lease_seconds: float = 5.0,
        vendor: str = "notion",
    ) -> None:
        """Make a budget.

        Args:
            limit: calls in a window, at least 1.
            clock: seconds since the epoch.
            store: the memory that environments share; without one, this budget is the only one.
            window: seconds.
            lease: calls that are made on one write to the store.
            lease_seconds: how long such a write allows them.
            vendor: for errors.

        Raises:
            ValueError: the limit is below 1.
        """
        if limit < 1:
            raise ValueError("a request limit is at least 1 call")
        self._limit = limit
        self._clock = clock
        self._store = store
        self._window = window
        self._lease = min(lease, max(1, limit // 2))
        self._lease_seconds = lease_seconds
        self._vendor = vendor
        self._calls: list[float] = []
        self._blocked_until = 0.0
        self._saved: BudgetRecord | None = None
        self._leased = 0
        self._leased_until = 0.0
        self._latest = 0.0
        self.total = 0

    def spend(self) -> None:
        """Take one call out of the budget.

        Raises:
            CallFailed: BUDGET_SPENT, with the seconds until a call is free; nothing was spent.
        """
        now = self._now()
        renews = self._store is not None and (self._leased == 0 or now >= self._leased_until)
        if renews:
            self._catch_up(now)
        if self._blocked_until > now:
            raise self._spent(self._blocked_until - now)
        del self._calls[: bisect_right(self._calls, now - self._window)]
        if len(self._calls) >= self._limit:
            raise self._spent(self._calls[-self._limit] + self._window - now)
        if renews:
            self._save(now)
        self._leased -= 1
        insort(self._calls, now)
        self.total += 1

    def block(self, seconds: float) -> None:
        """Obey the vendor: no call for so many seconds, by whichever environment."""
        now = self._now()
        self._blocked_until = max(self._blocked_until, now + min(seconds, LONGEST_BLOCK))
        self._catch_up(now)
        self._save(now)

    def _now(self) -> float:
        now = self._clock()
        if now < self._latest:
            # The clock was set back. What is spent moves along: its age stays, so that nothing becomes free by it, and
            # nothing stays spent for as long as the clock was ahead.
            back = self._latest - now
            self._calls = [call - back for call in self._calls]
            self._blocked_until -= back
            self._leased = 0
        self._latest = now
        return now

    def _catch_up(self, now: float) -> None:
        """Take over what another environment wrote since this one last did."""
        record = self._store.load() if self._store is not None else None
        if record is None or record == self._saved:
            return
        # What this environment called since its own last write is in there already: the other one assumed a lease.
        latest = now + self._lease_seconds
        known = [min(float(second), latest) for second, count in record.spent.items() for _ in range(count)]
        self._calls = sorted([*known, *([latest] * self._lease)])
        self._blocked_until = max(self._blocked_until, min(record.blocked_until, now + LONGEST_BLOCK))
        self._saved = record

    def _save(self, now: float) -> None:
        if self._store is None:
            return
        record = BudgetRecord(dict(Counter(ceil(call) for call in self._calls)), self._blocked_until)
        self._store.save(record)
        self._saved = record
        self._leased, self._leased_until = self._lease, now + self._lease_seconds

    def _spent(self, retry_after: float) -> CallFailed:
        return CallFailed(
            Failure.BUDGET_SPENT,
            self._vendor,
            f"{self._vendor}.budget",
            message="the request budget of this minute is spent",
            retry_after=retry_after,
        )
