"""The words that people read. Pure.

A comment ends in a short reference, ``ref 1f2e3d4c5b6a7988``: it is how Steward finds its own comment again when an
answer was lost, and how a person can ask what it was about. Slack carries the same id in the message's metadata, unseen.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from steward.effects import Effect
from steward.mrkdwn import escape, link
from steward.pages import plain_text

SOMEBODY = "Somebody"
"""For a person whose name the connection may not know."""

TITLE_LIMIT = 150
"""Characters of a title that a message shows."""


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


def message(effect: Effect, name: str | None) -> tuple[str, list[dict[str, Any]]]:
    """A Slack message's fallback text and blocks: the name, the task's title, the link."""
    title = effect.title.strip() or "Untitled"
    shown = title if len(title) <= TITLE_LIMIT else title[: TITLE_LIMIT - 1] + "…"
    text = f"*{escape(name or SOMEBODY)}* is now assigned to {link(effect.url, shown)}"
    # Verbatim: Slack must not make a mention of an "@channel" that somebody typed into a title.
    return text, [{"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}]


def _text(content: str) -> dict[str, Any]:
    return {"type": "text", "text": {"content": content}}
