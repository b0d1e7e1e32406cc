"""When a team works: time zone, working days, holidays, quiet hours.

Pure: moments go in and come out; the wall clock of both daylight saving days is Python's own reading, in which a time that
does not exist is as much later as the clock was put forward, and the first of two is meant when it exists twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from steward.rules.values import LocalTime, Strict, Weekday

WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONGEST_REST = 366


class QuietHours(Strict):
    """When only urgent messages are sent; they may cross midnight.

    Attributes:
        start: ``from`` in the file.
        end: ``to`` in the file: the first moment at which messages are sent again.
    """

    start: LocalTime = Field(alias="from")
    end: LocalTime = Field(alias="to")


@dataclass(frozen=True, slots=True)
class Calendar:
    """When the people of one data source work.

    Attributes:
        zone: their time zone.
        working_days: ``date.weekday()`` of each.
        holidays: days that are none.
        quiet_hours: or None.
    """

    zone: ZoneInfo
    working_days: frozenset[int]
    holidays: frozenset[date]
    quiet_hours: QuietHours | None

    def works_on(self, day: date) -> bool:
        """Is it a working day?"""
        return day.weekday() in self.working_days and day not in self.holidays

    def last_working_day(self, day: date) -> date:
        """The day itself or the last working day before it; the day itself when a year has none."""
        return self._search(day, -1)

    def next_working_day(self, day: date) -> date:
        """The day itself or the next working day after it; the day itself when a year has none."""
        return self._search(day, 1)

    def today(self, now: datetime) -> date:
        """The day that it is there at an aware moment."""
        return now.astimezone(self.zone).date()

    def moment(self, day: date, at: time) -> datetime:
        """The moment, in UTC, at which it is ``at`` on that day there."""
        return datetime.combine(day, at, self.zone).astimezone(UTC)

    def quiet_until(self, now: datetime) -> datetime | None:
        """When the quiet hours that hold at an aware moment end, in UTC; None outside of them."""
        if self.quiet_hours is None:
            return None
        start, end = self.quiet_hours.start, self.quiet_hours.end
        today = self.today(now)
        # Those that began yesterday may still last; comparing moments, not wall clocks, is right on both switch days.
        for day in (today - timedelta(days=1), today):
            begins = self.moment(day, start)
            ends = self.moment(day if start < end else day + timedelta(days=1), end)
            if begins <= now < ends:
                return ends
        return None

    def _search(self, day: date, step: int) -> date:
        days = (day + timedelta(days=step * n) for n in range(_LONGEST_REST))
        return next((found for found in days if self.works_on(found)), day)


def calendar(
    zone: str, working_days: Iterable[Weekday], holidays: Iterable[date], quiet_hours: QuietHours | None
) -> Calendar:
    """A calendar of the file's words."""
    return Calendar(
        ZoneInfo(zone), frozenset(WEEK.index(day) for day in working_days), frozenset(holidays), quiet_hours
    )
