"""The operator's command line; one module a command."""

import argparse
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns its exit status."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "functions"))
    from infra.operate import send  # noqa: PLC0415 - it needs functions/ on the path

    parser = argparse.ArgumentParser(prog="python -m infra.operate", description="Operate Steward.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    send.register(commands)
    wishes = parser.parse_args(arguments)
    status: int = wishes.run(wishes)
    return status


if __name__ == "__main__":
    sys.exit(main())
