"""Every function that calls Notion reads the same connection out of its environment."""

import json
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from steward.clients.connection import request_budgets
from steward.errors import CallFailed, Failure
from steward.memory import Memory

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


class Kept:
    """The memory, as JSON."""

    def __init__(self) -> None:
        self.documents: dict[str, str] = {}

    def recall(self, name: str) -> Any:
        return json.loads(self.documents[name]) if name in self.documents else None

    def remember(self, name: str, document: object) -> None:
        self.documents[name] = json.dumps(document)


@pytest.mark.req("P2")
@pytest.mark.parametrize(("lanes", "parts"), [(1, [180]), (3, [60, 60, 60]), (7, [26] * 5 + [25] * 2)])
def test_the_lanes_parts_are_the_whole_limit(lanes: int, parts: list[int]) -> None:
    budgets = request_budgets({"LANES": str(lanes)}, cast("Memory", Kept()), lambda: NOW)

    assert list(budgets) == [f"lane-{number}" for number in range(lanes)]
    for budget, part in zip(budgets.values(), parts, strict=True):
        for _ in range(part):
            budget.spend()
        with pytest.raises(CallFailed) as refused:
            budget.spend()
        assert refused.value.failure is Failure.BUDGET_SPENT
    assert sum(parts) == 180


@pytest.mark.req("P2", "T5")
@pytest.mark.parametrize("lanes", ["1", "3"])
def test_two_functions_spend_from_the_same_memory(lanes: str) -> None:
    environ, memory = {"LANES": lanes, "REQUESTS_PER_MINUTE": "60"}, cast("Memory", Kept())
    processor, triage = (request_budgets(environ, memory, lambda: NOW)["lane-0"] for _ in range(2))
    for _ in range(60 // int(lanes)):
        processor.spend()

    with pytest.raises(CallFailed):
        triage.spend()
