"""When a rule runs, which due dates it looks at, and which rungs they have come to."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from steward.effect_puts import KEEP
from steward.ladder import DAY, TOO_LATE, Ladder, Rung
from steward.rules import DeadlineRule, Overdue
from steward.rules.calendar import calendar
from steward.rules.values import Weekday

FIVE: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
SUNDAY_TO_THURSDAY: tuple[Weekday, ...] = ("sun", "mon", "tue", "wed", "thu")


def ladder(
    at: str = "09:00",
    zone: str = "Europe/Berlin",
    *,
    before: int = 1,
    working_only: bool = True,
    days: tuple[Weekday, ...] = FIVE,
    holidays: tuple[str, ...] = (),
    overdue: Overdue | None = None,
) -> Ladder:
    rule = DeadlineRule(
        kind="deadline",
        at=time.fromisoformat(at),
        days_before=before,
        working_days_only=working_only,
        overdue=overdue or Overdue(),
    )
    return Ladder.of(rule, calendar(zone, days, [date.fromisoformat(d) for d in holidays], None))


def day(text: str) -> date:
    return date.fromisoformat(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.req("A5")
@pytest.mark.parametrize(
    ("zone", "at", "now", "expected"),
    [
        # An ordinary day: from nine o'clock on, until midnight.
        ("Europe/Berlin", "09:00", "2026-11-26T07:59:59", None),
        ("Europe/Berlin", "09:00", "2026-11-26T08:00:00", "2026-11-26"),
        ("Europe/Berlin", "09:00", "2026-11-26T22:59:00", "2026-11-26"),
        ("Europe/Berlin", "09:00", "2026-11-26T23:00:00", None),
        # Nine is an hour earlier in UTC in summer; both switch days are Sundays.
        ("Europe/Berlin", "09:00", "2026-03-28T08:00:00", "2026-03-28"),
        ("Europe/Berlin", "09:00", "2026-03-28T07:59:00", None),
        ("Europe/Berlin", "09:00", "2026-03-29T06:59:00", None),
        ("Europe/Berlin", "09:00", "2026-03-29T07:00:00", "2026-03-29"),
        ("Europe/Berlin", "09:00", "2026-10-24T07:00:00", "2026-10-24"),
        ("Europe/Berlin", "09:00", "2026-10-25T07:00:00", None),
        ("Europe/Berlin", "09:00", "2026-10-25T08:00:00", "2026-10-25"),
        # Half past two does not exist on the one and comes twice on the other: once a day it is all the same.
        ("Europe/Berlin", "02:30", "2026-03-29T01:29:00", None),
        ("Europe/Berlin", "02:30", "2026-03-29T01:30:00", "2026-03-29"),
        ("Europe/Berlin", "02:30", "2026-10-25T00:29:00", None),
        ("Europe/Berlin", "02:30", "2026-10-25T00:30:00", "2026-10-25"),
        ("Europe/Berlin", "02:30", "2026-10-25T01:30:00", "2026-10-25"),
        ("America/New_York", "09:00", "2026-03-08T12:59:00", None),
        ("America/New_York", "09:00", "2026-03-08T13:00:00", "2026-03-08"),
        ("America/New_York", "09:00", "2026-11-01T13:59:00", None),
        ("America/New_York", "09:00", "2026-11-01T14:00:00", "2026-11-01"),
        # Zones of half an hour and of three quarters.
        ("Asia/Kolkata", "09:00", "2026-11-26T03:29:00", None),
        ("Asia/Kolkata", "09:00", "2026-11-26T03:30:00", "2026-11-26"),
        ("Asia/Kathmandu", "09:00", "2026-11-26T03:15:00", "2026-11-26"),
        ("Australia/Lord_Howe", "09:00", "2026-04-05T22:29:00", None),
        ("Australia/Lord_Howe", "09:00", "2026-04-05T22:30:00", "2026-04-06"),
        # The day there, not here.
        ("Pacific/Kiritimati", "09:00", "2026-11-25T19:00:00", "2026-11-26"),
        # Late in the evening the next tick may come after midnight.
        ("Europe/Berlin", "23:50", "2026-11-26T23:00:00", "2026-11-26"),
        ("Europe/Berlin", "23:50", "2026-11-26T23:50:00", None),
    ],
)
def test_a_run_comes_at_its_local_time_and_stays_for_its_day(
    zone: str, at: str, now: str, expected: str | None
) -> None:
    found = ladder(at, zone, working_only=False).run_at(utc(now))

    assert found == (day(expected) if expected else None)


@pytest.mark.req("A5")
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"])
@pytest.mark.parametrize("at", ["00:00", "02:30", "09:00", "23:45"])
def test_ticks_every_quarter_of_an_hour_give_every_day_of_a_year_its_run(zone: str, at: str) -> None:
    every_day = ladder(at, zone, working_only=False)
    now, end = utc("2026-01-02T00:00:00"), utc("2027-01-02T00:00:00")
    runs = set()
    while now < end:
        found = every_day.run_at(now)
        if found is not None:
            runs.add(found)
        now += timedelta(minutes=15)

    first = min(runs)
    assert runs == {first + n * DAY for n in range(len(runs))}
    assert len(runs) in (365, 366)


@pytest.mark.req("A5")
@pytest.mark.parametrize(
    ("now", "working_only", "runs"),
    [
        ("2026-11-27T09:00:00", True, True),
        ("2026-11-28T09:00:00", True, False),
        ("2026-11-28T09:00:00", False, True),
        ("2026-12-25T09:00:00", True, False),
        ("2026-12-25T09:00:00", False, False),
    ],
    ids=["friday", "saturday", "every day", "holiday", "holiday, every day"],
)
def test_nobody_is_reminded_on_days_off_and_never_on_holidays(
    now: str, working_only: bool, runs: bool
) -> None:
    found = ladder(working_only=working_only, holidays=("2026-12-25",)).run_at(utc(now))

    assert (found is not None) == runs


@pytest.mark.req("A5")
@pytest.mark.parametrize(
    ("made", "on", "last"),
    [
        (ladder(), "2026-11-26", "2026-11-27"),  # on Thursday, what is due on Friday
        (ladder(), "2026-11-27", "2026-11-30"),  # on Friday, what is due until Monday
        (ladder(holidays=("2026-11-30",)), "2026-11-27", "2026-12-01"),
        (ladder(before=0), "2026-11-27", "2026-11-29"),
        (ladder(before=3), "2026-11-26", "2026-11-29"),
        (ladder(before=365), "2026-11-26", "2027-11-26"),
        (ladder(working_only=False), "2026-11-27", "2026-11-28"),
        (ladder(days=SUNDAY_TO_THURSDAY), "2026-11-26", "2026-11-29"),
    ],
)
def test_a_run_looks_as_far_ahead_as_the_next_one_would_be_too_late(made: Ladder, on: str, last: str) -> None:
    assert made.last_due(day(on)) == day(last)
    assert Rung.AHEAD in made.reached(day(last), day(on))
    assert not list(made.reached(day(last) + DAY, day(on)))


@pytest.mark.req("A5")
@pytest.mark.parametrize(
    ("made", "due", "expected"),
    [
        # Due on Thursday: Wednesday ahead, Friday, Sunday → Monday, Thursday.
        (
            ladder(),
            "2026-11-26",
            {
                Rung.AHEAD: "2026-11-25",
                Rung.ASSIGNEE: "2026-11-27",
                Rung.LEAD: "2026-11-30",
                Rung.CHANNEL: "2026-12-03",
            },
        ),
        # Due on Monday: the Friday before.
        (ladder(), "2026-11-30", {Rung.AHEAD: "2026-11-27", Rung.ASSIGNEE: "2026-12-01"}),
        # Due at the weekend, on the day itself: on Friday.
        (ladder(before=0), "2026-11-29", {Rung.AHEAD: "2026-11-27", Rung.ASSIGNEE: "2026-11-30"}),
        (
            ladder(working_only=False),
            "2026-11-26",
            {Rung.AHEAD: "2026-11-25", Rung.ASSIGNEE: "2026-11-27", Rung.LEAD: "2026-11-29"},
        ),
        # A week of holidays puts off all that falls into it.
        (
            ladder(holidays=tuple(f"2026-12-{n}" for n in range(21, 32))),
            "2026-12-21",
            {Rung.AHEAD: "2026-12-18", Rung.ASSIGNEE: "2027-01-01", Rung.LEAD: "2027-01-01"},
        ),
    ],
)
def test_every_rung_has_its_first_day(made: Ladder, due: str, expected: dict[Rung, str]) -> None:
    days = [day(due) + n * DAY for n in range(-10, 40)]
    runs = [one for one in days if made.calendar.works_on(one)]
    first = {rung: next(one for one in runs if rung in made.reached(day(due), one)) for rung in expected}

    assert first == {rung: day(on) for rung, on in expected.items()}


@pytest.mark.req("A5")
@pytest.mark.parametrize("rung", Rung)
def test_a_rung_that_was_missed_is_reached_for_two_weeks_and_is_history_then(rung: Rung) -> None:
    made = ladder(before=20, working_only=False)
    due = day("2026-11-26")
    days = [due + n * DAY for n in range(-40, 60) if rung in made.reached(due, due + n * DAY)]

    assert days == [days[0] + n * DAY for n in range(TOO_LATE.days + 1)]


def test_a_rung_of_no_days_is_never_reached() -> None:
    made = ladder(overdue=Overdue(assignee=0, lead=0, channel=0))

    assert not any(list(made.reached(day("2026-11-26"), day("2026-11-27") + n * DAY)) for n in range(60))


def test_what_was_told_is_remembered_for_longer_than_it_may_be_told() -> None:
    assert TOO_LATE * 2 < KEEP


def test_a_team_that_never_works_is_never_reminded() -> None:
    whole_year = tuple((day("2026-01-01") + n * DAY).isoformat() for n in range(900))

    assert ladder(holidays=whole_year).run_at(utc("2026-11-26T12:00:00")) is None
    assert ladder(holidays=whole_year).last_due(day("2026-11-26")) >= day("2026-11-26")
