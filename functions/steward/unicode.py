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
    spaced = " ".join(well_formed(text).split())
    kept = "".join(c for c in spaced if c in _JOINERS or unicodedata.category(c) not in ("Cc", "Cf"))
    line = " ".join(kept.split())
    if not line.strip("\u200c\u200d "):
        return ""
    return line if limit is None or len(line) <= limit else line[: limit - 1].rstrip() + "…"
