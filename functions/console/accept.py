"""Which of the media types that there are somebody wants: RFC 9110, 12.5.1. Pure.

Powertools and the libraries that ship beside it do not negotiate. Of a header that nobody should send what can't be
understood is as if it were not there.
"""

import re
from collections.abc import Sequence

LONGEST = 1000
"""Characters of a header that are read."""

_RANGE = re.compile(r"\s*([!#$%&'*+.^_`|~\w-]+)/([!#$%&'*+.^_`|~\w-]+)\s*((?:;[^,]*)?)", re.ASCII)
_QUALITY = re.compile(r";\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*(?:;|$)", re.IGNORECASE | re.ASCII)


def best(accept: str | None, offered: Sequence[str]) -> str | None:
    """The media type to answer with.

    Args:
        accept: the header, or None where there is none: then everything is welcome.
        offered: what there is, what we would rather give first, without parameters.

    Returns:
        One of ``offered``, or None where none of them is welcome.
    """
    if accept is None or not accept.strip():
        return offered[0]
    ranges = [found for part in accept[:LONGEST].split(",") if (found := _range(part)) is not None]
    wants = [(_quality(ranges, media), media) for media in offered]
    quality, media = max(wants, key=lambda want: want[0])  # of equals the first
    return media if quality > 0 else None


def _range(part: str) -> tuple[str, str, float] | None:
    found = _RANGE.fullmatch(part)
    if found is None:
        return None
    quality = _QUALITY.search(found[3])
    if quality is None and re.search(r";\s*q\s*=", found[3], re.IGNORECASE):
        return None
    return found[1].lower(), found[2].lower(), min(float(quality[1]), 1.0) if quality else 1.0


def _quality(ranges: Sequence[tuple[str, str, float]], media: str) -> float:
    """What the most specific range that has a media type says of it."""
    kind, _, name = media.partition("/")
    for wanted in ((kind, name), (kind, "*"), ("*", "*")):
        said = [quality for first, second, quality in ranges if (first, second) == wanted]
        if said:
            return max(said)
    return 0.0
