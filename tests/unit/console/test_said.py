"""Numbers and times are short and can't be misread."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from console import said

NOW = datetime(2026, 11, 21, 14, 2, 35, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "—"),
        (-5, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (172_799, "47 h 59 min"),
        (172_800, "2 d"),
        (529_200, "6 d 3 h"),
    ],
)
def test_a_length_of_time_has_two_units_at_most(seconds: float | None, text: str) -> None:
    assert said.span(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "—"), (0.0123, "12 ms"), (0.9, "900 ms"), (3.21, "3.2 s")]
)
def test_latency_is_in_the_unit_that_fits(seconds: float | None, text: str) -> None:
    assert said.latency(seconds) == text


def test_thousands_stand_apart() -> None:
    assert said.number(1234567) == "1\u202f234\u202f567"


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(0), "14:02:35"),
        (timedelta(hours=15), "20 Nov 23:02"),
        (timedelta(days=400), "2025-10-17 14:02"),
    ],
)
def test_a_clock_names_the_day_when_it_is_another(ago: timedelta, text: str) -> None:
    assert said.clock(NOW - ago, NOW) == text


def test_every_time_is_told_in_utc() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-8)))

    assert said.stamp(elsewhere) == "2026-11-21T14:02:35Z"
    assert said.whole(elsewhere) == "2026-11-21 14:02:35 UTC"
    assert said.clock(elsewhere, NOW) == "14:02:35"


def test_nothing_is_ago_that_has_not_come() -> None:
    assert said.ago(NOW + timedelta(seconds=3), NOW) == 0
