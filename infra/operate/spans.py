"""Times as an operator writes them on a command line, and ages as one reads them. Pure."""

import argparse
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_SPAN = re.compile(r"([0-9]{1,5})(s|m|h|d|w)")
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}

SINCE = "how far back: 90s, 45m, 2h, 7d or 1w before now, or an ISO-8601 time (UTC where it names no zone)"
"""Help of an option whose value ``since`` reads."""

Since = Callable[[datetime], datetime]
"""Gives the moment that was meant, from now."""


def since(text: str) -> Since:
    """Read a span before now, or a time.

    Raises:
        argparse.ArgumentTypeError: it is neither.
    """
    found = _SPAN.fullmatch(text)
    if found is not None:
        span = int(found[1]) * _UNITS[found[2]]
        return lambda now: now - span
    try:
        moment = datetime.fromisoformat(text)
        zoned = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):  # the latter of a year that UTC does not have
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time; write 45m, 2h or 7d, or 2026-11-21T14:00"
        ) from None
    return lambda _: zoned


def ahead(text: str) -> timedelta:
    """Read a span from now on; ``0`` is none.

    Raises:
        argparse.ArgumentTypeError: it is no span.
    """
    if text == "0":
        return timedelta(0)
    found = _SPAN.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write 45m, 2h or 1d, or 0 for none")
    return int(found[1]) * _UNITS[found[2]]


def count_to(most: int) -> Callable[[str], int]:
    """Make a reader of numbers from 1 to ``most``."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not 0 < int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {most}")
        return int(text)

    return read


def seconds_to(most: float) -> Callable[[str], float]:
    """Make a reader of seconds from 0 to ``most``, which refuses what is no number or has no end."""

    def read(text: str) -> float:
        try:
            seconds = float(text)
        except ValueError:
            seconds = math.nan
        if not 0 <= seconds <= most:  # also when it is no number: then nothing compares
            raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 0 to {most:g}")
        return seconds

    return read


def span(time: timedelta) -> str:
    """A time for a person, in its two largest units: ``42 s``, ``3 min 20 s``, ``2 h 5 min``, ``3 d 4 h``; never negative."""
    seconds = max(int(time.total_seconds()), 0)
    for size, name, under, small in (
        (86_400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if seconds >= size:
            rest = seconds % size // under
            return f"{seconds // size} {name}" + (f" {rest} {small}" if rest else "")
    return f"{seconds} s"


def took(milliseconds: int) -> str:
    """A duration for a person: ``340 ms``, ``2.1 s``, then as ``span``."""
    if milliseconds < 1000:
        return f"{max(milliseconds, 0)} ms"
    return (
        f"{milliseconds / 1000:.1f} s"
        if milliseconds < 60_000
        else span(timedelta(milliseconds=milliseconds))
    )
