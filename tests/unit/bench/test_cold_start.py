"""The cold start of what ships: told beside its floor, held to its promise, and said to be missing where it can't be measured."""

from pathlib import Path

import pytest

from infra.local.processes import StartError
from tests.bench import cold_start, report
from tests.bench.__main__ import end
from tests.bench.cold_start import BARE, SHIPPED, Start
from tests.bench.figures import Figure, broken
from tests.bench.shipped import Layouts


def test_a_row_holds_the_best_time_and_the_median_ratio_to_the_floor_of_the_same_round() -> None:
    start = Start("ingest", (1.5, 1.2, 4.0), (1.0, 1.0, 2.0))

    assert cold_start.markdown([start]).splitlines() == [
        "| start | at best | ratio |",
        "| --- | ---: | ---: |",
        "| boto3 and its SQS client | 1,000 ms | 1.00 |",
        "| ingest | 1,200 ms | 1.50 |",
    ]


def test_floor_and_variants_are_run_in_turn_and_the_first_round_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def seconds(variant: cold_start.Variant, layouts: Layouts) -> float:
        asked.append(variant.name)
        return float(len(asked))

    monkeypatch.setattr(cold_start, "_seconds", seconds)

    shipped, bare = cold_start.measure(Layouts(Path("python"), {}), (SHIPPED, BARE), 2)

    assert asked == 3 * [cold_start.FLOOR.name, SHIPPED.name, BARE.name]
    assert (shipped.floor, shipped.seconds, bare.seconds) == ((4.0, 7.0), (5.0, 8.0), (6.0, 9.0))


@pytest.mark.parametrize(("milliseconds", "is_broken"), [(134, False), (136, True)])
def test_a_cold_start_above_its_promise_is_named(milliseconds: float, is_broken: bool) -> None:
    figure = Figure("cold", milliseconds, 100, "ms", "boto3 alone", most=cold_start.MOST)

    said = broken([figure, Figure("warm", 900, 100, "ms", "nothing is promised")])

    assert said == (["cold: 1.36 times boto3 alone, and at most 1.35 is promised"] if is_broken else [])


def test_what_ships_is_bytecode_and_what_is_compared_with_it_is_not() -> None:
    assert SHIPPED.compiled
    assert not BARE.compiled
    assert SHIPPED.code == BARE.code


def test_where_it_cannot_be_built_the_reason_is_said_and_no_figure_is_made_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def cannot(*_: object, **__: object) -> Layouts:
        raise StartError("--built needs the SAM CLI; run: python -m infra.local.setup sam")

    monkeypatch.setattr(cold_start, "lay_out", cannot)

    assert report.cold(tmp_path) == []
    assert "not measured: --built needs the SAM CLI" in capsys.readouterr().err


@pytest.mark.parametrize(("milliseconds", "status"), [(120, 0), (140, 1)])
def test_the_bench_writes_its_page_and_fails_when_a_promise_is_broken(
    milliseconds: float, status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "benchmarks.md"

    assert end([Figure("cold", milliseconds, 100, "ms", "boto3", most=cold_start.MOST)], page) == status

    assert f"{milliseconds / 100:.2f}" in page.read_text()
    assert ("at most 1.35 is promised" in capsys.readouterr().err) is bool(status)


def test_a_page_without_the_cold_start_of_what_ships_is_not_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "benchmarks.md"

    assert end([Figure("warm", 1, 1, "ms", "floor")], page) == 2

    assert not page.exists()
    assert "it would lack the cold start" in capsys.readouterr().err
    assert end([Figure("warm", 1, 1, "ms", "floor")], None) == 0
