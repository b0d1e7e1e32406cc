"""The nearest valid names, for every message that refuses one."""

import difflib
from collections.abc import Iterable

SHOWN = 12
"""Names that a message lists at most."""


def nearest(given: str, known: Iterable[str], most: int = 2) -> list[str]:
    """The known names that ``given`` probably means, the likeliest first; upper and lower case are alike."""
    spelt: dict[str, str] = {}
    for name in known:
        spelt.setdefault(name.casefold(), name)
    return [spelt[found] for found in difflib.get_close_matches(given.casefold(), spelt, n=most)]


def hint(given: str, known: Iterable[str]) -> str:
    """What to write instead: the nearest names, or else the known ones."""
    names = list(dict.fromkeys(known))
    near = nearest(given, names)
    if near:
        return f"did you mean {' or '.join(repr(name) for name in near)}?"
    if not names:
        return "there is none yet"
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"known here: {', '.join(names[:SHOWN])}{more}"
