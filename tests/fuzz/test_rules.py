"""Any text is a rules file or is refused with a line for each mistake."""

from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from steward.errors import RulesError
from steward.rules import parse

VALID = """
[slack]
default_channel = "#team"
[[data_source]]
name = "Tasks"
id = "2f1c7c1e-0d3a-4c5b-9b0e-6a1d5e0c4b11"
properties = { title = "Name", assignee = "Assignee", status = "Status" }
slack_channel = "#tasks"
[[data_source.automation]]
kind = "assignment"
comment = true
slack = true
"""
EVERYTHING = (Path(__file__).parents[2] / "docs" / "rules.example.toml").read_text()
WORDS = [
    "assignment",
    "slack",
    "data_source",
    "automation",
    "properties",
    "kind",
    "id",
    "7",
    "true",
    '"x"',
    "[[7]]",
]


@st.composite
def almost_rules(draw: st.DrawFn, whole: str = VALID) -> str:
    """The example with up to three lines replaced, doubled or taken away."""
    lines = whole.strip().splitlines()
    for _ in range(draw(st.integers(1, 3))):
        position = draw(st.integers(0, len(lines) - 1)) if lines else 0
        word = st.sampled_from(WORDS)
        line = draw(
            st.one_of(
                st.builds("{} = {}".format, word, word),
                st.builds("[{}]".format, word),
                st.builds("[[{}.{}]]".format, word, word),
                st.sampled_from(whole.splitlines()),
            )
        )
        lines[position : position + draw(st.integers(0, 1))] = draw(st.sampled_from([[line], [line], []]))
    return "\n".join(lines)


@st.composite
def other_values(draw: st.DrawFn) -> str:
    """A file with every option, some of which have another value."""
    lines = EVERYTHING.splitlines()
    options = [n for n, line in enumerate(lines) if " = " in line]
    for position in draw(st.lists(st.sampled_from(options), min_size=1, max_size=4)):
        value = draw(
            st.sampled_from(
                ['""', "[]", "{}", "-1", "true", "[[7]]", '["x"]', '"x"', "2026-12-25", "{ x = 1 }"]
            )
        )
        lines[position] = f"{lines[position].partition(' = ')[0]} = {value}"
    return "\n".join(lines)


@given(st.text(max_size=80) | almost_rules() | almost_rules(EVERYTHING) | other_values())
@example("assignment = 1\n" + VALID)
@example("a = " + "[" * 3000)
def test_any_text_is_a_rules_file_or_is_refused_with_its_mistakes(text: str) -> None:
    try:
        assert parse(text).data_source
    except RulesError as error:
        mistakes = str(error).splitlines()
    else:
        return
    assert mistakes
    assert all(line.startswith("steward.toml: ") for line in mistakes)
