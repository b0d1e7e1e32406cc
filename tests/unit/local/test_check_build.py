"""What is looked at in a build, and what is said where it can't be made."""

from pathlib import Path
from typing import Any

import pytest

from infra import check_build
from infra.local.processes import StartError

DOCUMENT: dict[str, Any] = {
    "Globals": {"Function": {"Runtime": "python3.13", "Layers": [{"Ref": "Shared"}]}},
    "Parameters": {"Architecture": {"Default": "arm64"}},
    "Resources": {
        "Ingest": {"Type": "AWS::Serverless::Function", "Properties": {"Handler": "ingest.handler.handler"}}
    },
}


def elf(machine: int) -> bytes:
    return b"\x7fELF" + bytes(14) + machine.to_bytes(2, "little") + bytes(40)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A build in which nothing is wrong."""
    (tmp_path / "Ingest" / "ingest").mkdir(parents=True)
    (tmp_path / "Ingest" / "ingest" / "handler.py").touch()
    (tmp_path / "Shared" / "python" / "package").mkdir(parents=True)
    (tmp_path / "Shared" / "python" / "package" / "fast.so").write_bytes(elf(0xB7))
    return tmp_path


@pytest.mark.req("O2")
def test_a_whole_build_has_no_faults(out: Path) -> None:
    assert check_build.faults(out, DOCUMENT, "arm64") == []


@pytest.mark.req("O2")
def test_a_handler_that_is_missing_is_a_fault(out: Path) -> None:
    (out / "Ingest" / "ingest" / "handler.py").unlink()

    assert check_build.faults(out, DOCUMENT, "arm64") == ["Ingest: ingest/handler.py is not in it"]


@pytest.mark.req("O2")
def test_a_library_for_another_machine_is_a_fault(out: Path) -> None:
    (out / "Shared" / "python" / "package" / "fast.so").write_bytes(elf(0x3E))

    assert check_build.faults(out, DOCUMENT, "arm64") == [
        "Shared/python/package/fast.so: is not made for arm64"
    ]
    assert check_build.faults(out, DOCUMENT, "x86_64") == []


@pytest.mark.req("O2")
def test_a_layer_without_packages_is_a_fault(out: Path) -> None:
    (out / "Shared" / "python" / "package" / "fast.so").unlink()
    (out / "Shared" / "python" / "package").rmdir()

    assert check_build.faults(out, DOCUMENT, "arm64") == ["Ingest: its layer Shared is empty"]


@pytest.mark.req("O2")
def test_without_the_functions_own_python_it_says_so_and_passes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def none(version: str) -> Path:
        raise StartError(version)

    monkeypatch.setattr(check_build, "find_python", none)

    assert check_build.main() == 0
    assert "not tried, because Python 3.13, the functions' own, is not installed" in capsys.readouterr().out


@pytest.mark.req("O2")
def test_a_build_that_fails_fails_the_check(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(*arguments: object) -> None:
        raise StartError("sam build failed:\n  no wheel")

    monkeypatch.setattr(check_build, "FOLDER", tmp_path)
    monkeypatch.setattr(check_build, "find_python", lambda _: Path("python"))
    monkeypatch.setattr(check_build, "find_sam", lambda: "sam")
    monkeypatch.setattr(check_build, "sam_build", fail)

    assert check_build.main() == 1
    assert "no wheel" in capsys.readouterr().err
