"""Where in the file something stands."""

import tomllib

import pytest

from steward.rules.options import Place
from steward.rules.places import line_of, lines_of

TEXT = '''# a comment with [a.table] in it
top = 1

[slack]
default_channel = "#a"
text = """
[[data_source]]
name = 'no header, only text'
"""
"quoted key" = { inner = [1, { deep = 2 }] }
[[data_source]]
name = "one"
properties.title = "Name"
holidays = [
  2026-12-25, # a comment
  2026-12-26,
]
[[data_source.automation]]
kind = "a"
[data_source.automation.escalate]
to = []
[[data_source.automation]]
kind = "b"

[[data_source]]
name = "two"
[[data_source.automation]]
kind = "c"
'''


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("top",), 2),
        (("slack",), 4),
        (("slack", "default_channel"), 5),
        (("slack", "text"), 6),
        (("slack", "quoted key", "inner", 1, "deep"), 10),
        (("data_source",), 11),
        (("data_source", 0), 11),
        (("data_source", 0, "name"), 12),
        (("data_source", 0, "properties", "title"), 13),
        (("data_source", 0, "properties", "missing"), 13),
        (("data_source", 0, "holidays", 1), 14),
        (("data_source", 0, "automation", 0), 18),
        (("data_source", 0, "automation", 0, "escalate"), 20),
        (("data_source", 0, "automation", 0, "escalate", "to"), 21),
        (("data_source", 0, "automation", 1, "kind"), 23),
        (("data_source", 1, "name"), 26),
        (("data_source", 1, "automation", 0, "kind"), 28),
        (("nowhere",), None),
        ((), None),
    ],
)
def test_everything_is_found_on_its_line_or_on_that_of_what_is_around_it(
    place: Place, line: int | None
) -> None:
    assert tomllib.loads(TEXT)
    assert line_of(place, lines_of(TEXT)) == line


def test_windows_line_ends_count_as_one() -> None:
    assert lines_of("a = 1\r\nb = 2\r\n") == {("a",): 1, ("b",): 2}
