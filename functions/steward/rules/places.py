"""The line of a rules file on which something stands, which ``tomllib`` does not tell.

Statement after statement is given to ``tomllib`` by itself, so keys and strings are read by the same rules as the file.
What is inside a value gets the line on which its statement begins.
"""

import tomllib
from typing import Any

from steward.rules.options import Place


def lines_of(text: str) -> dict[Place, int]:
    """The place of every table, key and value of a valid TOML text → its line, counted from 1."""
    lines: dict[Place, int] = {}
    tables = _Tables(lines)
    statement, start = "", 1
    for number, line in enumerate(text.split("\n"), 1):
        if not statement:
            start = number
        statement += line + "\n"
        try:
            found = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue  # it goes on in the next line
        if statement.lstrip().startswith("["):
            tables.enter(found, start)
        else:
            _record(lines, tables.here, found, start)
        statement = ""
    return lines


def line_of(place: Place, lines: dict[Place, int]) -> int | None:
    """The line of the place, or of the nearest thing around it; None for the file as a whole."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place)


class _Tables:
    """Where the headers lead: ``[[a]]`` adds to a list, ``[a.b]`` means the last one added."""

    def __init__(self, lines: dict[Place, int]) -> None:
        self.here: Place = ()
        self._lines = lines
        self._lengths: dict[Place, int] = {}

    def enter(self, header: dict[str, Any], line: int) -> None:
        place: Place = ()
        content: Any = header
        while isinstance(content, dict) and content:
            if place in self._lengths:
                place += (self._lengths[place] - 1,)
            ((key, content),) = content.items()
            place += (key,)
        self._lines.setdefault(place, line)
        if isinstance(content, list):
            length = self._lengths.get(place, 0)
            self._lengths[place] = length + 1
            place += (length,)
            self._lines[place] = line
        self.here = place


def _record(lines: dict[Place, int], place: Place, content: Any, line: int) -> None:
    if isinstance(content, dict):
        inner = list(content.items())
    else:
        inner = list(enumerate(content)) if isinstance(content, list) else []
    for key, value in inner:
        lines.setdefault((*place, key), line)
        _record(lines, (*place, key), value, line)
