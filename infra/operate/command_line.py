"""Every command, one module each, as one parser; ``functions/`` has to be on the path."""

import argparse
from collections.abc import Iterator

from infra.operate import (
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
    status,
    triage,
)
from infra.operate.answering import Parser, add_json

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
    post_mortem,
    read,
    rotate,
    rules,
    baseline,
)


def make_parser() -> argparse.ArgumentParser:
    """The parser; what it parsed has ``run``, which takes it and returns the exit status, and ``command``, its name."""
    parser = Parser(
        prog="python -m infra.operate",
        description="Operate Steward.",
        epilog="Exit status: 0 it is well, 1 nothing found or not as it should be, 2 usage or target. "
        "--json prints one document with every command; errors are {error, do} on standard output.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.register(commands)
    for name, leaf in leaves(parser):
        add_json(leaf)
        if "--stack" not in leaf._option_string_actions:
            leaf.add_argument_group("target", "none: it needs no stack and no AWS credentials")
        leaf.set_defaults(command=name)
    return parser


def leaves(parser: argparse.ArgumentParser, name: str = "") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Everything that can be run, with its name: ``dlq list``, ``triage``."""
    below = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if not below:
        yield name, parser
    for action in below:
        for word, each in action.choices.items():
            yield from leaves(each, f"{name} {word}".strip())
