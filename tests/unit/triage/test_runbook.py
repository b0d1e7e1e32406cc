"""The runbook says what the code says: classes, severities, first moves, what not to do, anchors, commands."""

import re
from pathlib import Path

import pytest

from steward.incidents.classes import Advice, Class
from triage.diagnosis.playbook import PLAYBOOK

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "runbook.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| \[(?P<cls>[^\]]+)\]\(#(?P<anchor>[a-z-]+)\) \|(?P<rest>.*)\|$", re.MULTILINE)

ROWS = {
    row["cls"]: (row["anchor"], *(cell.strip() for cell in row["rest"].split(" | ")))
    for row in ROW.finditer(TEXT)
}


def advice(cell: str) -> tuple[Advice, ...]:
    return () if cell == "-" else tuple(Advice(words) for words in cell.split("; "))


def test_the_table_has_one_row_for_each_class() -> None:
    assert sorted(ROWS) == sorted(Class)
    assert len(ROW.findall(TEXT)) == len(Class)


@pytest.mark.req("T3")
@pytest.mark.parametrize("cls", Class)
def test_a_row_says_what_the_playbook_says(cls: Class) -> None:
    play = PLAYBOOK[cls]
    anchor, severity, signal, first_move, do_not, _ = ROWS[cls]

    assert anchor == play.anchor
    assert severity == ("-" if play.severity is None else play.severity.name)
    assert advice(first_move) == play.do
    assert advice(do_not) == play.do_not
    assert signal


@pytest.mark.parametrize("cls", Class)
def test_each_class_has_a_section_at_its_anchor(cls: Class) -> None:
    headings = [heading.lower().replace(" ", "-") for heading in re.findall(r"^## (.+)$", TEXT, re.MULTILINE)]

    assert headings.count(PLAYBOOK[cls].anchor) == 1


def test_every_command_of_a_row_is_explained() -> None:
    explained = {
        command
        for line in re.findall(r"^\| (`.+) \| [^|]+ \|$", TEXT.partition("## Commands")[2], re.MULTILINE)
        for name in re.findall(r"`([^`]+)`", line)
        for command in _commands(name)
    }
    named = {
        command for row in ROWS.values() for name in re.findall(r"`([^`]+)`", row[-1]) for command in [name]
    }

    assert named - explained - {"triage hubspot", "triage all"} == set()


def _commands(name: str) -> list[str]:
    """The commands that an explained one stands for: ``rotate notion|slack`` for two, without options and places."""
    words = [word for word in name.replace("\\|", "|").split() if not re.match(r"[\[\-A-Z0-9]", word)]
    *first, last = words
    return [" ".join([*first, choice]) for choice in last.split("|")]
