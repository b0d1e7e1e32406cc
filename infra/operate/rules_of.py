"""The rules file that a stack runs by, as this machine has it."""

import argparse
from pathlib import Path

from infra.local.setup import ROOT
from infra.operate.target import Target, TargetError
from infra.operate.text import printable
from steward.errors import RulesError
from steward.rules import Rules, load

OURS = "steward.toml"
"""In ``functions/``: the file that ships, and that a stack runs by unless its parameter ``RulesFile`` names another."""


def add_rules(parser: argparse.ArgumentParser) -> None:
    """Let a command name another rules file than the stack's own."""
    parser.add_argument("--rules", type=Path, metavar="FILE", help="the rules file; the stack's without")


def file_of(target: Target | None, file: Path | None = None) -> Path:
    """Where the rules are.

    Args:
        target: the stack; its parameter ``RulesFile`` is relative to ``functions/``, or absolute for the local one. None
            where no stack is operated: then the file that ships is meant.
        file: another file in its place.
    """
    named = OURS if target is None else target.parameter("RulesFile", OURS)
    return file or ROOT / "functions" / named


def rules_of(target: Target | None, file: Path | None = None, *, option: str = "--rules") -> Rules:
    """Read the rules.

    Args:
        target: as ``file_of``.
        file: as ``file_of``.
        option: of the command, that names another file than the stack's own.

    Raises:
        TargetError: it can't be read, or has a mistake.
    """
    try:
        return load(file_of(target, file))
    except RulesError as error:
        do = (
            f"mend {file.name}, or name another file"
            if file is not None
            else f"name the rules file that the stack was deployed with: {option} FILE"
        )
        # What to do is told behind the first semicolon, which a mistake may have one of, too.
        mistakes = "\n".join(printable(line).replace("; ", ", ") for line in str(error).splitlines())
        raise TargetError(f"{mistakes}; {do}") from error
