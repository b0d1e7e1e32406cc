"""The harness itself: it sees what it is there to see, and finds calls that nobody told it of."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from processor.known import Known
from processor.settle import Settler
from processor.worker import Worker
from steward.memory import Memory
from steward.rules import DataSource
from tests.crash.faults import faults_of
from tests.crash.runs import Run, Strikes, run
from tests.crash.scenarios import SCENARIOS
from tests.crash.world import World

TWO_PEOPLE = SCENARIOS[0]


def strikes(scout: Run, call: str, fault: str) -> Strikes:
    """The first call whose name holds this, struck."""
    number = next(n for n, c in enumerate(scout.calls, 1) if call in c.name)
    return {number: next(f for f in faults_of(scout.calls[number - 1]) if f.name == fault)}


@pytest.mark.req("P3")
@pytest.mark.parametrize("call", ["/v1/comments", "chat.postMessage"])
def test_a_processor_that_does_not_look_before_it_repeats_is_caught_telling_twice(
    steward: World, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    scout = run(steward, TWO_PEOPLE, {})
    monkeypatch.setattr(Settler, "_look_back", lambda *_: None)
    assert run(steward, TWO_PEOPLE, strikes(scout, call, "death after")).doubled


@pytest.mark.req("P3")
def test_a_processor_that_forgets_what_it_owes_is_caught_losing(
    steward: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settler, "settle", lambda *_, **__: None)
    found = run(steward, TWO_PEOPLE, {})
    assert len(found.lost) == len(TWO_PEOPLE.told)
    assert any(line.startswith("still owed") for line in found.wrong)


@pytest.mark.req("P3")
def test_a_new_call_is_found_without_a_change_here(steward: World, monkeypatch: pytest.MonkeyPatch) -> None:
    scout = run(steward, TWO_PEOPLE, {})
    original = Known.properties_of

    def with_a_new_call(known: Known, source: DataSource) -> Mapping[str, str]:
        Memory.remember(known._memory, "NEW", True, timedelta(days=1))
        return original(known, source)

    monkeypatch.setattr(Known, "properties_of", with_a_new_call)
    found = run(steward, TWO_PEOPLE, {})
    assert len(found.calls) > len(scout.calls)


@pytest.mark.req("P3")
def test_two_runs_of_the_same_are_the_same(steward: World) -> None:
    first, second = (run(steward, TWO_PEOPLE, {}) for _ in range(2))
    assert [c.kind for c in first.calls] == [c.kind for c in second.calls]
    assert not first.failed
    assert not second.failed


@pytest.mark.req("P3")
def test_a_message_that_is_given_back_for_ever_is_caught_and_does_not_reach_the_next_run(
    steward: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Worker, "receive", lambda worker, message: worker._lane.hide(message.receipt, 1))
        assert run(steward, TWO_PEOPLE, {}).failed
    assert not run(steward, TWO_PEOPLE, {}).failed
