"""What is deployed brings its bytecode: used whatever time a zip gives the files, and with Lambda's paths."""

import marshal
import os
import subprocess
import sys
from pathlib import Path
from types import CodeType

import pytest

from infra.bytecode import BytecodeError, compile_build

PYTHON = Path(sys.executable)


@pytest.fixture
def build(tmp_path: Path) -> Path:
    function, layer = tmp_path / "Ingest" / "ingest", tmp_path / "HttpLayer" / "python" / "vendor"
    for folder in (function, layer):
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text("")
        (folder / "said.py").write_text("WORD = 'as built'\n")
    (tmp_path / "template.yaml").write_text("Resources: {}\n")
    return tmp_path


def said_by(folder: Path, module: str) -> str:
    environ = {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [str(PYTHON), "-S", "-c", f"import {module} as m; print(m.WORD)"]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environ).stdout.strip()


@pytest.mark.req("O2", "I6")
def test_the_bytecode_is_used_whatever_time_the_source_has(build: Path) -> None:
    assert compile_build(build, PYTHON) == ["HttpLayer", "Ingest"]

    source = build / "Ingest" / "ingest" / "said.py"
    source.write_text("WORD = 'compiled on Lambda'\n")
    os.utime(source, (0, 0))
    assert said_by(build / "Ingest", "ingest.said") == "as built"

    # The same without bytecode: what the test would see if none had been made.
    for made in (build / "Ingest").rglob("*.pyc"):
        made.unlink()
    assert said_by(build / "Ingest", "ingest.said") == "compiled on Lambda"


@pytest.mark.req("O2")
@pytest.mark.parametrize(
    ("module", "place"),
    [
        ("Ingest/ingest", "/var/task/ingest/said.py"),
        ("HttpLayer/python/vendor", "/opt/python/vendor/said.py"),
    ],
)
def test_tracebacks_name_lambdas_paths_and_not_those_of_the_builder(
    build: Path, module: str, place: str
) -> None:
    compile_build(build, PYTHON)
    (made,) = (build / module / "__pycache__").glob("said.*.pyc")
    code = marshal.loads(made.read_bytes()[16:])  # noqa: S302 - our own bytecode, just made
    assert isinstance(code, CodeType)
    assert code.co_filename == place


@pytest.mark.req("O2")
def test_without_a_build_or_with_a_broken_file_nothing_is_said_to_be_compiled(
    build: Path, tmp_path: Path
) -> None:
    with pytest.raises(BytecodeError, match="run `sam build` first"):
        compile_build(tmp_path / "nowhere", PYTHON)
    (build / "Ingest" / "ingest" / "said.py").write_text("def broken(:\n")
    with pytest.raises(BytecodeError, match="Ingest can't be compiled"):
        compile_build(build, PYTHON)
