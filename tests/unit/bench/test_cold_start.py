"""The table of cold starts, and what is said where they can't be measured."""

from pathlib import Path

import pytest

from tests.bench import cold_start
from tests.bench.cold_start import Start
from tests.bench.input import ROOT


def test_a_row_holds_the_best_time_and_the_ratio_to_the_floor() -> None:
    assert cold_start.markdown([Start("ingest", 1187.4, 1.184)]).splitlines() == [
        "| start | at best | ratio |",
        "| --- | ---: | ---: |",
        "| ingest | 1,187 ms | 1.18 |",
    ]


def test_without_the_templates_python_it_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cold_start, "RUNTIME", ROOT / ".local" / "there-is-none")
    assert list(cold_start.lines(tmp_path, 1)) == [
        "needs .local/there-is-none: `make run ARGS='--built --once'` makes it"
    ]
