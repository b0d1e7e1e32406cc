"""Text for Slack: what people typed must stay text, and what is sent must be taken. Pure.

Slack gives meaning to ``&``, ``<`` and ``>``, which have an escape, and to ``*``, ``_``, ``~`` and backticks, which have
none: a title ``<!channel>`` that is not escaped pings everybody, and a backtick in a name hides the link that follows.
The latter are shown as a look-alike. Start a line with words of your own: an escaped ``>`` still begins a quotation there.

Source: Slack's reference on formatting text, on Block Kit's blocks and on chat.postMessage; the limits are below.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from steward.unicode import one_line, well_formed

TEXT_LIMIT = 4000
"""Characters of a message's ``text`` that Slack recommends; it is cut at 40,000."""

SECTION_LIMIT = 3000
"""Characters of a section's text: longer is ``invalid_blocks``."""

HEADER_LIMIT = 150
"""Characters of a header's plain text: longer is ``invalid_blocks``."""

BLOCKS_LIMIT = 50
"""Blocks of one message: more is ``invalid_blocks``."""

MESSAGE_LIMIT = 10_000
"""Bytes of all blocks of one message as JSON. Slack documents no number for ``msg_blocks_too_long``; what people measured
lies between 11,000 and 13,300 (slackapi/bolt-js issues 2509 and 2867)."""

LINE_LIMIT = 2400
"""Characters of a line that ``messages`` takes whole: at four bytes each it still is a message."""

URL_LIMIT = 800
"""Characters of an address that is linked. Notion's have about 120, and what can't be cut must not push a title out."""

_LOOK_ALIKE = str.maketrans({"*": "\u2217", "~": "\u223c", "`": "\u02cb"})
_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)")
_USER_ID = re.compile(r"[UW][A-Z0-9]{2,20}")
_WHOLE = re.compile(r"<[^<>\n]*>|&(?:amp|lt|gt);|.", re.DOTALL)
"""What can't be cut: a link or a mention, an escaped character, a character."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: ``text`` for notifications and screen readers, ``blocks`` for the eye."""

    text: str
    blocks: list[dict[str, Any]]


def escape(text: str, limit: int | None = None) -> str:
    """What somebody typed, as one line that means nothing to Slack.

    Args:
        text: anything.
        limit: characters that are kept before they are escaped; an escaped one takes up to five.
    """
    flat = _UNDERSCORE.sub("\u02cd", one_line(text, limit).translate(_LOOK_ALIKE))
    return flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def link(url: str, label: str, limit: int | None = None) -> str:
    """A link with a label of at most ``limit`` characters; an address that could break out of it is left out."""
    safe = escape(label, limit).replace("|", "¦")
    if not url.isprintable() or set(url) & set("<>| ") or not url.startswith(("https://", "http://")):
        return safe
    if len(url) > URL_LIMIT:
        return safe
    address = url.replace("&", "&amp;")
    return f"<{address}|{safe}>" if safe else f"<{address}>"


def mention(user_id: str) -> str:
    """A mention that pings. Only for an id that Slack's own look-up gave.

    Raises:
        ValueError: the text is no user id, so it may be something that somebody typed.
    """
    if not _USER_ID.fullmatch(user_id):
        raise ValueError("only a user id from Slack's look-up can be mentioned")
    return f"<@{user_id}>"


def cut(line: str, limit: int) -> str:
    """A line of mrkdwn with at most ``limit`` characters; no link, mention or escaped character is cut in two."""
    if len(line) <= limit:
        return line
    kept, length = [], 0
    for whole in _WHOLE.findall(line):
        if length + len(whole) > limit - 1:
            break
        kept.append(whole)
        length += len(whole)
    return "".join(kept).rstrip() + "…"


def section(text: str) -> dict[str, Any]:
    """A section block; a text that is too long for one is cut."""
    # Verbatim: Slack must not make a mention of an "@channel" that somebody typed into a title.
    return {"type": "section", "text": {"type": "mrkdwn", "text": cut(text, SECTION_LIMIT), "verbatim": True}}


def header(text: str) -> dict[str, Any]:
    """A header block of plain text that somebody may have typed."""
    # Plain text is taken as it is, but for emoji names, and those are off.
    return {
        "type": "header",
        "text": {"type": "plain_text", "text": one_line(text, HEADER_LIMIT) or "…", "emoji": False},
    }


def messages(lines: Iterable[str]) -> list[Message]:
    """Lines of mrkdwn as few messages as Slack takes them in; none is dropped, and the order stays.

    Args:
        lines: each made of own words and of what ``escape``, ``link`` and ``mention`` gave.
    """
    made: list[list[str]] = []
    for line in lines:
        short = cut(well_formed(line), LINE_LIMIT)
        if made and _fits([*made[-1], short]):
            made[-1].append(short)
        else:
            made.append([short])
    return [Message(cut("\n".join(part), TEXT_LIMIT), _sections(part)) for part in made]


def one_message(lines: Sequence[str]) -> Message:
    """Lines of mrkdwn as one message; where they are too long together, each is cut to its share."""
    made = messages(lines)
    if len(made) > 1:
        share = MESSAGE_LIMIT * 9 // 10 // (4 * len(lines))  # at four bytes a character
        made = messages(cut(line, share) for line in lines)
    return made[0]


def _sections(lines: Sequence[str]) -> list[dict[str, Any]]:
    texts = [""]
    for line in lines:
        if len(texts[-1]) + len(line) + 1 > SECTION_LIMIT:
            texts.append("")
        texts[-1] += f"\n{line}" if texts[-1] else line
    return [section(text or " ") for text in texts]


def _fits(lines: Sequence[str]) -> bool:
    blocks = _sections(lines)
    size = len(json.dumps(blocks, ensure_ascii=False).encode())
    return len(blocks) <= BLOCKS_LIMIT and size <= MESSAGE_LIMIT
