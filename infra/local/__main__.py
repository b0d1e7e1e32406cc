"""``python -m infra.local up``: the whole stack on this machine. Standard library only until everything is there."""

import importlib.util
import os
import sys
from pathlib import Path

from infra.local.setup import ENVIRONMENTS, ROOT, SetupError, check_python

NEEDED = (
    "boto3",
    "samtranslator",
    "awslambdaric",
    "aws_lambda_powertools",
    "requests",
    "slack_sdk",
    "pydantic",
    "rich",
    "yaml",
)


def ensure_environment() -> None:
    """Set up what is missing and continue in the project's own environment.

    Raises:
        SetupError: something can't be had.
    """
    check_python()
    ENVIRONMENTS["aws-plane"].make()
    if all(importlib.util.find_spec(name) for name in NEEDED):
        return
    run = ENVIRONMENTS["run"]
    if Path(sys.prefix) == ROOT / run.folder:
        raise SetupError("the environment .venv is incomplete; remove it and try again: make clean run")
    run.make()
    os.execv(run.python, [str(run.python), "-m", "infra.local", *sys.argv[1:]])  # noqa: S606 - our own interpreter


def main() -> int:
    """Run the command; returns an exit status: 2 when something is missing."""
    try:
        ensure_environment()
    except SetupError as error:
        print(f"infra.local: {error}", file=sys.stderr)
        return 2
    sys.path.insert(0, str(ROOT / "functions"))
    from infra.local.up import command  # noqa: PLC0415 - only now is everything there that it needs

    return command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
