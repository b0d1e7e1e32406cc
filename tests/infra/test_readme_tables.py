"""The README begins with what somebody new wants; what its tables name is there, and what they should name stands in them."""

import re

import pytest

from infra.local.transform import read
from tests.documents import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PARAMETERS = read(ROOT / "template.yaml")["Parameters"]


def section(heading: str) -> str:
    """What stands under a heading."""
    return README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_of_the_template_has_a_row(name: str) -> None:
    assert re.search(rf"^\| [^|]*`{name}`", section("Configure"), re.MULTILINE)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[^`]+)`", section("Features")))))
def test_every_test_that_shows_a_feature_is_there(path: str) -> None:
    assert list(ROOT.glob(path))


def test_every_feature_has_one_row() -> None:
    ids = re.findall(r"^\| ([A-Z]\d+) \|", section("Features"), re.MULTILINE)
    assert ids == sorted(set(ids), key=lambda each: ("IPATCO".index(each[0]), int(each[1:])))
    assert len(ids) > 40


@pytest.mark.req("O1")
def test_the_first_screen_is_one_sentence_the_commands_and_what_they_show() -> None:
    title, sentence, rest = README.split("\n\n", 2)
    screen = rest.splitlines()[:16]

    assert title == "# Steward"
    assert re.fullmatch(r"Steward [^.\n]+\.", sentence)
    places = [
        next(number for number, line in enumerate(screen) if line.startswith(words))
        for words in ("make run ", "make test ", "After a minute you see", "* ")
    ]
    assert places == sorted(places)
    pictured, drawn, costs = (
        README.index(mark) for mark in ("](docs/dashboard.png)", "```mermaid", "dollars")
    )
    assert pictured < drawn < README.index("\n## Deploy\n") < costs
