"""Whatever tells somebody to run a command names one that is there, with options that it has; the runbook's table has all."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.operate.told_commands import PARSER, actions_of, alternatives, leaves, wrong_with

ROOT = Path(__file__).resolve().parents[3]
PREFIX = "python -m infra.operate"
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")

WHERE = (
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "template.yaml",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "infra").rglob("*.yaml")),
    *sorted((ROOT / "infra" / "operate").rglob("*.py")),
    *sorted((ROOT / "functions").rglob("*.py")),
)
"""Files that may tell somebody to run a command."""

WORDS_TOO = ("read", "status")
"""Commands that also begin other quoted words: Notion's capabilities, a claim about a property."""

_QUOTED = re.compile(r"`+([^`\n]+)`+")
_WHOLE = re.compile(rf"{re.escape(PREFIX)}((?: [^\s`\"']+)+)")


def named_in(text: str) -> Iterator[str]:
    """The commands that a text names: whole, or quoted and beginning with a command's name."""
    yield from (found.strip() for found in _WHOLE.findall(text))
    commands = actions_of(PARSER)
    for quoted in _QUOTED.findall(text):
        first, *rest = quoted.split() or [""]
        # A lone word may be anything else that is called so.
        if first in commands and rest and first not in WORDS_TOO:
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
