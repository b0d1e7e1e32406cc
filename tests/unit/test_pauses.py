"""When the lane rests, and when it goes on."""

from datetime import UTC, datetime, timedelta

import pytest

from steward.errors import CallFailed, Failure
from steward.pauses import TRIP, Breaker, Cause, Pause, Phase

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


NO_PROOF = {
    Failure.UNAVAILABLE,
    Failure.UNREACHABLE,
    Failure.UNAUTHORIZED,
    Failure.BLOCKED,
    Failure.BUDGET_SPENT,
    Failure.OUT_OF_TIME,
    Failure.RESTING,
}


def failed(failure: Failure) -> CallFailed:
    return CallFailed(failure, "notion", "notion.page")


@pytest.mark.req("T5")
def test_the_breaker_trips_at_so_many_failures_in_a_row_and_a_success_begins_anew() -> None:
    breaker = Breaker()
    for _ in range(TRIP - 1):
        breaker.watch(failed(Failure.UNAVAILABLE))
    breaker.watch(None)
    for _ in range(TRIP - 1):
        breaker.watch(failed(Failure.UNREACHABLE))
    assert breaker.take() is None

    breaker.watch(failed(Failure.UNAVAILABLE))
    assert breaker.take() == (Cause.VENDOR, "notion.page: unavailable")
    assert breaker.take() is None


@pytest.mark.req("T5")
@pytest.mark.parametrize(
    ("failure", "cause"), [(Failure.UNAUTHORIZED, Cause.TOKEN), (Failure.BLOCKED, Cause.BLOCKED)]
)
def test_a_refused_token_and_a_block_trip_at_once(failure: Failure, cause: Cause) -> None:
    breaker = Breaker()
    breaker.watch(failed(failure))
    tripped = breaker.take()
    assert tripped is not None
    assert tripped[0] is cause


@pytest.mark.req("T5")
@pytest.mark.parametrize("failure", sorted(set(Failure) - NO_PROOF))
def test_a_refusal_that_proves_life_begins_anew(failure: Failure) -> None:
    breaker = Breaker()
    for _ in range(TRIP - 1):
        breaker.watch(failed(Failure.UNAVAILABLE))
    breaker.watch(failed(failure))
    breaker.watch(failed(Failure.UNAVAILABLE))
    assert breaker.take() is None


@pytest.mark.req("T5")
@pytest.mark.parametrize("failure", [Failure.BUDGET_SPENT, Failure.OUT_OF_TIME])
def test_a_call_that_was_not_made_says_nothing(failure: Failure) -> None:
    breaker = Breaker()
    for _ in range(TRIP - 1):
        breaker.watch(failed(Failure.UNAVAILABLE))
        breaker.watch(failed(failure))
    assert breaker.take() is None
    breaker.watch(failed(Failure.UNAVAILABLE))
    assert breaker.take() is not None


@pytest.mark.req("T5")
def test_probes_come_later_and_later_but_never_more_than_ten_minutes_apart() -> None:
    pause, at, gaps = Pause().trip(Cause.VENDOR, "503", NOW), NOW, []
    for _ in range(7):
        assert pause.next_probe_at is not None
        gaps.append((pause.next_probe_at - at).total_seconds() / 60)
        at = pause.next_probe_at
        pause = pause.probe_failed(Cause.VENDOR, "503", at)
    assert gaps == [1, 2, 4, 8, 10, 10, 10]


@pytest.mark.req("T5")
@pytest.mark.parametrize("cause", [Cause.BLOCKED, Cause.OPERATOR])
def test_a_block_and_an_operator_are_not_probed(cause: Cause) -> None:
    assert Pause().trip(cause, "", NOW).next_probe_at is None


@pytest.mark.req("T5")
def test_a_relapse_goes_on_with_the_probes_of_the_pause_before() -> None:
    pause = Pause().trip(Cause.VENDOR, "503", NOW)
    for _ in range(3):
        pause = pause.probe_failed(Cause.VENDOR, "503", NOW)
    pause = pause.resume(NOW).run()

    soon = pause.trip(Cause.VENDOR, "503", NOW + timedelta(minutes=5))
    later = pause.trip(Cause.VENDOR, "503", NOW + timedelta(minutes=11))

    assert (soon.probes, later.probes) == (3, 0)


@pytest.mark.req("T5")
def test_pausing_twice_keeps_the_beginning_and_the_cause() -> None:
    pause = Pause().trip(Cause.TOKEN, "401", NOW)
    assert pause.trip(Cause.VENDOR, "503", NOW + timedelta(minutes=1)) == pause


@pytest.mark.req("T5")
def test_the_record_changes_before_the_event_source_does() -> None:
    pause = Pause().trip(Cause.VENDOR, "503", NOW).resume(NOW)
    assert pause.phase is Phase.RESUMING
    assert not pause.holds
    assert pause.run().phase is Phase.RUNNING
