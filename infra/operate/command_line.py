"""Every command, one module each, as one parser; ``functions/`` has to be on the path."""

import argparse

from infra.operate import (
    baseline,
    console,
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
    status,
    triage,
)

_COMMANDS = (
    send,
    dlq,
    explain,
    lane,
    mirror,
    search,
    triage,
    doctor,
    incident,
    status,
    console,
    post_mortem,
    read,
    rotate,
    rules,
    baseline,
)


def make_parser() -> argparse.ArgumentParser:
    """The parser; what it parsed has ``run``, which takes it and returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.operate", description="Operate Steward.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.register(commands)
    return parser
