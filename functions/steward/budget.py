"""The vendor's request limit, spent as fast as it allows and never beyond. Pure but for a store.

The window slides: no run of 60 seconds holds more calls than the limit, whatever minute the vendor's own window starts
at. A new environment does not know what the last one spent, and an environment that slept does not know what another
one spent meanwhile, so the spending is remembered. Calls are taken in leases of a few calls and a few seconds; before
each lease the memory is read and written. Whoever finds in it what somebody else wrote assumes a lease more than is
written, spent as late as it may have been.

The workspace's limit, which all its connections share, is not published. It is learnt: a refusal in its name says how many
calls there was room for, and from there the room grows again with every window that passes without one.

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

GROWTH = 0.1
"""The share of the limit by which the learnt room grows with every window: one refusal in some minutes finds the edge."""


@dataclass(frozen=True, slots=True)
class BudgetRecord:
    """What is remembered.

    Attributes:
        spent: calls per second of the window, by the second's end.
        blocked_until: nothing may be called before; seconds since the epoch.
        room: calls in a window that the workspace had room for when it last refused one; None when it never did.
        room_at: when that was, seconds since the epoch.
        limited_until: as ``blocked_until``, but only what the limit of this connection asked for.
        lifted_at: when somebody last said that no block is left, whatever was told before; seconds since the epoch.
    """

    spent: Mapping[int, int] = field(default_factory=dict)
    blocked_until: float = 0.0
    room: int | None = None
    room_at: float = 0.0
    limited_until: float = 0.0
    lifted_at: float = 0.0


class BudgetStore(Protocol):
    """Where the spending is remembered."""

    def load(self) -> BudgetRecord | None:
        """What was saved last, or None."""

    def save(self, record: BudgetRecord) -> None:
        """Save, or raise: then no call is made."""


class Purse(Protocol):
    """What a client needs of a budget."""

    def spend(self) -> None:
        """Take one call out of the budget, or raise ``CallFailed``."""

    def block(self, seconds: float, *, by: Failure | None = None) -> None:
        """Obey the vendor: no call for so many seconds."""


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
        self._room: int | None = None
        self._room_at = 0.0
        self._limited_until = self._lifted_at = 0.0
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
        limit = self._allowed(now)
        if len(self._in_window(now)) >= limit:
            raise self._spent(self._calls[-limit] + self._window - now)
        if renews:
            self._save(now)
        self._leased -= 1
        insort(self._calls, now)
        self.total += 1

    def spare(self, most: int) -> int:
        """How many of so many calls may be spent on what can wait, so that half of a window stays free for the rest.

        At most a quarter of a window at once; 0 while that much is not free, or nothing may be called at all.
        """
        now = self._now()
        limit = self._allowed(now)
        wanted = min(most, max(1, limit // 4))
        free = 0 if self._blocked_until > now else limit - len(self._in_window(now))
        return wanted if free >= wanted + limit // 2 else 0

    def block(self, seconds: float, *, by: Failure | None = None) -> None:
        """Obey the vendor: no call for so many seconds, by whichever environment.

        Args:
            seconds: how long.
            by: what asks; where it is the workspace's limit, what was spent before shows its size.
        """
        now = self._now()
        self._catch_up(now)
        self._blocked_until = max(self._blocked_until, now + min(seconds, LONGEST_BLOCK))
        if by is Failure.RATE_LIMITED:
            self._limited_until = max(self._limited_until, now + min(seconds, LONGEST_BLOCK))
        if by is Failure.WORKSPACE_LIMITED:
            # The refused call is among those of the window.
            self._room, self._room_at = max(1, min(self._allowed(now), len(self._in_window(now)) - 1)), now
        self._save(now)

    def _in_window(self, now: float) -> list[float]:
        del self._calls[: bisect_right(self._calls, now - self._window)]
        return self._calls

    def _allowed(self, now: float) -> int:
        """Calls that a window may hold: the plan's number, or what the workspace has room for."""
        if self._room is None:
            return self._limit
        windows = int(max(now - self._room_at, 0) / self._window)
        return min(self._limit, self._room + windows * max(1, round(self._limit * GROWTH)))

    def _now(self) -> float:
        now = self._clock()
        if now < self._latest:
            # The clock was set back. What is spent moves along: its age stays, so that nothing becomes free by it, and
            # nothing stays spent for as long as the clock was ahead.
            back = self._latest - now
            self._calls = [call - back for call in self._calls]
            self._blocked_until -= back
            self._room_at -= back
            self._limited_until -= back
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
        if record.lifted_at > self._lifted_at:
            self._lifted_at, self._blocked_until, self._limited_until = record.lifted_at, 0.0, 0.0
        self._blocked_until = max(self._blocked_until, min(record.blocked_until, now + LONGEST_BLOCK))
        self._limited_until = max(self._limited_until, min(record.limited_until, now + LONGEST_BLOCK))
        if record.room_at > self._room_at:
            self._room, self._room_at = record.room, min(record.room_at, now)
        self._saved = record

    def _save(self, now: float) -> None:
        if self._store is None:
            return
        spent = dict(Counter(ceil(call) for call in self._calls))
        record = BudgetRecord(
            spent, self._blocked_until, self._room, self._room_at, self._limited_until, self._lifted_at
        )
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


def part_of(limit: int, lanes: int, number: int) -> int:
    """One lane's part of a limit; the parts of all lanes add up to it, but each is at least 1."""
    return max(1, limit // lanes + (number < limit % lanes))
