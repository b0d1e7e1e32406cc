"""What is measured in interpreters of its own still runs: it makes the applications by hand, and nobody else does so."""

from pathlib import Path

import pytest

from tests.bench import fresh


@pytest.mark.skipif(not fresh.STATUS.exists(), reason="the peak is read from Linux")
def test_every_function_works_and_uses_more_memory_than_boto3_alone(tmp_path: Path) -> None:
    figures = fresh.memory(tmp_path)

    assert [figure.name.split(",")[0] for figure in figures] == ["ingest", "processor", "triage"]
    assert all(figure.measured > figure.floor > 0 for figure in figures)
