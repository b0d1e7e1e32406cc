"""Times on the command line, and ages for people."""

import argparse
from datetime import UTC, datetime, timedelta

import pytest

from infra.operate.spans import count_to, seconds_to, since, span, took

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("90s", timedelta(seconds=90)),
        ("45m", timedelta(minutes=45)),
        ("2h", timedelta(hours=2)),
        ("1w", timedelta(days=7)),
        ("2026-11-21T11:00", timedelta(hours=1)),
        ("2026-11-21T13:00+02:00", timedelta(hours=1)),
    ],
)
def test_a_time_is_a_span_before_now_or_iso(text: str, back: timedelta) -> None:
    assert since(text)(NOW) == NOW - back


@pytest.mark.parametrize("text", ["", "2", "h", "-2h", "2y", "yesterday", "٣h", "0001-01-01T00:00+14:00"])
def test_anything_else_is_no_time(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="no time"):
        since(text)


@pytest.mark.parametrize("text", ["0", "11", "x", "-1", "1.5"])
def test_a_count_is_within_its_bounds(text: str) -> None:
    assert count_to(10)("10") == 10
    with pytest.raises(argparse.ArgumentTypeError, match="from 1 to 10"):
        count_to(10)(text)


@pytest.mark.parametrize("text", ["-1", "61", "nan", "inf", "soon", ""])
def test_seconds_are_within_their_bounds_and_have_an_end(text: str) -> None:
    assert seconds_to(60)("0.5") == 0.5
    with pytest.raises(argparse.ArgumentTypeError, match="from 0 to 60"):
        seconds_to(60)(text)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "0 s"),
        (42, "42 s"),
        (200, "3 min 20 s"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (273_600, "3 d 4 h"),
    ],
)
def test_an_age_is_told_in_its_two_largest_units(seconds: int, said: str) -> None:
    assert span(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(("ms", "said"), [(340, "340 ms"), (2100, "2.1 s"), (75_000, "1 min 15 s")])
def test_a_duration_is_told_in_its_unit(ms: int, said: str) -> None:
    assert took(ms) == said
