"""The words that people read. Pure.

A comment ends in a short reference, ``ref 1f2e3d4c5b6a7988``: it is how Steward finds its own comment again when an
answer was lost, and how a person can ask what it was about. Slack carries the same id in the message's metadata, unseen.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from steward.effects import Effect
from steward.mrkdwn import escape, link
from steward.pages import Person, plain_text
from steward.words import PageLink, Part, Text, Words

SOMEBODY = "Somebody"
"""For a person whose name the connection may not know."""

TITLE_LIMIT = 150
"""Characters of a title that a message shows."""

SECTION_LIMIT = 3000
"""Characters that Slack takes in one section."""


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


def message(effect: Effect, names: Mapping[str, str | None]) -> tuple[str, list[dict[str, Any]]]:
    """A Slack message's fallback text and blocks; a digest has a line for each notice.

    Args:
        effect: the message or digest.
        names: person id → name, as far as known.
    """
    if not effect.notices:
        line = _line(effect.words, names)
        return line, [_section(line)]
    head = f"*{len(effect.notices)} changes*"
    lines = [f"• {_line(notice.words, names)}" for notice in effect.notices]
    return head, [_section(text) for text in _packed([head, *lines])]


def _line(words: Words, names: Mapping[str, str | None]) -> str:
    return "".join(_mrkdwn(part, names) for part in words)


def _mrkdwn(part: Part, names: Mapping[str, str | None]) -> str:
    match part:
        case Text(text, strong):
            return f"*{escape(text)}*" if strong else _escaped(text)
        case PageLink(title, url):
            return link(url, _short(title))
        case Person(id_, name):
            return f"*{escape(name or names.get(id_) or SOMEBODY)}*"


def _escaped(text: str) -> str:
    """Escaped, with the spaces around it, which set it apart from its neighbours."""
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() and text.strip() else ""
    return f"{before}{escape(text)}{after}"


def _short(title: str) -> str:
    shown = title.strip() or "Untitled"
    return shown if len(shown) <= TITLE_LIMIT else shown[: TITLE_LIMIT - 1] + "…"


def _run(part: Part) -> dict[str, Any]:
    match part:
        case Text(text):
            return _text(text)
        case PageLink(title, url):
            return {"type": "text", "text": {"content": _short(title), "link": {"url": url}}}
        case Person(id_, _, "person"):
            return {"type": "mention", "mention": {"type": "user", "user": {"id": id_}}}
        case Person(_, name):
            return _text(name or SOMEBODY)


def _packed(lines: Iterable[str]) -> list[str]:
    """Lines, put together into texts that a section takes."""
    texts = [""]
    for line in lines:
        if len(texts[-1]) + len(line) + 1 > SECTION_LIMIT:
            texts.append("")
        texts[-1] += f"\n{line}" if texts[-1] else line
    return texts


def _section(text: str) -> dict[str, Any]:
    # Verbatim: Slack must not make a mention of an "@channel" that somebody typed into a title.
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _text(content: str) -> dict[str, Any]:
    return {"type": "text", "text": {"content": content}}
