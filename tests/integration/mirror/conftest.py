"""The mirror's database, open."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from steward.mirror.database import Database
from tests.integration.mirror.both_sides import Sides, both_sides
from tests.integration.mirrored import Mirrored, mirrored
from tests.mirror import database_at


@pytest.fixture
def database(mirror_dsn: str) -> Iterator[Database]:
    """With the mirror's tables."""
    found = database_at(mirror_dsn)
    yield found
    found.close()


@pytest.fixture
def empty(empty_dsn: str) -> Iterator[Database]:
    """Without any."""
    found = database_at(empty_dsn)
    yield found
    found.close()


@pytest.fixture
def mirror(mirror_dsn: str, tmp_path: Path) -> Iterator[Mirrored]:
    """Steward with a mirror, on the stand."""
    with mirrored(mirror_dsn, tmp_path) as made:
        yield made


@pytest.fixture
def sides(mirror_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sides]:
    with both_sides(mirror_dsn, tmp_path, monkeypatch) as found:
        yield found


@pytest.fixture
def filled(sides: Sides, capsys: pytest.CaptureFixture[str]) -> Sides:
    """With a row for each of the demo's four tasks."""
    assert sides.operate("repair", "--from", "notion") == 0
    capsys.readouterr()
    return sides
