"""A further connection's rest: when its calls are refused, when one is let through, and that nothing forgets it."""

import json
from datetime import timedelta
from typing import Any, cast

import pytest

from processor.rest import TRIP, UNPROBED, Rest
from steward.errors import CallFailed, Failure
from steward.memory import Memory
from tests.integration.clock import Clock


class Purse:
    def __init__(self) -> None:
        self.spent = 0

    def spend(self) -> None:
        self.spent += 1

    def block(self, seconds: float, *, by: Failure | None = None) -> None:
        """Nobody looks."""


class Kept:
    def __init__(self) -> None:
        self.documents: dict[str, str] = {}

    def recall(self, name: str) -> Any:
        return json.loads(self.documents[name]) if name in self.documents else None

    def remember(self, name: str, document: object) -> None:
        self.documents[name] = json.dumps(document)


class Fixture:
    def __init__(self) -> None:
        self.clock, self.purse, self.memory = Clock(), Purse(), Kept()
        self.told: list[Any] = []
        self.rest = self.cold()

    def cold(self) -> Rest:
        memory = cast("Memory", self.memory)
        return Rest("partner", self.purse, memory, self.clock.now, self.told.append)

    def fails(self, failure: Failure, times: int = 1) -> None:
        for _ in range(times):
            self.rest.watch(CallFailed(failure, "notion", "notion.page"))


@pytest.fixture
def it() -> Fixture:
    return Fixture()


@pytest.mark.req("P4")
def test_it_rests_after_failures_in_a_row_and_refuses_calls_unpaid(it: Fixture) -> None:
    it.fails(Failure.UNAVAILABLE, TRIP)

    with pytest.raises(CallFailed) as refused:
        it.rest.spend()

    assert (refused.value.failure, refused.value.retry_after) == (Failure.RESTING, 60.0)
    assert it.purse.spent == 0
    assert len(it.told) == 1


@pytest.mark.req("P4")
@pytest.mark.parametrize("between", [None, Failure.NOT_FOUND, Failure.RATE_LIMITED])
def test_a_sign_of_life_in_between_lets_it_go_on(it: Fixture, between: Failure | None) -> None:
    it.fails(Failure.UNAVAILABLE, TRIP - 1)
    it.rest.watch(None if between is None else CallFailed(between, "notion", "notion.page"))
    it.fails(Failure.UNAVAILABLE, TRIP - 1)

    it.rest.spend()
    assert it.purse.spent == 1


@pytest.mark.req("T9")
def test_a_refused_token_makes_it_rest_at_once(it: Fixture) -> None:
    it.fails(Failure.UNAUTHORIZED)

    assert it.rest.holds


@pytest.mark.req("P4")
def test_after_a_minute_one_call_is_the_probe_and_its_end_decides(it: Fixture) -> None:
    it.fails(Failure.UNAVAILABLE, TRIP)
    waits = []
    for _ in range(6):
        waits.append(it.rest.left)
        it.clock.sleep(it.rest.left.total_seconds())
        assert it.rest.probes
        it.rest.spend()
        it.fails(Failure.UNREACHABLE)
    assert waits == [timedelta(minutes=m) for m in (1, 2, 4, 8, 10, 10)]

    it.clock.sleep(600)
    it.rest.spend()
    it.rest.watch(None)
    assert not it.rest.probes
    it.rest.spend()


@pytest.mark.req("P4")
def test_its_own_refusal_is_no_further_failure(it: Fixture) -> None:
    it.fails(Failure.UNAVAILABLE, TRIP)
    left = it.rest.left
    it.fails(Failure.RESTING, 5)

    assert it.rest.left == left


@pytest.mark.req("P4")
def test_a_cold_start_goes_on_resting_and_a_block_is_tried_once_an_hour(it: Fixture) -> None:
    it.fails(Failure.BLOCKED)

    assert it.cold().left == UNPROBED
