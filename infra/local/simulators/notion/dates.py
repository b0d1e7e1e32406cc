"""Dates as Notion writes and compares them.

Promises milliseconds since the epoch for anything Notion accepts, and the span of time that a filter's value means:
a whole day for a date, an instant for a date with a time. Dates without a zone are read as UTC.
"""

from datetime import UTC, date, datetime, timedelta

DAY_MS = 86_400_000
_DATE_LENGTH = len("2026-11-21")


def iso(epoch_ms: int) -> str:
    """``2026-11-21T10:15:00.000Z``."""
    moment = datetime.fromtimestamp(epoch_ms / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{epoch_ms % 1000:03d}Z"


def is_iso(value: object) -> bool:
    """True for a date or a date with time that Notion would take."""
    return isinstance(value, str) and span(value) is not None


def span(value: str) -> tuple[int, int] | None:
    """First and last millisecond that ``value`` means, or None when it is no date."""
    try:
        if len(value) == _DATE_LENGTH:
            start = _ms(datetime.combine(date.fromisoformat(value), datetime.min.time(), UTC))
            return start, start + DAY_MS - 1
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    instant = _ms(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return instant, instant


def relative(word: str, now_ms: int) -> tuple[int, int] | None:
    """The day that a relative word (``today``, ``one_week_ago``…) means at ``now_ms``."""
    today = datetime.fromtimestamp(now_ms / 1000, UTC).date()
    days = {"today": 0, "tomorrow": 1, "yesterday": -1, "one_week_ago": -7, "one_week_from_now": 7}
    if word in days:
        return span((today + timedelta(days=days[word])).isoformat())
    if word in ("one_month_ago", "one_month_from_now"):
        return span(_months(today, -1 if word.endswith("ago") else 1).isoformat())
    return None


def period(name: str, now_ms: int) -> tuple[int, int] | None:
    """The span of ``this_week``, ``past_week``, ``next_month``…, counted from today, both ends included."""
    today = datetime.fromtimestamp(now_ms / 1000, UTC).date()
    monday = today - timedelta(days=today.weekday())
    spans = {
        "this_week": (monday, monday + timedelta(days=6)),
        "past_week": (today - timedelta(days=7), today),
        "next_week": (today, today + timedelta(days=7)),
        "past_month": (_months(today, -1), today),
        "next_month": (today, _months(today, 1)),
        "past_year": (_months(today, -12), today),
        "next_year": (today, _months(today, 12)),
    }
    if name not in spans:
        return None
    first, last = spans[name]
    start, end = span(first.isoformat()), span(last.isoformat())
    return (start[0], end[1]) if start and end else None


def _months(day: date, count: int) -> date:
    index = day.year * 12 + day.month - 1 + count
    year, month = index // 12, index % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    return date(year, month, min(day.day, last))


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
