"""What the request budget remembers comes back as it was written: the budget tells its own writing by that."""

import json
from typing import Any, cast

import pytest

from steward.budget import Budget, BudgetRecord
from steward.budget_memory import PROBES, BudgetMemory, lift
from steward.errors import CallFailed, Failure
from steward.memory import Memory


class Table:
    """State's memory, as JSON."""

    def __init__(self) -> None:
        self.documents: dict[str, str] = {}
        self.writes = 0

    def recall(self, name: str) -> Any:
        return json.loads(self.documents[name]) if name in self.documents else None

    def remember(self, name: str, document: object) -> None:
        self.documents[name] = json.dumps(document)
        self.writes += 1


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def memory(table: Table) -> BudgetMemory:
    return BudgetMemory(cast("Memory", table))


@pytest.mark.req("P2")
@pytest.mark.parametrize(
    "record",
    [
        BudgetRecord(),
        BudgetRecord({1_795_000_000: 3, 1_795_000_001: 177}, 1_795_000_060.123456),
        BudgetRecord({1_795_000_000: 3}, 1_795_000_060.5, 7, 1_795_000_030.5, 1_795_000_040.5),
    ],
)
def test_a_record_comes_back_as_it_was_saved(memory: BudgetMemory, record: BudgetRecord) -> None:
    memory.save(record)
    assert memory.load() == record


def test_before_the_first_save_nothing_is_known(memory: BudgetMemory) -> None:
    assert memory.load() is None


@pytest.mark.req("P2")
def test_one_environment_alone_has_the_whole_limit_over_its_memory(
    table: Table, memory: BudgetMemory
) -> None:
    budget = Budget(180, lambda: 1_795_000_000.5, memory)
    for _ in range(180):
        budget.spend()
    assert table.writes == 18


@pytest.mark.req("P2", "T5")
@pytest.mark.parametrize(("lane", "other"), [(None, PROBES), ("lane-0", "lane-9")])
def test_a_block_that_somebody_lifts_is_forgotten_by_every_environment_and_a_new_one_is_obeyed(
    table: Table, lane: str | None, other: str
) -> None:
    now, memory = [1_795_000_000.0], cast("Memory", table)
    warm, beside = (Budget(60, lambda: now[0], BudgetMemory(memory, name)) for name in (lane, other))
    warm.block(3600, by=Failure.BLOCKED)
    beside.block(3600, by=Failure.BLOCKED)
    now[0] += 300

    lift(memory, now[0])

    now[0] += 6  # the lease is over
    for budget in (warm, beside, Budget(60, lambda: now[0], BudgetMemory(memory, lane))):
        budget.spend()
    warm.block(3600, by=Failure.BLOCKED)
    now[0] += 6
    with pytest.raises(CallFailed):
        warm.spend()


def test_where_nothing_is_remembered_nothing_is_lifted(table: Table) -> None:
    lift(cast("Memory", table), 1_795_000_000.0)

    assert table.documents == {}
