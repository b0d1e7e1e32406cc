"""When a deadline is reminded of: on which days a rule runs, and which rungs of its ladder a due date has come to. Pure.

A reminder is a state, not an appointment: a rung is *reached* from its day on, so what one run missed the next one tells,
and what was told is known by its id. After ``TOO_LATE`` it is history, which a rule that was just switched on need not
bring up. Holidays are kept in any case; ``working_days_only = false`` makes a day's work of every other day.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from steward.rules import Calendar, DeadlineRule

DAY = timedelta(days=1)

TOO_LATE = timedelta(days=14)
"""How long after its day a rung may still be told: as long as the lane keeps a message.

Well below the time for which a closed effect is remembered, so that what was told is always known.
"""

PAST_MIDNIGHT = timedelta(hours=1)
"""A run of late in the evening may still begin so long after its time, although that is the next day."""

_EVERY_DAY = frozenset(range(7))


class Rung(StrEnum):
    """Who is told, and why."""

    AHEAD = "ahead"  # the assignees: it is going to be due
    ASSIGNEE = "assignee"  # the assignees: it is overdue
    LEAD = "lead"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Ladder:
    """One rule in one calendar.

    Attributes:
        rule: the rule.
        calendar: in which the rule's own days are the working days.
    """

    rule: DeadlineRule
    calendar: Calendar

    @staticmethod
    def of(rule: DeadlineRule, calendar: Calendar) -> "Ladder":
        """The ladder of a rule, in the calendar of its data source."""
        days = calendar.working_days if rule.working_days_only else _EVERY_DAY
        return Ladder(rule, replace(calendar, working_days=days))

    def run_at(self, now: datetime) -> date | None:
        """The day whose run has come at an aware moment; None before its time, on holidays and days off."""
        today = self.calendar.today(now)
        for day in (today, today - DAY):
            at = self.calendar.moment(day, self.rule.at)
            if at <= now:
                begins = day == today or now - at < PAST_MIDNIGHT
                return day if begins and self.calendar.works_on(day) else None
        return None

    def run_moment(self, day: date) -> datetime:
        """When the run of a day begins, in UTC."""
        return self.calendar.moment(day, self.rule.at)

    def last_due(self, day: date) -> date:
        """The latest due date that the run of a day looks at: what is due later is reminded of by a later run."""
        return self.calendar.next_working_day(day + DAY) - DAY + timedelta(days=self.rule.days_before)

    def reached(self, due: date, day: date) -> Iterator[Rung]:
        """The rungs that a due date has come to at the run of a day, and that are not history."""
        if due >= day:
            ahead = self.calendar.last_working_day(due - timedelta(days=self.rule.days_before))
            if ahead <= day <= ahead + TOO_LATE:
                yield Rung.AHEAD
            return
        overdue = self.rule.overdue
        for rung, days in (
            (Rung.ASSIGNEE, overdue.assignee),
            (Rung.LEAD, overdue.lead),
            (Rung.CHANNEL, overdue.channel),
        ):
            first = self.calendar.next_working_day(due + timedelta(days=days))
            if days and first <= day <= first + TOO_LATE:
                yield rung
