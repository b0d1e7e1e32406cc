"""Every command, one module each, as one parser; ``functions/`` has to be on the path."""

from collections.abc import Iterator

from infra.operate import (
    baseline,
    console,
    cost,
    dlq,
    doctor,
    events,
    explain,
    incident,
    lane,
    logs,
    mirror,
    pause,
    post_mortem,
    read,
    replay,
    rotate,
    rules,
    search,
    send,
    status,
    subscribe,
    triage,
    what_if,
)
from infra.operate.answering import PROGRAM, Parser, add_json

_COMMANDS = (
    subscribe,
    send,
    events,
    explain,
    replay,
    what_if,
    logs,
    dlq,
    lane,
    pause,
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
    cost,
)


def make_parser() -> Parser:
    """The parser; what it parsed has ``run``, which takes it and returns the exit status, and ``command``, its name."""
    parser = Parser(
        prog=PROGRAM,
        description="Operate Steward.",
        epilog="Exit status: 0 it is well, 1 nothing found or not as it should be, 2 usage or target. "
        "--json prints one document with every command, `logs --follow` one a line; errors are {error, do} on standard "
        "output.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.register(commands)
    for name, leaf in leaves(parser):
        add_json(leaf)
        if not leaf.takes("--stack"):
            leaf.add_argument_group("target", "none: it needs no stack and no AWS credentials")
        leaf.set_defaults(command=name)
    return parser


def leaves(parser: Parser, name: str = "") -> Iterator[tuple[str, Parser]]:
    """Everything that can be run, with its name: ``dlq list``, ``triage``; by its first name where it has two."""
    if parser.below is None:
        yield name, parser
        return
    first = {id(each): word for word, each in reversed(list(parser.below.items()))}
    for word, each in parser.below.items():
        if first[id(each)] == word:
            yield from leaves(each, f"{name} {word}".strip())
