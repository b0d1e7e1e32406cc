r"""Patterns for titles: regular expressions of which none can keep a function busy.

Allowed: characters, ``.``, classes such as ``[a-z]``, ``\d \w \s \b`` and their opposites, escaped signs, ``^ $``,
alternatives ``a|b``, groups ``(…)`` and ``(?:…)``, the repetitions ``* + ? {2} {2,5}`` with or without ``?`` behind.
Refused: look-around, back-references, named groups and flags, and every pattern in which the ways that the matcher may
have to try on a title of ``SEEN`` characters are more than ``WAYS``; ``(a+)+`` is one.

Upper and lower case are alike. Only the first ``SEEN`` characters of a title are looked at. A pattern may fit anywhere in
them; ``^`` ties it to the beginning.
"""

import re
from functools import lru_cache

LONGEST = 100
"""Characters of a pattern."""

SEEN = 200
"""Characters of a title."""

WAYS = 10_000_000
"""``.*a.*`` has 200³ = 8 million; measured, the slowest that is allowed takes about a second, an ordinary one a microsecond."""

_COUNT = re.compile(r"\{(\d{1,3})?(,)?(\d{1,3})?\}")


class PatternRefused(ValueError):
    """The pattern is not allowed; the message says why."""


def check(pattern: str) -> str:
    """Return the pattern, or refuse it.

    Raises:
        PatternRefused: it is no regular expression, or one that is not allowed.
    """
    if len(pattern) > LONGEST:
        raise PatternRefused(f"a pattern has at most {LONGEST} characters")
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternRefused(f"not a regular expression: {error}") from error
    ways = _Reader(pattern).ways()
    if ways > WAYS:
        raise PatternRefused(
            "a title could keep this pattern busy for too long: use fewer of * + ? {…}, none around another, "
            "or tie the pattern to the beginning with ^"
        )
    return pattern


def fits(pattern: str, title: str) -> bool:
    """Does a checked pattern fit a title?"""
    return _compiled(pattern).search(title[:SEEN]) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


class _Reader:
    """Counts the ways to match while it reads a pattern that ``re`` accepts."""

    def __init__(self, pattern: str) -> None:
        self._rest = pattern

    def ways(self) -> int:
        """The most ways that the whole pattern may be tried in; each branch begins anywhere unless ``^`` ties it."""
        branches = []
        while True:
            start = 1 if self._rest.startswith("^") else SEEN
            branches.append(start * self._sequence())
            if not self._take("|"):
                return sum(branches)

    def _alternatives(self) -> int:
        ways = self._sequence()
        while self._take("|"):
            ways += self._sequence()
        return ways

    def _sequence(self) -> int:
        ways = 1
        while self._rest and self._rest[0] not in "|)":
            # Bounded, so that a hostile pattern can't make the number itself large.
            ways = min(ways * self._repeated(self._atom()), WAYS * SEEN)
        return ways

    def _atom(self) -> int:
        if self._take("("):
            if self._rest.startswith("?") and not self._take("?:"):
                raise PatternRefused("a group begins with ( or (?: only, without look-around, names or flags")
            ways = self._alternatives()
            self._take(")")
            return ways
        if self._take("["):
            self._class()
        elif self._take("\\"):
            if self._rest[:1].isdigit():
                raise PatternRefused("back-references such as \\1 are not allowed")
            self._rest = self._rest[1:]
        else:
            self._rest = self._rest[1:]
        return 1

    def _class(self) -> None:
        self._take("^")
        self._take("]")  # the first one stands for itself
        while self._rest and not self._take("]"):
            self._rest = self._rest[2 if self._rest[0] == "\\" else 1 :]

    def _repeated(self, ways: int) -> int:
        lengths = self._lengths()
        if lengths is None:
            return ways
        if self._rest[:1] in ("?", "+"):  # lazy or possessive: no more ways than greedy
            self._rest = self._rest[1:]
        least, most = lengths
        return (most - least + 1) * min(ways, SEEN) ** most if ways > 1 else most - least + 1

    def _lengths(self) -> tuple[int, int] | None:
        for sign, lengths in (("*", (0, SEEN)), ("+", (1, SEEN)), ("?", (0, 1))):
            if self._take(sign):
                return lengths
        count = _COUNT.match(self._rest)
        if count is None or count[0] in ("{}", "{,}"):
            return None
        self._rest = self._rest[count.end() :]
        least = int(count[1] or 0)
        most = int(count[3]) if count[3] else (SEEN if count[2] else least)
        return min(least, SEEN), max(min(most, SEEN), min(least, SEEN))

    def _take(self, text: str) -> bool:
        if not self._rest.startswith(text):
            return False
        self._rest = self._rest[len(text) :]
        return True
