"""The rules file: valid, or refused with a line for each mistake."""

from pathlib import Path

import pytest

from steward.errors import RulesError
from steward.rules import load, parse

VALID = """
[slack]
default_channel = "#team"
[[data_source]]
name = "Tasks"
id = "2F1C7C1E0D3A4C5B9B0E6A1D5E0C4B11"
properties = { title = "Name", assignee = "Assignee", status = "Status" }
slack_channel = "#tasks"
[[data_source.automation]]
kind = "assignment"
comment = true
slack = true
"""


@pytest.mark.req("A1")
def test_the_shape_of_the_documents_is_valid_and_ids_are_normalised() -> None:
    rules = parse(VALID)

    source = rules.source_of("2f1c7c1e-0d3a-4c5b-9b0e-6a1d5e0c4b11")
    assert source is not None
    assert rules.channel_for(source, source.automation[0]) == "#tasks"


def test_the_file_that_ships_is_valid() -> None:
    assert load(Path(__file__).parents[2] / "functions" / "steward.toml").data_source


def test_a_data_source_without_a_channel_uses_the_default() -> None:
    rules = parse(VALID.replace('slack_channel = "#tasks"\n', ""))

    source = rules.data_source[0]
    assert rules.channel_for(source, source.automation[0]) == "#team"


@pytest.mark.parametrize(
    ("change", "to", "expected"),
    [
        (
            "slack_channel =",
            "slack_chanel =",
            "data_source[1].slack_chanel: unknown option; did you mean 'slack_channel'?",
        ),
        ("[slack]", "[slak]", "slak: unknown option; did you mean 'slack'?"),
        ('default_channel = "#team"', "", "slack.default_channel: missing"),
        ('"#team"', '"team"', "slack.default_channel: write a channel as #name"),
        ("comment = true", "coment = true", "automation[1].coment: unknown option; did you mean 'comment'?"),
        ("comment = true", 'comment = "often"', "automation[1].comment: should be true or false"),
        (
            'kind = "assignment"',
            'kind = "asignment"',
            "automation[1].kind: unknown kind 'asignment'; did you mean 'assignment'?",
        ),
        (', assignee = "Assignee"', "", "needs properties.assignee"),
        ('name = "Tasks"', "name = 7", "data_source[1].name: should be a text"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_the_nearest_valid_name(
    change: str, to: str, expected: str
) -> None:
    assert change in VALID
    with pytest.raises(RulesError) as caught:
        parse(VALID.replace(change, to))

    assert expected in str(caught.value)


def test_every_mistake_has_its_own_line() -> None:
    with pytest.raises(RulesError) as caught:
        parse(VALID.replace("comment =", "coment =").replace('"#team"', '"team"'))

    assert len(str(caught.value).splitlines()) == 2


def test_a_data_source_that_stands_twice_is_refused() -> None:
    again = VALID[VALID.index("[[data_source]]") :]
    with pytest.raises(RulesError, match="more than once"):
        parse(VALID + again)


@pytest.mark.parametrize("text", ["[slack", "", "\x00", 'data_source = []\n[slack]\ndefault_channel = "#a"'])
def test_what_is_no_rules_file_is_refused(text: str) -> None:
    with pytest.raises(RulesError):
        parse(text)


def test_a_missing_file_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match=r"nowhere\.toml"):
        load(tmp_path / "nowhere.toml")
