"""``python -m infra.local up``: the whole stack on this machine. Standard library only until everything is there."""

import importlib.util
import os
import sys
from pathlib import Path

from infra.local.setup import ENVIRONMENTS, ROOT, SetupError, make_ready

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

AGAIN = "STEWARD_LOCAL_CONTINUED"
"""Set for the interpreter that we continue in, so that nothing can make us go round in circles."""


def ensure_environment() -> None:
    """Set up what is missing and continue in the project's own environment.

    Raises:
        SetupError: something can't be had.
    """
    if all(importlib.util.find_spec(name) for name in NEEDED):
        make_ready(["aws-plane"])
        return
    if os.environ.get(AGAIN):
        raise SetupError("the environment .venv stays incomplete; remove it and try again: rm -rf .venv")
    run = ENVIRONMENTS["run"]
    if Path(sys.prefix) == ROOT / run.folder:
        # Its stamp lies, if there is one: something was removed by hand.
        (ROOT / run.stamp).unlink(missing_ok=True)
    make_ready(["run", "aws-plane"])
    command = [str(run.python), "-m", "infra.local", *sys.argv[1:]]
    os.execve(run.python, command, {**os.environ, AGAIN: "1"})  # noqa: S606 - our own interpreter


def main() -> int:
    """Run the command; returns an exit status: 2 when something is missing."""
    try:
        ensure_environment()
    except SetupError as error:
        print(f"infra.local: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    sys.path.insert(0, str(ROOT / "functions"))
    from infra.local.up import command  # noqa: PLC0415 - only now is everything there that it needs

    return command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
