"""The operator's command line."""

import os
import sys

from infra.local.environment import ensure
from infra.local.setup import ROOT, SetupError


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns its exit status."""
    try:
        ensure("infra.operate", ("boto3", "requests", "pydantic", "slack_sdk", "psycopg", "rich"))
    except SetupError as error:
        print(f"infra.operate: {error}", file=sys.stderr)
        return 2
    sys.path.insert(0, str(ROOT / "functions"))
    from infra.operate.command_line import make_parser  # noqa: PLC0415 - it needs functions/ on the path

    wishes = make_parser().parse_args(arguments)
    try:
        status: int = wishes.run(wishes)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader, e.g. `head`, has seen enough; Python's own flush at the end must not fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
