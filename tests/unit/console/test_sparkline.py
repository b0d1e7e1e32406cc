"""A line shows what was measured and nothing else, and its words say the same."""

from datetime import UTC, datetime, timedelta

import pytest

from console.sparkline import HEIGHT, WIDTH, bars, latency, sparkline
from steward.pulse import Minute, Sample

NOW = datetime(2026, 11, 21, 14, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.req("C3")


def samples(letters: str) -> list[Sample]:
    """A sample a letter, the last one now: a digit is good after so many tenths, ``x`` failed, ``-`` saw nothing."""
    made = []
    for number, letter in enumerate(letters):
        at = NOW - (len(letters) - 1 - number) * MINUTE
        if letter.isdigit():
            made.append(Sample(at, True, int(letter) / 10))
        else:
            made.append(Sample(at, False if letter == "x" else None, None))
    return made


def test_a_line_breaks_where_nothing_was_measured() -> None:
    shown = sparkline(samples("123x-45"), NOW)

    assert [len(line.split()) for line in shown.lines] == [3, 2]
    assert len(shown.failed) == 1


def test_a_single_answer_is_a_dot() -> None:
    (line,) = sparkline(samples("x3x"), NOW).lines

    first, second = line.split()
    assert first == second


def test_every_point_is_inside_the_picture() -> None:
    shown = sparkline(samples("0123456789" * 6), NOW)

    points = [tuple(map(float, point.split(","))) for line in shown.lines for point in line.split()]
    assert len(points) == 60
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert min(y for _, y in points) < max(y for _, y in points)


def test_what_is_older_than_an_hour_or_comes_from_the_future_is_not_drawn() -> None:
    old, early = Sample(NOW - 2 * timedelta(hours=1), True, 9.0), Sample(NOW + MINUTE, True, 9.0)

    assert sparkline([old, *samples("12"), early], NOW) == sparkline(samples("12"), NOW)


@pytest.mark.parametrize(
    ("letters", "says"),
    [
        ("", "Nothing was seen of it in the last hour"),
        ("---", "Nothing was seen of it in the last hour"),
        ("222", "Last hour: median 200 ms, slowest 200 ms; none of 3 looks failed"),
        ("12x9", "Last hour: median 200 ms, slowest 900 ms; 1 of 4 looks failed, the last at 13:59 UTC"),
        ("x", "Last hour: 1 of 1 looks failed, the last at 14:00 UTC"),
    ],
)
def test_the_words_say_what_the_line_shows(letters: str, says: str) -> None:
    assert sparkline(samples(letters), NOW).says == says


def test_answers_of_no_time_at_all_are_drawn_at_the_bottom() -> None:
    assert len(sparkline(samples("00"), NOW).lines) == 1


def test_latency_is_that_of_the_last_answers() -> None:
    assert latency(samples("9" * 30 + "2" * 10)) == 0.2
    assert latency(samples("12x")) == pytest.approx(0.15)
    assert latency(samples("x-")) is None


def test_the_highest_bar_is_as_high_as_the_picture_and_the_last_minute_at_the_right() -> None:
    minute = NOW.replace(second=0)
    shown = bars(
        [Minute(minute - MINUTE, 2, 0), Minute(minute, 3, 1), Minute(minute - 3 * MINUTE, 0, 0)], NOW
    )

    assert [bar.x for bar in shown] == [WIDTH - 4, WIDTH - 2]
    assert shown[1].succeeded + shown[1].failed == pytest.approx(HEIGHT - 2)
    assert bars([], NOW) == ()
    assert all(bar.x >= 0 for bar in bars([Minute(minute - 59 * MINUTE, 1, 0)], NOW))
