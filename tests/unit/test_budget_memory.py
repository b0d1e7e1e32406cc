"""What the request budget remembers comes back as it was written: the budget tells its own writing by that."""

import json
from typing import Any, cast

import pytest

from steward.budget import Budget, BudgetRecord
from steward.budget_memory import BudgetMemory
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
