"""The rules file's example and reference say all that the models know, and nothing that they do not."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from steward.rules import load, parse
from steward.rules.notices import Moment
from steward.rules.options import kinds, options

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "rules.md"
EXAMPLE = ROOT / "docs" / "rules.example.toml"
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

ROLES_OF_THE_EXAMPLE = {
    f"data_source.properties.{role}" for role in ("priority", "area", "tags", "partner_page")
}
MAPS = ("where", "set", "people", "options")
"""Options whose keys are the team's own words."""

BASE = """
[slack]
default_channel = "#team"
[[data_source]]
name = "Tasks"
id = "2f1c7c1e-0d3a-4c5b-9b0e-6a1d5e0c4b11"
properties = { assignee = "Assignee", status = "Status", due = "Due" }
"""


def named(table: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Every option that a document sets, as ``options`` names it."""
    for key, value in table.items():
        yield f"{prefix}{key}"
        if key in MAPS:
            continue
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, dict):
                kind = f"{entry['kind']}." if key == "automation" else ""
                yield from named(entry, f"{prefix}{key}.{kind}")


def sections(text: str) -> Iterator[tuple[str, str]]:
    """The option that a heading of the reference is about, "" for none, and what stands under it."""
    for part in re.split(r"^##+ ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        found = re.fullmatch(r"`([a-z_.]+)`", heading.strip())
        yield (f"{found[1]}." if found else ""), body


def rows(text: str) -> list[str]:
    return [
        prefix + option
        for prefix, body in sections(text)
        for option in re.findall(r"^\| `([a-z_.]+)` \|", body, re.MULTILINE)
    ]


def test_the_example_is_valid() -> None:
    rules = load(EXAMPLE)

    assert {rule.kind for source in rules.data_source for rule in source.automation} == set(kinds())


def test_the_example_shows_every_option_and_no_other() -> None:
    shown = set(named(tomllib.loads(EXAMPLE.read_text())))

    assert shown - ROLES_OF_THE_EXAMPLE == set(options())


def test_every_option_is_explained_where_it_first_stands_in_the_example() -> None:
    explained: set[str] = set()
    for line in EXAMPLE.read_text().splitlines():
        bare = re.sub(r'"[^"]*"', '""', line)  # a channel's # begins no comment
        option = re.match(r"(\w+) = ", bare)
        if option:
            assert "# " in bare or option[1] in explained, line
            explained.add(option[1])


def test_the_reference_has_a_row_for_every_option_and_for_no_other() -> None:
    found = rows(REFERENCE.read_text())

    assert sorted(found) == sorted(options())


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_toml_block_of_a_document_is_a_valid_part_of_a_rules_file(path: Path) -> None:
    for block in re.findall(r"```toml\n(.*?)```", path.read_text(), re.DOTALL):
        assert parse(block if "[slack]" in block else BASE + block).data_source


def test_the_reference_names_in_its_text_only_what_exists() -> None:
    known = {part for option in options() for part in (option, *option.split("."))}
    for prefix, body in sections(REFERENCE.read_text()):
        for word in re.findall(r"(?<!`)`([a-z]+(?:[_.][a-z]+)*)`(?!`)", body):
            assert word in known | {"true", "false"} or f"{prefix}{word}" in options(), word


def test_the_reference_and_the_model_know_the_same_moments() -> None:
    row = next(line for line in REFERENCE.read_text().splitlines() if line.startswith("| `on` "))

    assert set(re.findall(r'`"(\w+)"`', row)) == set(get_args(Moment))
