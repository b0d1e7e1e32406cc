"""Any text is a rules file or is refused with a line for each mistake."""

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
def almost_rules(draw: st.DrawFn) -> str:
    """The example with up to three lines replaced, doubled or taken away."""
    lines = VALID.strip().splitlines()
    for _ in range(draw(st.integers(1, 3))):
        position = draw(st.integers(0, len(lines) - 1)) if lines else 0
        word = st.sampled_from(WORDS)
        line = draw(
            st.one_of(
                st.builds("{} = {}".format, word, word),
                st.builds("[{}]".format, word),
                st.builds("[[{}.{}]]".format, word, word),
                st.sampled_from(VALID.splitlines()),
            )
        )
        lines[position : position + draw(st.integers(0, 1))] = draw(st.sampled_from([[line], [line], []]))
    return "\n".join(lines)


@given(st.text(max_size=80) | almost_rules())
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
