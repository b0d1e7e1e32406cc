"""Markdown that nothing in it can break: what vendors and people wrote stays text. Pure.

CommonMark takes a backslash before any ASCII punctuation as that character itself, GitHub's tables too, and cells are
split only at bars without one.
Source: CommonMark 0.31 section 2.4; GitHub Flavored Markdown sections 4.10 (tables) and 6.9 (autolinks).
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from steward.scrubbing import scrub
from steward.unicode import one_line, well_formed

LIMIT = 300
"""Characters that are kept of a text."""

NOT_KNOWN = "not known"

_MEANS = re.compile(r"[\\`*_\[\]<>|~&$@#^=]|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""What means something within a line; what means something at its beginning never stands there."""

_PLAIN = "#:@/.,;=+!~"


def told(text: str, limit: int = LIMIT) -> str:
    """What a vendor, a probe or a person wrote, as one line of text; without secrets and e-mail addresses."""
    return escape(one_line(scrub(well_formed(text)), limit)) or NOT_KNOWN


def escape(text: str) -> str:
    """A line in which no character means anything to Markdown."""
    return _MEANS.sub(r"\\\g<0>", text)


def exact(text: str) -> str:
    """A key so that it can be read back exactly: what is no printable ASCII, and white space, as in an address."""
    return escape(quote(well_formed(text), safe=_PLAIN))


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table; cells are Markdown already."""
    return [_line(header), _line(["---"] * len(header)), *(_line(row) for row in rows)]


def when(moment: datetime) -> str:
    """A time in UTC: ``2026-11-20 12:00:00``."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def day(moment: datetime) -> str:
    """Its day in UTC: ``2026-11-20``."""
    return when(moment)[:10]


def lasting(seconds: float) -> str:
    """A duration in whole seconds, cut: ``1 h 5 min 3 s``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    first = next((n for n, (number, _) in enumerate(parts) if number), 2)
    return " ".join(f"{number} {unit}" for number, unit in parts[first:])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
