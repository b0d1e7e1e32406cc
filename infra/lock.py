"""Pin every requirement again, with hashes: ``make lock``.

One resolution for everything that meets in one environment, so that tests run what ships; the layers' files are cut from
it. The SAM CLI, MiniStack and the scanners pin their own worlds and live in environments of their own. The hashes are of
every wheel and source archive of a version, whatever machine or Python it is for: with them, pip refuses a file that was
put in another's place, on the developer's machine and in ``sam build``.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOGETHER = ("infra/local", "infra/local/runtime")
APART = ("infra/local/aws_plane", "infra/sam", "infra/scan", "infra/supply", "infra/uv")


def layers() -> list[str]:
    """Folders of the layers, relative to the project: each that has a ``requirements.in``."""
    found = (ROOT / "infra" / "layers").glob("*/requirements.in")
    return sorted(file.parent.relative_to(ROOT).as_posix() for file in found)


def main() -> int:
    """Compile every ``requirements.in`` to a ``requirements.txt`` with exact versions and hashes; returns an exit status."""
    compile_("requirements-dev.in", "requirements-dev.txt")
    for folder in [*layers(), *TOGETHER]:
        compile_(f"{folder}/requirements.in", f"{folder}/requirements.txt", "-c", "requirements-dev.txt")
    for folder in APART:
        compile_(f"{folder}/requirements.in", f"{folder}/requirements.txt")
    return 0


def compile_(source: str, target: str, *options: str) -> None:
    """Resolve one file for every supported Python; no index is written into the result."""
    command = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    command += [
        "--generate-hashes",
        "--no-header",
        "--no-annotate",
        "--no-emit-index-url",
        "--no-emit-find-links",
    ]
    subprocess.run([*command, *options, source, "-o", target], cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())
