"""How numbers and times are said in pages: short, and in units that people use. Pure."""

from datetime import UTC, datetime, timedelta


def span(seconds: float | None) -> str:
    """A length of time in at most two units: ``8 s``, ``3 min``, ``2 h 5 min``, ``4 d 1 h``; a dash when nobody knows."""
    if seconds is None:
        return "—"
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes = whole // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def latency(seconds: float | None) -> str:
    """How long an answer took: ``240 ms``, ``3.2 s``; a dash when nobody knows."""
    if seconds is None:
        return "—"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def ago(at: datetime, now: datetime) -> float:
    """Seconds since a moment; none for one that has not come."""
    return max(timedelta(0), now - at).total_seconds()


def number(value: float) -> str:
    """A number with its thousands apart by a thin space, which no reader takes for a decimal mark."""
    return f"{value:,}".replace(",", "\u202f")


def stamp(at: datetime) -> str:
    """A time for machines: ``2026-11-21T14:02:11Z``."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def whole(at: datetime) -> str:
    """A time for people who compare: ``2026-11-21 14:02:11 UTC``."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def clock(at: datetime, now: datetime) -> str:
    """A time for people who glance, in UTC: ``14:02:11``; on another day ``20 Nov 14:02``."""
    at, now = at.astimezone(UTC), now.astimezone(UTC)
    if at.date() == now.date():
        return f"{at:%H:%M:%S}"
    if at.year == now.year:
        return f"{at.day} {at:%b %H:%M}"
    return f"{at:%Y-%m-%d %H:%M}"
