"""The request budget: the vendor's limit is the only limit, and it is never passed."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.budget import Budget, BudgetRecord
from steward.errors import CallFailed, Failure


class Time:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Memory:
    def __init__(self) -> None:
        self.record: BudgetRecord | None = None
        self.saves = 0
        self.error: Exception | None = None

    def load(self) -> BudgetRecord | None:
        return self.record

    def save(self, record: BudgetRecord) -> None:
        if self.error:
            raise self.error
        self.record = record
        self.saves += 1


def refused(budget: Budget) -> float:
    with pytest.raises(CallFailed) as caught:
        budget.spend()
    assert caught.value.failure is Failure.BUDGET_SPENT
    assert not caught.value.maybe_done
    assert caught.value.retry_after is not None
    return caught.value.retry_after


@pytest.mark.req("P2")
def test_the_whole_minute_may_be_spent_at_once_and_is_free_again_exactly_a_minute_later() -> None:
    time = Time()
    budget = Budget(180, time)
    for _ in range(180):
        budget.spend()

    assert refused(budget) == pytest.approx(60)
    time.now += 59.999
    assert refused(budget) == pytest.approx(0.001)
    time.now += 0.002
    for _ in range(180):
        budget.spend()
    assert budget.total == 360


@pytest.mark.req("P2")
@given(
    st.lists(st.floats(0, 20), min_size=1, max_size=120),
    st.sets(st.integers(0, 119)),
    st.integers(1, 12),
    st.integers(1, 10),
)
def test_no_minute_ever_holds_more_than_the_limit_whatever_dies(
    pauses: list[float], deaths: set[int], limit: int, lease: int
) -> None:
    time, memory = Time(), Memory()
    budget = Budget(limit, time, memory, lease=lease)
    made: deque[float] = deque()
    for number, pause in enumerate(pauses):
        time.now += pause
        if number in deaths:
            budget = Budget(limit, time, memory, lease=lease)
        try:
            budget.spend()
        except CallFailed:
            continue
        made.append(time.now)
        assert sum(1 for t in made if t > time.now - 60) <= limit


@pytest.mark.req("P2")
def test_a_cold_start_is_cautious_by_one_lease_and_no_more() -> None:
    time, memory = Time(), Memory()
    Budget(180, time, memory, lease=10).spend()

    restarted = Budget(180, time, memory, lease=10)
    for _ in range(170):
        restarted.spend()
    assert refused(restarted) > 0


@pytest.mark.req("P2")
def test_what_was_spent_is_remembered_before_it_is_spent_and_seldom() -> None:
    time, memory = Time(), Memory()
    budget = Budget(180, time, memory, lease=10)
    for _ in range(100):
        budget.spend()

    assert memory.saves == 10


@pytest.mark.req("P2")
def test_a_budget_that_can_not_be_remembered_makes_no_call() -> None:
    memory = Memory()
    memory.error = OSError("no table")
    budget = Budget(180, Time(), memory)

    with pytest.raises(OSError, match="no table"):
        budget.spend()
    assert budget.total == 0


@pytest.mark.req("P2")
def test_the_vendors_word_holds_also_after_a_restart() -> None:
    time, memory = Time(), Memory()
    Budget(180, time, memory).block(37)

    restarted = Budget(180, time, memory)
    assert refused(restarted) == pytest.approx(37)
    time.now += 37.1
    restarted.spend()


def test_a_clock_that_is_set_back_frees_nothing() -> None:
    time = Time()
    budget = Budget(1, time)
    budget.spend()
    time.now -= 3600

    assert refused(budget) == pytest.approx(60)
