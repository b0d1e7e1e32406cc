"""Pin every requirement again: ``make lock``.

One resolution for everything that meets in one environment, so that tests run what ships; the layers' files are cut from
it. The SAM CLI and MiniStack pin their own worlds and live in environments of their own.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOGETHER = (
    "infra/layers/powertools",
    "infra/layers/http",
    "infra/layers/postgres",
    "infra/layers/console",
    "infra/local",
)
APART = ("infra/local/aws_plane", "infra/sam")


def main() -> int:
    """Compile every ``requirements.in`` to a ``requirements.txt`` with exact versions; returns an exit status."""
    compile_("requirements-dev.in", "requirements-dev.txt")
    for folder in TOGETHER:
        compile_(f"{folder}/requirements.in", f"{folder}/requirements.txt", "-c", "requirements-dev.txt")
    for folder in APART:
        compile_(f"{folder}/requirements.in", f"{folder}/requirements.txt")
    return 0


def compile_(source: str, target: str, *options: str) -> None:
    """Resolve one file for every supported Python; no index is written into the result."""
    command = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    command += ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    subprocess.run([*command, *options, source, "-o", target], cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())
