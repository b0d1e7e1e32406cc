"""The failure table is whole, and waiting grows, obeys the vendor and stays bounded."""

import pytest

from steward.errors import CallFailed, Failure
from steward.outcomes import BACKOFF_CAP, TABLE, Then, wait_for


def failure(kind: Failure, retry_after: float | None = None) -> CallFailed:
    return CallFailed(kind, "notion", "notion.page", retry_after=retry_after)


def test_every_failure_has_a_row() -> None:
    assert set(TABLE) == set(Failure)


@pytest.mark.req("P1")
def test_slack_never_holds_an_event_except_for_want_of_time() -> None:
    holding = [kind for kind, row in TABLE.items() if row.slack in (Then.WAIT, Then.PARK)]

    assert holding == [Failure.OUT_OF_TIME]


@pytest.mark.req("A7", "P1")
def test_the_mirror_never_holds_an_event_except_for_want_of_time_and_waits_for_whom_can_help() -> None:
    then = {kind: row.mirror for kind, row in TABLE.items()}

    assert [kind for kind, what in then.items() if what is Then.WAIT] == [Failure.OUT_OF_TIME]
    assert {kind for kind, what in then.items() if what is Then.EFFECT_FAILED} == {
        Failure.NOT_FOUND,
        Failure.INVALID,
        Failure.REJECTED,
    }


@pytest.mark.req("P4")
def test_backoff_grows_with_jitter_and_is_capped() -> None:
    low = [wait_for(failure(Failure.UNAVAILABLE), n, lambda: 0.0) for n in (1, 2, 3, 50)]
    high = [wait_for(failure(Failure.UNAVAILABLE), n, lambda: 1.0) for n in (1, 2, 3, 50)]

    assert low == [1.0, 2.0, 4.0, BACKOFF_CAP / 2]
    assert high == [2.0, 4.0, 8.0, BACKOFF_CAP]


@pytest.mark.req("P2")
def test_what_the_vendor_asks_for_is_obeyed() -> None:
    assert wait_for(failure(Failure.RATE_LIMITED, retry_after=37), 9, lambda: 0.5) == 37
    assert wait_for(failure(Failure.RATE_LIMITED, retry_after=-3), 1, lambda: 0.5) == 0


def test_a_wait_for_help_does_not_grow() -> None:
    assert {wait_for(failure(Failure.UNAUTHORIZED), n, lambda: 0.3) for n in (1, 5, 20)} == {300}
