"""The words that people read. Pure.

A comment ends in a short reference, ``ref 1f2e3d4c5b6a7988``: it is how Steward finds its own comment again when an
answer was lost, and how a person can ask what it was about. Slack carries the same id in the message's metadata, unseen.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from steward.effects import Effect, Notice
from steward.mrkdwn import escape, link
from steward.pages import plain_text

SOMEBODY = "Somebody"
"""For a person whose name the connection may not know."""

TITLE_LIMIT = 150
"""Characters of a title that a message shows."""

SECTION_LIMIT = 3000
"""Characters that Slack takes in one section."""


def comment_body(effect: Effect) -> list[dict[str, Any]]:
    """The rich text of the comment that tells a person of their new task."""
    who: list[dict[str, Any]]
    if effect.mention:
        who = [{"type": "mention", "mention": {"type": "user", "user": {"id": effect.person_id}}}]
    else:
        who = [_text(effect.person_name or SOMEBODY)]
    return [*who, _text(", this task is now assigned to you. "), _text(f"· {reference(effect)}")]


def reference(effect: Effect) -> str:
    """The words that identify an effect in a comment."""
    return f"ref {effect.id}"


def find_comment(comments: Iterable[Mapping[str, Any]], effect: Effect) -> str | None:
    """The id of the comment that carries this effect's reference, or None."""
    mark = reference(effect)
    return next((str(c["id"]) for c in comments if mark in plain_text(c.get("rich_text"))), None)


def message(effect: Effect, names: Mapping[str, str | None]) -> tuple[str, list[dict[str, Any]]]:
    """A Slack message's fallback text and blocks: the name, the task's title, the link; a digest has a line for each.

    Args:
        effect: the message or digest.
        names: person id → name, as far as known.
    """
    notices = effect.notices or (_notice(effect),)
    lines = [_line(notice, names) for notice in notices]
    if not effect.notices:
        return lines[0], [_section(lines[0])]
    head = f"*{len(lines)} tasks were assigned*"
    return head, [_section(text) for text in _packed([head, *(f"• {line}" for line in lines)])]


def _notice(effect: Effect) -> Notice:
    return Notice(effect.page_id, effect.person_id, effect.person_name, effect.title, effect.url)


def _line(notice: Notice, names: Mapping[str, str | None]) -> str:
    title = notice.title.strip() or "Untitled"
    shown = title if len(title) <= TITLE_LIMIT else title[: TITLE_LIMIT - 1] + "…"
    name = notice.person_name or names.get(notice.person_id) or SOMEBODY
    return f"*{escape(name)}* is now assigned to {link(notice.url, shown)}"


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
