"""The words that people read. Pure.

A comment ends in a short reference, ``ref 1f2e3d4c5b6a7988``: it is how Steward finds its own comment again when an
answer was lost, and how a person can ask what it was about. Slack carries the same id in the message's metadata, unseen.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from processor.who import SOMEBODY
from steward.effects import Effect
from steward.mrkdwn import Message, escape, link, messages, one_message
from steward.pages import Person, plain_text
from steward.unicode import one_line
from steward.words import PageLink, Part, Text, Words
from steward.words import lines as lines_of

TITLE_LIMIT = 150
"""Characters of a title that a message shows."""

UNTITLED = "Untitled"

LONG_NAME = "n" * 60
"""Stands for a name that is not known yet."""


def comment_body(effect: Effect) -> list[dict[str, Any]]:
    """The rich text of a comment. Who is named is mentioned; groups can't be, so their names stand there."""
    return [*map(_run, effect.words), _text(f" · {reference(effect)}")]


def reference(effect: Effect) -> str:
    """The words that identify an effect in a comment."""
    return f"ref {effect.id}"


def find_comment(comments: Iterable[Mapping[str, Any]], effect: Effect) -> str | None:
    """The id of the comment that carries this effect's reference, or None."""
    mark = reference(effect)
    return next((str(c["id"]) for c in comments if mark in plain_text(c.get("rich_text"))), None)


def message(effect: Effect, people: Mapping[str, str]) -> Message:
    """A Slack message; a digest has one line for each notice.

    Args:
        effect: the message or digest.
        people: person id → how they are written, in mrkdwn.
    """
    lines = [_line(words, people).strip() for words in lines_of(effect.words)]
    if effect.notices:
        lines = [f"*{_changes(effect)}*", *(f"• {_line(n.words, people)}" for n in effect.notices)]
    return one_message(lines)


def fits_one_message(notices: Sequence[Words]) -> bool:
    """Whether notices fit one message as the lines of a digest, however people's names turn out."""
    everybody = {part.id: LONG_NAME for words in notices for part in words if isinstance(part, Person)}
    return len(messages([LONG_NAME, *(f"• {_line(words, everybody)}" for words in notices)])) == 1


def mail(effect: Effect, names: Mapping[str, str]) -> tuple[str, str]:
    """An e-mail's subject and text.

    Args:
        effect: what is told; a digest has a line for each notice.
        names: person id → name.
    """
    if effect.notices:
        lines = [_plain(notice.words, names, links=True) for notice in effect.notices]
        return _changes(effect), "\n\n".join(lines)
    return _plain(effect.words, names), _plain(effect.words, names, links=True)


def _changes(effect: Effect) -> str:
    return f"{len(effect.notices)} changes"


def _line(words: Words, people: Mapping[str, str]) -> str:
    return "".join(_mrkdwn(part, people) for part in words)


def _mrkdwn(part: Part, people: Mapping[str, str]) -> str:
    match part:
        case Text(text, strong):
            return f"*{escape(text)}*" if strong else _spaced(text, escape(text))
        case PageLink(title, url):
            return link(url, title.strip() or UNTITLED, TITLE_LIMIT)
        case Person(id_):
            return people[id_]


def _spaced(text: str, escaped: str) -> str:
    """With the spaces around a text, which set it apart from its neighbours and are no part of what is escaped."""
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() and text.strip() else ""
    return f"{before}{escaped}{after}"


def _plain(words: Words, names: Mapping[str, str], *, links: bool = False) -> str:
    text = "".join(_text_of(part, names, links=links) for part in words)
    return "\n".join(line.strip() for line in text.split("\n"))  # a link is a line of its own


def _text_of(part: Part, names: Mapping[str, str], *, links: bool) -> str:
    match part:
        case Text(text):
            return text
        case PageLink(title, url):
            shown = one_line(title, TITLE_LIMIT) or UNTITLED
            return f"{shown}\n{url}\n" if links else shown
        case Person(id_):
            return names[id_]


def _run(part: Part) -> dict[str, Any]:
    match part:
        case Text(text):
            return _text(text)
        case PageLink(title, url):
            shown = one_line(title, TITLE_LIMIT) or UNTITLED
            return {"type": "text", "text": {"content": shown, "link": {"url": url}}}
        case Person(id_, _, "person") if "@" not in id_:
            return {"type": "mention", "mention": {"type": "user", "user": {"id": id_}}}
        case Person(_, name):
            return _text(name or SOMEBODY)


def _text(content: str) -> dict[str, Any]:
    return {"type": "text", "text": {"content": content}}
