"""Whatever tells somebody to run a command names one that is there, with options that it has; the runbook's table has all."""

import argparse
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from infra.operate.command_line import make_parser

ROOT = Path(__file__).resolve().parents[3]
PREFIX = "python -m infra.operate"
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")

WHERE = (
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "template.yaml",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "infra").rglob("*.yaml")),
    *sorted((ROOT / "infra" / "operate").glob("*.py")),
    *sorted((ROOT / "functions").rglob("*.py")),
)
"""Files that may tell somebody to run a command."""

_QUOTED = re.compile(r"`+([^`\n]+)`+")
_WHOLE = re.compile(rf"{re.escape(PREFIX)}((?: [^\s`\"']+)+)")
_PLACE = re.compile(r"\{.*\}|<.*>|[A-Z][A-Z_]*|Q?\d\w*")
"""What stands in for a value: ``ID``, ``{incident_id}``, ``2h``, ``Q1``."""

Parser = argparse.ArgumentParser
PARSER = make_parser()


def actions_of(parser: Parser) -> Mapping[str, Parser]:
    """The parsers below this one, by name."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def leaves(parser: Parser, name: str = "") -> Iterator[str]:
    """Everything that can be run: ``dlq list``, ``triage``."""
    below = actions_of(parser)
    if not below:
        yield name
    for word, each in below.items():
        yield from leaves(each, f"{name} {word}".strip())


def wrong_with(told: str) -> str:
    """What the command line would not take of this, or nothing.

    Args:
        told: without ``python -m infra.operate``; ``a|b`` are alternatives, ``[--x]`` may be left out, capitals stand for
            a value.
    """
    for words in alternatives(told):
        parser, place = PARSER, 0
        while place < len(words) and (below := actions_of(parser)):
            if words[place] in parser._option_string_actions:
                break
            if words[place] not in below:
                return f"{' '.join(words[: place + 1])} is no command"
            parser, place = below[words[place]], place + 1
        if wrong := wrong_arguments(parser, words[place:]):
            return f"{' '.join(words)}: {wrong}"
    return ""


def wrong_arguments(parser: Parser, words: list[str]) -> str:
    options = parser._option_string_actions
    places = [a for a in parser._actions if not a.option_strings and a.nargs != argparse.PARSER]
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word.startswith("--"):
            if word not in options:
                return f"it has no {word}"
            if options[word].nargs is None and rest and not rest[0].startswith("--"):
                rest.pop(0)
        elif not places:
            return f"it takes no {word}"
        else:
            choices = places.pop(0).choices
            if choices is not None and word not in choices and not _PLACE.fullmatch(word):
                return f"{word} is none of {', '.join(map(str, choices))}"
            if choices is None and not _PLACE.fullmatch(word):
                return f"{word} looks like a word of it and is none"
    return ""


def alternatives(told: str) -> Iterator[list[str]]:
    """The command lines that this stands for, without the brackets round what may be left out."""
    lines: list[list[str]] = [[]]
    for word in told.replace("\\|", "|").split():
        lines = [[*line, choice] for line in lines for choice in word.strip("[].,;:").split("|")]
    yield from lines


def named_in(text: str) -> Iterator[str]:
    """The commands that a text names: whole, or quoted and beginning with a command's name."""
    yield from (found.strip() for found in _WHOLE.findall(text))
    commands = actions_of(PARSER)
    for quoted in _QUOTED.findall(text):
        first, *rest = quoted.split() or [""]
        # A lone word may be anything else that is called so, and Notion's capabilities begin with "read".
        if first in commands and rest and first != "read":
            yield quoted


TOLD = [path for path in WHERE if any(named_in(path.read_text(encoding="utf-8")))]


def table() -> list[str]:
    """The commands of the runbook's table."""
    rows = re.findall(r"^\| (`.+) \| [^|]+ \|$", RUNBOOK.partition("## Commands")[2], re.MULTILINE)
    return [quoted for row in rows for quoted in _QUOTED.findall(row)]


def cells() -> list[str]:
    """The commands of the runbook's table of classes."""
    head = RUNBOOK.partition("## Commands")[0]
    last = re.findall(r"^\| \[.*\| ([^|]+) \|$", head, re.MULTILINE)
    return [quoted for cell in last for quoted in _QUOTED.findall(cell)]


@pytest.mark.req("O4")
@pytest.mark.parametrize("path", TOLD, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_command_that_a_file_names_is_there_with_its_options(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [f"{told!r}: {wrong}" for told in named_in(text) if (wrong := wrong_with(told))] == []


@pytest.mark.req("O4")
def test_the_runbooks_commands_are_there_also_where_they_are_one_word() -> None:
    assert cells()
    assert table()
    assert [wrong for told in (*cells(), *table()) if (wrong := wrong_with(told))] == []


def leaves_of_the_table() -> set[str]:
    """What the table's commands come to, without their arguments."""
    found = set()
    for told in table():
        for words in alternatives(told):
            line = " ".join(words)
            found |= {leaf for leaf in leaves(PARSER) if line == leaf or line.startswith(f"{leaf} ")}
    return found


@pytest.mark.req("O4")
@pytest.mark.parametrize("command", list(leaves(PARSER)))
def test_every_command_stands_in_the_runbooks_table(command: str) -> None:
    assert command in leaves_of_the_table()


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ("dlq redrive --all", ""),
        ("incident silence ID --for 2h", ""),
        ("triage [notion|hubspot|all] [--json]", ""),
        ("rotate notion|slack --discard", ""),
        ("dlq purge", "is no command"),
        ("rotate notion|teams", "is no command"),
        ("triage github", "is none of"),
        ("lane resume --now", "it has no --now"),
        ("doctor notion ID", "it takes no ID"),
        ("explain that", "looks like a word of it"),
    ],
)
def test_what_a_text_may_not_say_is_found(told: str, wrong: str) -> None:
    assert wrong in wrong_with(told)
    assert bool(wrong_with(told)) is bool(wrong)
