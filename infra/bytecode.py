"""``python -m infra.bytecode``: bytecode for what ``sam build`` made, so that a cold start compiles nothing.

pip of SAM's builder writes no ``.pyc``, and Lambda can't write beside the code, so every cold start would compile every
module that it imports. The bytecode is not checked against its source: a zip gives every file another time, and a
checked one would be thrown away. It says the paths that the code has on Lambda, not those of this machine.
It has to be made by the Python that the functions run under; that of another version is not looked at.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from infra.local.built import find_python
from infra.local.processes import StartError
from infra.local.setup import ROOT
from infra.local.transform import read

BUILT = ROOT / ".aws-sam" / "build"
FUNCTION, LAYER = "/var/task", "/opt"
"""Where Lambda puts a function's code, and its layers'."""

_COMPILE = """
import compileall, py_compile, sys
compiled = compileall.compile_dir(
    sys.argv[1], quiet=1, force=True, workers=0, maxlevels=50, stripdir=sys.argv[1], prependdir=sys.argv[2],
    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
)
sys.exit(not compiled)
"""


class BytecodeError(Exception):
    """Nothing was compiled, or not all; the message says what to do."""


def compile_build(folder: Path, python: Path) -> list[str]:
    """Compile every artifact of a build.

    Args:
        folder: what ``sam build`` wrote, with one folder for each function and layer.
        python: the interpreter that the functions run under.

    Returns:
        the artifacts' names.

    Raises:
        BytecodeError: there is no build, or a file is no Python.
    """
    artifacts = list(_artifacts(folder))
    if not artifacts:
        raise BytecodeError(f"nothing is built in {folder}; run `sam build` first")
    for artifact, place in artifacts:
        compile_folder(artifact, place, python)
    return [artifact.name for artifact, _ in artifacts]


def compile_folder(folder: Path, place: str, python: Path) -> None:
    """Compile all that lies in a folder, as if it lay at a place.

    Raises:
        BytecodeError: a file is no Python.
    """
    command = [str(python), "-c", _COMPILE, str(folder), place]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-5:])
        raise BytecodeError(f"{folder.name} can't be compiled:\n{last}")


def _artifacts(folder: Path) -> Iterator[tuple[Path, str]]:
    """Each artifact, and where Lambda puts it: only a layer has its packages in ``python/``."""
    if folder.is_dir():
        for artifact in sorted(each for each in folder.iterdir() if each.is_dir()):
            yield artifact, LAYER if (artifact / "python").is_dir() else FUNCTION


def main() -> int:
    """Compile; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.bytecode", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=BUILT, help=".aws-sam/build without")
    wishes = parser.parse_args()
    version = str(read(ROOT / "template.yaml")["Globals"]["Function"]["Runtime"]).removeprefix("python")
    try:
        names = compile_build(wishes.folder.resolve(), find_python(version))
    except (BytecodeError, StartError) as error:
        print(f"infra.bytecode: {error}", file=sys.stderr)
        return 2
    print(f"compiled for Python {version}: {', '.join(names)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
