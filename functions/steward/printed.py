"""What is shown to people line by line: nothing that a terminal would obey, and times that they read. Pure."""

from datetime import UTC, datetime


def printable(text: str) -> str:
    """A text without control characters: what strangers wrote must not steer the terminal."""
    return "".join(c if c.isprintable() else "�" for c in text)


def when(moment: datetime | None) -> str:
    """A time, in UTC: ``2026-11-20 12:00:00Z``."""
    return "unknown" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}"


def parsed(value: object) -> datetime | None:
    """A time as it is stored or sent, or None where there is none."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo else None
