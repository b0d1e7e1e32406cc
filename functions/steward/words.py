"""What Steward says, before it is written for a comment, a Slack message or an e-mail. Pure.

Whatever people typed, a title, a name, an option, stands in parts of its own, so that each way of telling escapes it by
its own rules and none has to guess what is text and what is markup.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from steward.pages import Person


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words, strong or not."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page by its title."""

    title: str
    url: str


Part = Text | Person | PageLink
Words = tuple[Part, ...]


def people_in(words: Words) -> tuple[Person, ...]:
    """Everybody who is named."""
    return tuple(part for part in words if isinstance(part, Person))


def lines(words: Words) -> list[Words]:
    """Line by line: plain words that begin with a line break begin a line; what people typed is strong, and never does."""
    starts = [n for n, part in enumerate(words) if n and _begins_a_line(part)]
    return [words[first:end] for first, end in zip([0, *starts], [*starts, len(words)], strict=True)]


def to_json(words: Words) -> list[list[Any]]:
    """As a JSON array of arrays, each with its sort first."""
    return [_row(part) for part in words]


def from_json(rows: Sequence[Sequence[Any]]) -> Words:
    """What ``to_json`` wrote."""
    return tuple(_part(*row) for row in rows)


def _begins_a_line(part: Part) -> bool:
    return isinstance(part, Text) and not part.strong and part.text[:1] == "\n"


def _row(part: Part) -> list[Any]:
    match part:
        case Text(text, strong):
            return ["strong" if strong else "text", text]
        case PageLink(title, url):
            return ["page", title, url]
        case Person(id_, name, kind):
            return ["person", id_, name, kind]


def _part(sort: str, *fields: Any) -> Part:
    match sort:
        case "page":
            return PageLink(*fields)
        case "person":
            return Person(*fields)
        case _:
            return Text(str(fields[0]), strong=sort == "strong")
