"""Text that every queue, table and channel takes.

JSON can carry half of a surrogate pair, written as an escape, and what cuts text as JavaScript counts it makes one of every
emoji at the edge. No UTF-8 can hold it, so DynamoDB, SQS and an address refuse the whole message that it stands in.
"""

import unicodedata

_JOINERS = frozenset("\u200c\u200d")
"""Zero width, and kept: Persian and Indic words and half of all emoji are spelt with them."""


def well_formed(text: str) -> str:
    """A text in which every lone surrogate is a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def one_line(text: str, limit: int | None = None) -> str:
    """What somebody typed, as one line that shows all that it holds.

    Line breaks and other white space become single spaces. Control and format characters go: one that turns the
    direction of writing also turns what stands beside it, and one that has no width hides in a word.

    Args:
        text: anything.
        limit: characters that are kept, an ellipsis included; None keeps all.
    """
    line = " ".join(_shown(" ".join(well_formed(text).split())).split())
    if not line.strip("\u200c\u200d "):
        return ""
    return line if limit is None or len(line) <= limit else line[: limit - 1].rstrip() + "…"


def plain_lines(text: str, limit: int) -> str:
    """A text of several lines without control and format characters, cut after ``limit`` characters."""
    lines = well_formed(text).replace("\r\n", "\n").replace("\r", "\n")
    return _shown(lines, keep="\n\t")[:limit]


def _shown(text: str, keep: str = "") -> str:
    return "".join(
        c for c in text if c in keep or c in _JOINERS or unicodedata.category(c) not in ("Cc", "Cf")
    )
