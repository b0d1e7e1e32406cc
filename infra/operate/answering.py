"""How every command answers: text for people, or with ``--json`` one JSON document on standard output and nothing else.

What a command prints is held back with ``--json`` until it has ended. A command that has a document of its own prints it;
of any other the lines become ``{"lines": [...]}``. What went wrong is ``{"error": ..., "do": ...}``, on standard output too,
so that whoever parses always has one document to parse; the exit status tells which: 0 it is well, 1 nothing was found or
it is not as it should be, 2 the command can't be run so or there is no target. ``triage`` and ``mirror`` have more, see their
``--help``. Progress and hints go to standard error, and are dropped with ``--json``.

What has no end can't be one document: a command that ``streams`` (``logs --follow``) prints a document a line, each at once,
and what went wrong as the last of them.

Rejected: a document type for every command's every line. The promise has to hold for commands that are written tomorrow,
too, and so is kept here, where none can forget it.
"""

import argparse
import io
import json
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, NoReturn

HELP = "print one JSON document and nothing else; errors are {error, do}"

PROGRAM = "python -m infra.operate"

LOOK = "{command} --help says what it takes and needs"
"""What to do where a command does not say it itself."""


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are JSON, too, where ``--json`` stands on the command line."""

    arguments: tuple[str, ...] = ()
    """The command line that is being parsed."""

    below: Mapping[str, "Parser"] | None = None
    """The parsers of the words that may follow, or None where nothing does."""

    def add_subparsers(self, **options: Any) -> Any:
        """As argparse does; what is added is known as ``below``."""
        actions = super().add_subparsers(**options)
        self.below = actions.choices
        return actions

    def takes(self, option: str) -> bool:
        """Whether it knows an option."""
        return re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", self.format_usage()) is not None

    def error(self, message: str) -> NoReturn:
        """End with status 2, as argparse does."""
        if "--json" not in Parser.arguments:
            super().error(message)
        print(json.dumps(refusal(message, LOOK.format(command=self.prog))))
        sys.exit(2)


def add_json(parser: Parser) -> None:
    """Let a command be asked for JSON, unless it can be already."""
    if not parser.takes("--json"):
        parser.add_argument("--json", action="store_true", help=HELP)


def answer(name: str, wishes: argparse.Namespace) -> int:
    """Run what was parsed and give its exit status; with ``--json``, print one document whatever happens within.

    Args:
        name: of the command, e.g. ``dlq list``.
        wishes: with ``run``, and with ``streams`` where a command can go on for ever: whether it does, of the wishes.
    """
    run: Callable[[argparse.Namespace], int] = wishes.run
    if not getattr(wishes, "json", False):
        return run(wishes)
    streams: Callable[[argparse.Namespace], bool] = getattr(wishes, "streams", lambda _: False)
    is_stream = streams(wishes)
    said, complained = io.StringIO(), io.StringIO()
    try:
        with redirect_stdout(sys.stdout if is_stream else said), redirect_stderr(complained):
            status = run(wishes)
    except Exception as error:
        # A mistake of ours: its trace goes to standard error, and whoever parses has a document all the same. Unless a
        # stream's reader has gone: nobody is there to parse.
        if not (is_stream and isinstance(error, BrokenPipeError)):
            print(json.dumps(refusal(f"{name} failed unexpectedly ({type(error).__name__})", _how(name))))
        raise
    if is_stream:
        if status != 0 and complained.getvalue():
            print(json.dumps(split(complained.getvalue().strip(), name)))
        return status
    document = document_of(said.getvalue(), complained.getvalue(), name, status)
    print(json.dumps(document, ensure_ascii=True))
    return status


def document_of(said: str, complained: str, name: str, status: int) -> Any:
    """The one document of what a command printed.

    Args:
        said: on standard output: a document, lines for people, or nothing.
        complained: on standard error.
        name: of the command.
        status: its exit status.
    """
    text = said.strip()
    try:
        return json.loads(text)
    except ValueError:
        pass
    if status != 0 and complained.strip() and not text:
        return split(complained.strip(), name)
    lines = text.splitlines()
    return (
        {"lines": lines}
        if status == 0
        else {"lines": lines, "error": _last(lines, complained), "do": _how(name)}
    )


def refusal(error: str, do: str) -> dict[str, str]:
    """What went wrong, and what to do about it."""
    return {"error": error, "do": do}


def split(complaint: str, name: str) -> dict[str, str]:
    """A refusal, of a complaint written as ``command: what is wrong; what to do``, or in sentences."""
    text = complaint.removeprefix(f"{name}: ").removeprefix(f"{name.partition(' ')[0]}: ")
    for mark in ("; ", ". "):
        error, _, do = text.partition(mark)
        if do:
            return refusal(error, do)
    return refusal(text, _how(name))


def _last(lines: list[str], complained: str) -> str:
    return (complained.strip().splitlines() or lines or ["it did not say why"])[-1]


def _how(name: str) -> str:
    return LOOK.format(command=f"{PROGRAM} {name}")
