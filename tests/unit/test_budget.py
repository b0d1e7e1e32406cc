"""The request budget: a burst, then patience, whoever asks and whatever the clock does."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steward.budget import Budget, BudgetRecord, part_of
from steward.errors import CallFailed, Failure

START = 1_795_000_000.25


class Clock:
    """Seconds that pass when a test says so; ``error`` is how wrong it shows them."""

    def __init__(self) -> None:
        self.true = START
        self.error = 0.0

    def __call__(self) -> float:
        return self.true + self.error


@dataclass
class Memory:
    """The store, and what it was asked."""

    record: BudgetRecord | None = None
    saves: int = 0
    broken: bool = False
    fails_after_saving: bool = False

    def load(self) -> BudgetRecord | None:
        return self.record

    def save(self, record: BudgetRecord) -> None:
        if self.broken and not self.fails_after_saving:
            raise ConnectionError("the table is out of reach")
        self.record = record
        self.saves += 1
        if self.broken:
            raise ConnectionError("the table's answer was lost")


def spend(budget: Budget, calls: int = 1) -> None:
    for _ in range(calls):
        budget.spend()


def refused(budget: Budget) -> float:
    """The seconds that a call would have to wait; the test fails if it is granted."""
    with pytest.raises(CallFailed) as failed:
        budget.spend()
    assert failed.value.failure is Failure.BUDGET_SPENT
    assert not failed.value.maybe_done
    assert failed.value.retry_after is not None
    return failed.value.retry_after


def affordable(budget: Budget, most: int = 1000) -> int:
    """How many calls are granted right now."""
    for calls in range(most):
        try:
            budget.spend()
        except CallFailed:
            return calls
    return most


@pytest.mark.req("P2")
def test_a_whole_minute_may_be_spent_at_once_and_the_next_call_comes_60_seconds_after_the_first() -> None:
    clock = Clock()
    budget = Budget(180, clock)
    spend(budget, 180)
    assert refused(budget) == 60.0
    clock.true += 59.5
    assert refused(budget) == 0.5
    clock.true += 0.5
    assert affordable(budget) == 180


@pytest.mark.req("P2")
def test_calls_become_free_one_by_one_as_they_were_made() -> None:
    clock = Clock()
    budget = Budget(3, clock)
    for _ in range(3):
        budget.spend()
        clock.true += 10
    assert refused(budget) == 30.0
    clock.true += 30
    assert affordable(budget) == 1
    assert refused(budget) == 10.0


@pytest.mark.req("P2")
def test_a_refused_call_costs_nothing() -> None:
    clock = Clock()
    budget = Budget(2, clock)
    spend(budget, 2)
    for _ in range(5):
        refused(budget)
    assert budget.total == 2
    clock.true += 60
    assert affordable(budget) == 2


@pytest.mark.req("P2", "A9")
@pytest.mark.parametrize(
    ("limit", "spent", "most", "calls"),
    [
        (180, 0, 20, 20),
        (180, 70, 20, 20),
        (180, 71, 20, 0),
        (180, 0, 1000, 45),
        (600, 280, 20, 20),
        (10, 3, 20, 2),
        (10, 4, 20, 0),
        (3, 1, 20, 1),
        (3, 2, 20, 0),
        (1, 0, 20, 1),
        (1, 1, 20, 0),
    ],
)
def test_what_can_wait_leaves_half_of_the_window_to_the_rest(
    limit: int, spent: int, most: int, calls: int
) -> None:
    clock = Clock()
    budget = Budget(limit, clock)
    spend(budget, spent)

    assert budget.spare(most) == calls
    spend(budget, budget.spare(most))
    budget.block(30)
    assert budget.spare(most) == 0
    clock.true += 60
    assert budget.spare(1) == 1


@pytest.mark.req("P2")
def test_a_block_holds_every_call_for_the_time_that_the_vendor_asked() -> None:
    clock = Clock()
    budget = Budget(180, clock)
    budget.block(45)
    assert refused(budget) == 45.0
    budget.block(10)
    assert refused(budget) == 45.0
    clock.true += 45
    spend(budget)


@pytest.mark.req("P2")
def test_a_block_holds_the_next_environment_too() -> None:
    clock, memory = Clock(), Memory()
    Budget(180, clock, memory).block(45)
    clock.true += 5
    assert refused(Budget(180, clock, memory)) == 40.0


def test_a_block_of_nonsense_length_ends_after_an_hour() -> None:
    clock = Clock()
    memory = Memory(BudgetRecord({}, START + 10 * 365 * 86_400))
    assert refused(Budget(180, clock, memory)) == 3600.0
    budget = Budget(180, clock)
    budget.block(1e9)
    assert refused(budget) == 3600.0


@pytest.mark.req("P2")
def test_a_clock_that_is_set_back_frees_no_call_and_stops_none_for_longer() -> None:
    clock = Clock()
    budget = Budget(5, clock)
    spend(budget, 5)
    clock.error = -1_000_000
    assert refused(budget) == 60.0
    clock.true += 59
    assert refused(budget) == 1.0
    clock.true += 1
    assert affordable(budget) == 5


def test_a_clock_that_was_far_ahead_does_not_stop_the_calls_until_it_is_reached() -> None:
    clock, memory = Clock(), Memory()
    clock.error = 86_400
    before = Budget(180, clock, memory)
    spend(before, 180)
    before.block(30)
    clock.error = 0
    after = Budget(180, clock, memory)
    refused(after)
    clock.true += 3600 + 66
    assert affordable(after) > 0


@pytest.mark.req("P2")
def test_a_store_that_can_not_be_written_makes_no_call_possible() -> None:
    clock, memory = Clock(), Memory(broken=True)
    budget = Budget(180, clock, memory)
    for _ in range(3):
        with pytest.raises(ConnectionError):
            budget.spend()
    assert budget.total == 0
    memory.broken = False
    spend(budget)


def test_a_write_whose_answer_was_lost_is_taken_for_somebody_elses() -> None:
    clock, memory = Clock(), Memory(broken=True, fails_after_saving=True)
    budget = Budget(30, clock, memory)
    with pytest.raises(ConnectionError):
        budget.spend()
    memory.broken = False
    assert affordable(budget) == 20


@pytest.mark.req("P2")
def test_a_cold_start_assumes_one_lease_more_than_was_written() -> None:
    clock, memory = Clock(), Memory()
    spend(Budget(180, clock, memory, lease=10), 15)
    assert sum((memory.record or BudgetRecord()).spent.values()) == 10
    assert affordable(Budget(180, clock, memory, lease=10)) == 180 - 10 - 10


@pytest.mark.req("P2")
def test_the_first_environment_of_all_has_the_whole_budget() -> None:
    assert affordable(Budget(180, Clock(), Memory())) == 180


def test_ten_calls_cost_one_write() -> None:
    clock, memory = Clock(), Memory()
    spend(Budget(180, clock, memory, lease=10), 30)
    assert memory.saves == 3


@pytest.mark.req("P2")
def test_an_environment_that_slept_learns_what_another_one_spent() -> None:
    clock, memory = Clock(), Memory()
    slept = Budget(180, clock, memory)
    spend(slept, 1)
    clock.true += 20
    spend(Budget(180, clock, memory), 160)
    clock.true += 20
    assert affordable(slept) <= 180 - 161


def test_a_limit_below_one_call_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Budget(0, Clock())


@dataclass
class World:
    """Two environments that take turns, die and start again, and the calls that were really made."""

    limit: int
    lease: int
    clock: Clock = field(default_factory=Clock)
    memory: Memory = field(default_factory=Memory)
    made: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.budgets = [self.new(), self.new()]

    def new(self) -> Budget:
        return Budget(self.limit, self.clock, self.memory, lease=self.lease)

    def call(self, which: int, times: int) -> None:
        for _ in range(times):
            try:
                self.budgets[which].spend()
            except (CallFailed, ConnectionError):
                return
            self.made.append(self.clock.true)

    def most_in_a_window(self) -> int:
        return max((sum(1 for t in self.made if start <= t < start + 60) for start in self.made), default=0)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("call"), st.integers(0, 1), st.integers(1, 25)),
        st.tuples(st.just("wait"), st.floats(0, 70), st.just(0)),
        st.tuples(st.just("wait"), st.floats(0, 6), st.just(0)),
        st.tuples(st.just("die"), st.integers(0, 1), st.just(0)),
        st.tuples(st.just("set back"), st.floats(0, 200), st.just(0)),
        st.tuples(st.just("break"), st.booleans(), st.booleans()),
        st.tuples(st.just("block"), st.integers(0, 1), st.integers(0, 30)),
    ),
    max_size=40,
)


@pytest.mark.req("P2")
@settings(max_examples=300, deadline=None)
@given(steps=steps, limit=st.integers(1, 40), lease=st.integers(1, 12))
def test_no_60_seconds_ever_hold_more_calls_than_the_limit(
    steps: list[tuple[str, float, float]], limit: int, lease: int
) -> None:
    world = World(limit, lease)
    for what, first, second in steps:
        match what:
            case "call":
                world.call(int(first), int(second))
            case "wait":
                world.clock.true += first
            case "die":
                world.budgets[int(first)] = world.new()
            case "set back":
                world.clock.error -= first
            case "break":
                world.memory.broken, world.memory.fails_after_saving = bool(first), bool(second)
            case "block" if not world.memory.broken:
                world.budgets[int(first)].block(second)
    assert world.most_in_a_window() <= limit


@pytest.mark.req("P2")
@settings(max_examples=100, deadline=None)
@given(waits=st.lists(st.floats(0, 30), max_size=60), limit=st.integers(1, 20))
def test_waiting_as_long_as_was_asked_is_always_enough(waits: list[float], limit: int) -> None:
    clock = Clock()
    budget = Budget(limit, clock)
    for wait in waits:
        clock.true += wait
        if affordable(budget, 1):
            continue
        asked = refused(budget)
        assert 0 < asked <= 60
        clock.true += asked + 1e-6
        spend(budget)


@pytest.mark.req("P2")
def test_the_room_that_the_workspace_has_is_learnt_from_its_refusal_and_grows_again() -> None:
    clock = Clock()
    budget = Budget(180, clock)
    spend(budget, 41)  # the last of them was refused
    budget.block(30, by=Failure.WORKSPACE_LIMITED)

    clock.true += 60
    assert affordable(budget) == 40 + 18
    clock.true += 60
    assert affordable(budget) == 40 + 36
    clock.true += 600
    assert affordable(budget) == 180


@pytest.mark.req("P2")
def test_a_refusal_of_the_connection_teaches_nothing_about_the_workspace() -> None:
    clock = Clock()
    budget = Budget(180, clock)
    spend(budget, 41)
    budget.block(30, by=Failure.RATE_LIMITED)
    clock.true += 60
    assert affordable(budget) == 180


@pytest.mark.req("P2", "T1")
def test_it_is_remembered_whether_this_connections_limit_asked_to_wait() -> None:
    clock, memory = Clock(), Memory()
    Budget(180, clock, memory).block(40, by=Failure.UNAVAILABLE)
    Budget(180, clock, memory).block(20, by=Failure.RATE_LIMITED)
    Budget(180, clock, memory).block(60, by=Failure.UNAVAILABLE)

    record = memory.load()

    assert record is not None
    assert (record.blocked_until, record.limited_until) == (clock() + 60, clock() + 20)


@pytest.mark.req("P2")
def test_the_learnt_room_is_remembered_and_never_less_than_one_call() -> None:
    clock, memory = Clock(), Memory()
    budget = Budget(180, clock, memory)
    spend(budget, 1)
    budget.block(10, by=Failure.WORKSPACE_LIMITED)

    clock.true += 15
    assert affordable(Budget(180, clock, memory, lease=1)) == 0
    clock.true += 56
    assert affordable(Budget(180, clock, memory, lease=1)) >= 1


@pytest.mark.req("P2", "P1")
@pytest.mark.parametrize(("limit", "lanes"), [(180, 1), (180, 3), (600, 7), (10, 10)])
def test_the_parts_of_all_lanes_add_up_to_the_limit(limit: int, lanes: int) -> None:
    assert sum(part_of(limit, lanes, number) for number in range(lanes)) == limit
