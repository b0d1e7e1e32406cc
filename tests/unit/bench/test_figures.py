"""The bench's table says what was measured, and how far it is from its floor."""

import pytest

from tests.bench.bursts import BURSTS
from tests.bench.figures import Figure, markdown
from tests.bench.report import document


def test_a_row_holds_the_figure_its_floor_their_ratio_and_the_naive_consumer() -> None:
    table = markdown(
        [
            Figure("calls", 1000, 505, "", "least", naive=1180),
            Figure("warm", 412.4, 103.1, "µs", "one HMAC"),
            Figure("429s", 0, 0, "", "least", naive=3),
        ]
    )

    assert table.splitlines() == [
        "| figure | Steward | floor in the same run | ratio | naive consumer |",
        "| --- | ---: | ---: | ---: | ---: |",
        "| calls | 1,000 | 505 (least) | 1.98 | 1,180 |",
        "| warm | 412 µs | 103 µs (one HMAC) | 4.00 | - |",
        "| 429s | 0 | 0 (least) | - | 3 |",
    ]


@pytest.mark.parametrize(("more_is_better", "ratio"), [(False, 0.5), (True, 2.0)])
def test_a_ratio_above_one_is_always_worse_than_the_floor(more_is_better: bool, ratio: float) -> None:
    assert Figure("f", 10, 20, "/s", "floor", more_is_better=more_is_better).ratio == ratio


def test_the_least_calls_of_the_bursts_are_those_of_the_theory() -> None:
    assert [burst.least_calls for burst in BURSTS] == [51, 10, 21, 505]


def test_the_page_says_how_to_repeat_it_and_holds_the_table() -> None:
    figures = [Figure("calls", 3, 2, "", "least")]

    page = document(figures)
    assert markdown(figures) in page
    assert "make bench ARGS=--write" in page
