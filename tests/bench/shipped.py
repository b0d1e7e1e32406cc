"""What ships, as Lambda finds it: ingest and its layers by a real ``sam build``, each with its bytecode and without.

With it is what ``make build`` makes, by the same ``infra.bytecode``; without is what ``sam build`` leaves on its own. Beside
them lies what Lambda provides, boto3 among it, and nothing else of this machine.
"""

import fcntl
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.bytecode import compile_build, compile_folder
from infra.local.built import find_python, find_sam, host_architecture, layers_of, runtime_of, sam_build
from infra.local.transform import read
from tests.bench.input import ROOT

FOLDER = ROOT / ".local" / "benched-build"
FUNCTION = "Ingest"
PROVIDED = ("boto3", "botocore", "s3transfer", "dateutil", "jmespath", "urllib3", "six.py")
"""Of what Lambda provides, that which a client of SQS imports."""
NEEDED = ("sqs", "secretsmanager")
"""Services that ingest has clients of."""


@dataclass(frozen=True, slots=True)
class Layouts:
    """What a fresh interpreter runs under.

    Attributes:
        python: the interpreter, of the template's version.
        paths: (with bytecode, botocore knows two services only) → ``PYTHONPATH``.
    """

    python: Path
    paths: Mapping[tuple[bool, bool], str]


def lay_out(scratch: Path, *, provided_compiled: bool) -> Layouts:
    """Build, and lay out every way to start.

    Args:
        scratch: an empty folder.
        provided_compiled: whether boto3 has its bytecode; nothing says whether Lambda's does.

    Raises:
        StartError: the SAM CLI or the template's Python is missing, or the build failed; the message says what to do.
        BytecodeError: what was built can't be compiled.
    """
    document = read(ROOT / "template.yaml")
    version = str(document["Globals"]["Function"]["Runtime"]).removeprefix("python")
    base = find_python(version)
    python = runtime_of(version, base).python
    artifacts = [FUNCTION, *layers_of(document, FUNCTION)]
    plain, compiled = scratch / "plain", scratch / "compiled"
    _build(document, base, artifacts, plain)
    shutil.copytree(plain, compiled)
    compile_build(compiled, python)
    provided = _provided(python, scratch / "provided")
    slim = scratch / "slim"
    shutil.copytree(provided, slim)
    for service in (slim / "botocore" / "data").iterdir():
        if service.is_dir() and service.name not in NEEDED:
            shutil.rmtree(service)
    if provided_compiled:
        for folder in (provided, slim):
            compile_folder(folder, "/var/lang/lib", python)

    def path(made: Path, packages: Path) -> str:
        layers = [made / layer / "python" for layer in artifacts[1:]]
        return os.pathsep.join(map(str, (made / FUNCTION, *layers, packages)))

    return Layouts(
        python,
        {
            (with_bytecode, lean): path(compiled if with_bytecode else plain, slim if lean else provided)
            for with_bytecode in (False, True)
            for lean in (False, True)
        },
    )


def _build(document: dict[str, Any], python: Path, artifacts: list[str], target: Path) -> None:
    """Build for this machine and take a copy of what ingest needs."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two builds in one folder would undo one another
        sam_build(find_sam(), python, document, FOLDER, host_architecture(), FUNCTION)
        for artifact in artifacts:
            _copy(FOLDER / "out" / artifact, target / artifact)


def _provided(python: Path, target: Path) -> Path:
    (site,) = python.parents[1].glob("lib/python3.*/site-packages")
    for name in PROVIDED:
        _copy(site / name, target / name)
    return target


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy2(source, target)
