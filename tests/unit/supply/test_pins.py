"""What is installed is what was looked at: exact versions with hashes, everywhere, and the same ones where it ships."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from infra import lock
from infra.local.setup import ENVIRONMENTS
from infra.supply.pins import layers, pins

ROOT = Path(__file__).parents[3]
FOLDERS = [ROOT, *(ROOT / folder for folder in [*lock.layers(), *lock.TOGETHER, *lock.APART])]
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def locked(folder: Path) -> Path:
    return folder / ("requirements-dev.txt" if folder == ROOT else "requirements.txt")


def test_make_lock_writes_every_requirements_file_there_is() -> None:
    there = {
        file.parent for file in (ROOT / "infra").rglob("requirements.*") if file.suffix in (".in", ".txt")
    }

    assert there == set(FOLDERS) - {ROOT}
    assert all(locked(folder).with_suffix(end).is_file() for folder in FOLDERS for end in (".in", ".txt"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_pin_is_exact_and_has_hashes(folder: Path) -> None:
    entries = locked(folder).read_text().replace("\\\n", " ").splitlines()

    assert entries
    for entry in entries:
        requirement = Requirement(entry.split("--hash", 1)[0])
        assert [s.operator for s in requirement.specifier] == ["=="], entry
        assert "*" not in str(requirement.specifier)
        assert requirement.url is None
        assert len(HASH.findall(entry)) == entry.count("--hash") > 0, entry


def test_what_ships_is_what_the_tests_run_with() -> None:
    tested = pins(ROOT / "requirements-dev.txt").items()

    for layer, shipped in layers(ROOT).items():
        assert shipped.items() <= tested, layer


def test_what_lambda_provides_is_what_the_tests_run_with() -> None:
    assert (
        pins(ROOT / "infra/local/runtime/requirements.txt").items()
        <= pins(ROOT / "requirements-dev.txt").items()
    )


def test_every_environment_is_made_from_a_locked_file() -> None:
    files = {locked(folder) for folder in FOLDERS}

    assert {ROOT / environment.requirements for environment in ENVIRONMENTS.values()} <= files
