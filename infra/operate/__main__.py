"""The operator's command line; one module a command."""

import argparse
import os
import sys

from infra.local.environment import ensure
from infra.local.setup import ROOT, SetupError


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns its exit status."""
    try:
        ensure("infra.operate", ("boto3", "requests", "pydantic", "slack_sdk", "psycopg"))
    except SetupError as error:
        print(f"infra.operate: {error}", file=sys.stderr)
        return 2
    sys.path.insert(0, str(ROOT / "functions"))
    from infra.operate import (  # noqa: PLC0415 - they need functions/ on the path
        baseline,
        dlq,
        doctor,
        explain,
        incident,
        lane,
        mirror,
        post_mortem,
        read,
        rotate,
        rules,
        search,
        send,
        triage,
    )

    parser = argparse.ArgumentParser(prog="python -m infra.operate", description="Operate Steward.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (
        send,
        dlq,
        explain,
        lane,
        mirror,
        search,
        triage,
        doctor,
        incident,
        post_mortem,
        read,
        rotate,
        rules,
        baseline,
    ):
        command.register(commands)
    wishes = parser.parse_args(arguments)
    try:
        status: int = wishes.run(wishes)
        sys.stdout.flush()
    except (
        BrokenPipeError
    ):  # the reader, e.g. `head`, has seen enough; Python's own flush at the end must not fail
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
