"""On which day something is due, where the team is. Pure.

A date is that day everywhere. A moment is the day that it is then in the team's time zone; one without an offset is the
team's own wall clock. Of a range the end counts: until then there is time. A day is the finest that is told apart: what is
due at nine is overdue on the next day.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from steward.values import Value

_DATE = len("2026-11-21")


def due_day(value: Value, zone: ZoneInfo) -> date | None:
    """The day on which the value of a date property is due; None for an empty one and for what is no date.

    Args:
        value: ``{"start": …, "end": …}`` as in ``steward.values``: ISO 8601, ``end`` may be None.
        zone: where the day is read.
    """
    if not isinstance(value, dict):
        return None
    text = value.get("end") or value.get("start")
    if not isinstance(text, str):
        return None
    try:
        if len(text) == _DATE:
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(zone).date()
    except (ValueError, OverflowError):
        return None
