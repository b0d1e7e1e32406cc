"""The request budget against Notion's own fixed window: whatever happens, the vendor never has to refuse.

Three environments share one memory. They spend, sleep, die, meet clocks that are set back and a memory that is out of
reach; the vendor's window is the simulator's, and opens with the first call after it ended.
"""

from contextlib import suppress

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from infra.local.simulators.notion.limits import FixedWindow
from steward.budget import LONGEST_BLOCK, Budget, BudgetRecord
from steward.errors import CallFailed, Failure

WINDOW, LEASE_SECONDS = 60.0, 5.0
WHO = st.integers(0, 2)


class Memory:
    """The shared store; out of reach on order."""

    def __init__(self) -> None:
        self.record: BudgetRecord | None = None
        self.broken = False

    def load(self) -> BudgetRecord | None:
        return self.record

    def save(self, record: BudgetRecord) -> None:
        if self.broken:
            raise ConnectionError
        self.record = BudgetRecord(dict(record.spent), record.blocked_until)


class Spending(RuleBasedStateMachine):
    """Random lives of three environments."""

    @initialize(limit=st.integers(1, 30), lease=st.integers(1, 12))
    def begin(self, limit: int, lease: int) -> None:
        self.limit, self.lease = limit, lease
        self.true, self.error = 1_795_000_000.0, 0.0
        self.memory = Memory()
        self.made: list[float] = []
        self.vendor = FixedWindow()
        self.blocked = [0.0, 0.0, 0.0]
        self.budgets = [self._new() for _ in range(3)]

    def _new(self) -> Budget:
        return Budget(
            self.limit,
            lambda: self.true + self.error,
            self.memory,
            lease=self.lease,
            lease_seconds=LEASE_SECONDS,
        )

    @rule(who=WHO, times=st.integers(1, 40))
    def call(self, who: int, times: int) -> None:
        budget = self.budgets[who]
        for _ in range(times):
            before, refused = budget.total, None
            try:
                budget.spend()
            except ConnectionError:
                assert budget.total == before
                return
            except CallFailed as failed:
                refused = failed
            if refused is not None:
                assert (refused.failure, budget.total) == (Failure.BUDGET_SPENT, before)
                assert 0 < (refused.retry_after or 0) <= LONGEST_BLOCK + WINDOW
                return
            assert self.true >= self.blocked[who], "a call was made although the vendor had asked to wait"
            self.made.append(self.true)
            assert self.vendor.take(self.true, self.limit, WINDOW) is None, "the vendor had to refuse"

    @rule(seconds=st.floats(0, 70) | st.sampled_from([0.001, 4.999, 5.0, 59.999, 60.0]))
    def wait(self, seconds: float) -> None:
        self.true += seconds

    @rule(who=WHO)
    def die(self, who: int) -> None:
        self.budgets[who] = self._new()
        self.blocked[who] = 0.0

    @rule(seconds=st.floats(0, 300))
    def set_the_clock_back(self, seconds: float) -> None:
        self.error -= seconds

    @rule(broken=st.booleans())
    def lose_the_memory(self, broken: bool) -> None:
        self.memory.broken = broken

    @rule(who=WHO, seconds=st.floats(0, 90) | st.just(1e9))
    def block(self, who: int, seconds: float) -> None:
        with suppress(ConnectionError):
            self.budgets[who].block(seconds)
        self.blocked[who] = max(self.blocked[who], self.true + min(seconds, LONGEST_BLOCK) - 1e-3)

    @invariant()
    def no_window_holds_more_than_the_limit(self) -> None:
        for first, one_too_many in zip(self.made, self.made[self.limit :], strict=False):
            assert one_too_many - first >= WINDOW - 1e-6


Spending.TestCase.settings = settings(max_examples=settings().max_examples // 2, stateful_step_count=40)
TestSpending = pytest.mark.req("P2")(Spending.TestCase)
