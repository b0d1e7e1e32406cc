"""The probes' share: beside the lanes' budget, and under the vendor's one word to wait."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from steward.budget import Purse
from steward.clients.connection import probe_budget, request_budgets
from steward.errors import CallFailed, Failure
from steward.memory import Memory
from steward.spent_budget import remembered_budget

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Kept:
    """A memory that is a dictionary."""

    def __init__(self) -> None:
        self.documents: dict[str, Any] = {}

    def recall(self, name: str) -> Any:
        return self.documents.get(name)

    def remember(self, name: str, document: Any) -> None:
        self.documents[name] = document


def spent_by(purse: Purse) -> int:
    """Calls until the budget refuses one."""
    for calls in range(1000):
        try:
            purse.spend()
        except CallFailed:
            return calls
    raise AssertionError("it never refuses")


@pytest.mark.req("T1", "P2")
@pytest.mark.parametrize("lanes", ["1", "4"])
def test_a_busy_lane_leaves_the_probes_their_share_and_together_they_keep_the_limit(lanes: str) -> None:
    environ = {"LANES": lanes, "REQUESTS_PER_MINUTE": "100", "PROBES_PER_MINUTE": "12"}
    memory = cast("Memory", Kept())

    spent = [spent_by(budget) for budget in request_budgets(environ, memory, lambda: NOW).values()]
    probes = spent_by(probe_budget(environ, memory, lambda: NOW))

    assert (sum(spent), probes) == (88, 12)


@pytest.mark.req("T1", "P2")
@pytest.mark.parametrize("lanes", ["1", "4"])
def test_what_a_probe_is_told_to_wait_every_lane_waits_and_the_other_way_round(lanes: str) -> None:
    environ = {"LANES": lanes, "REQUESTS_PER_MINUTE": "100", "PROBES_PER_MINUTE": "12"}
    memory = cast("Memory", Kept())
    probe_budget(environ, memory, lambda: NOW).block(30)
    assert [spent_by(budget) for budget in request_budgets(environ, memory, lambda: NOW).values()] == [
        0
    ] * int(lanes)

    memory = cast("Memory", Kept())
    request_budgets(environ, memory, lambda: NOW)["lane-0"].block(30)
    with pytest.raises(CallFailed) as failed:
        probe_budget(environ, memory, lambda: NOW).spend()
    assert (failed.value.failure, failed.value.retry_after) == (Failure.BUDGET_SPENT, 30)


@pytest.mark.req("P2")
def test_without_a_share_the_probes_spend_the_first_lanes_part() -> None:
    environ, memory = {"REQUESTS_PER_MINUTE": "40"}, cast("Memory", Kept())

    assert spent_by(probe_budget(environ, memory, lambda: NOW)) == 40


@pytest.mark.req("T1")
@pytest.mark.parametrize("lanes", ["1", "4"])
def test_what_is_remembered_is_that_of_all_lanes_and_the_probes(lanes: str) -> None:
    environ = {"LANES": lanes, "REQUESTS_PER_MINUTE": "100", "PROBES_PER_MINUTE": "12"}
    memory = cast("Memory", Kept())
    assert remembered_budget(environ, memory) is None

    budgets = [
        *request_budgets(environ, memory, lambda: NOW).values(),
        probe_budget(environ, memory, lambda: NOW),
    ]
    for budget in budgets:
        budget.spend()
    for budget in budgets:
        budget.block(5)  # which writes down what was spent
    record = remembered_budget(environ, memory)

    assert record is not None
    assert sum(record.spent.values()) >= len(budgets)
    assert record.blocked_until == NOW.timestamp() + 5


@pytest.mark.req("P2")
@pytest.mark.parametrize("limit", [1, 2, 5, 12, 13, 100])
@pytest.mark.parametrize("probes", [0, 12, 60])
def test_lanes_and_probes_together_keep_a_limit_that_is_smaller_than_the_share(
    limit: int, probes: int
) -> None:
    environ = {"REQUESTS_PER_MINUTE": str(limit), "PROBES_PER_MINUTE": str(probes)}
    memory = cast("Memory", Kept())
    lane = request_budgets(environ, memory, lambda: NOW)["lane-0"]

    assert spent_by(lane) + spent_by(probe_budget(environ, memory, lambda: NOW)) <= limit
