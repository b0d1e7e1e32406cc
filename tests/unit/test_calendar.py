"""When a team works, also on the two days on which the clock is put forward and back."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from steward.rules.calendar import Calendar, QuietHours, calendar

FUNCTIONS = Path(__file__).parents[2] / "functions"


def berlin(start: str = "22:00", end: str = "07:00") -> Calendar:
    quiet = QuietHours.model_validate({"from": start, "to": end})
    return calendar("Europe/Berlin", ["mon", "tue", "wed", "thu", "fri"], [date(2026, 12, 25)], quiet)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.req("A5")
@pytest.mark.parametrize(
    ("day", "works", "last", "following"),
    [
        ("2026-11-20", True, "2026-11-20", "2026-11-20"),
        ("2026-11-21", False, "2026-11-20", "2026-11-23"),
        ("2026-12-25", False, "2026-12-24", "2026-12-28"),
    ],
)
def test_weekends_and_holidays_are_no_working_days(day: str, works: bool, last: str, following: str) -> None:
    there, this = berlin(), date.fromisoformat(day)

    assert there.works_on(this) is works
    assert there.last_working_day(this) == date.fromisoformat(last)
    assert there.next_working_day(this) == date.fromisoformat(following)


@pytest.mark.req("A5")
@pytest.mark.parametrize(
    ("day", "local", "expected"),
    [
        ("2026-11-20", "09:00", "2026-11-20T08:00:00+00:00"),
        ("2026-07-20", "09:00", "2026-07-20T07:00:00+00:00"),
        ("2027-03-28", "09:00", "2027-03-28T07:00:00+00:00"),
        ("2027-03-28", "02:30", "2027-03-28T01:30:00+00:00"),
        ("2026-10-25", "02:30", "2026-10-25T00:30:00+00:00"),
        ("2026-10-25", "09:00", "2026-10-25T08:00:00+00:00"),
    ],
)
def test_a_local_time_is_one_moment_on_every_day(day: str, local: str, expected: str) -> None:
    assert berlin().moment(date.fromisoformat(day), time.fromisoformat(local)) == at(expected)


@pytest.mark.req("A11")
@pytest.mark.parametrize(
    ("hours", "now", "expected"),
    [
        (("22:00", "07:00"), "2026-11-20T21:59:59+01:00", None),
        (("22:00", "07:00"), "2026-11-20T22:00:00+01:00", "2026-11-21T07:00:00+01:00"),
        (("22:00", "07:00"), "2026-11-21T06:59:59+01:00", "2026-11-21T07:00:00+01:00"),
        (("22:00", "07:00"), "2026-11-21T07:00:00+01:00", None),
        (("12:00", "13:00"), "2026-11-20T12:30:00+01:00", "2026-11-20T13:00:00+01:00"),
        (("12:00", "13:00"), "2026-11-20T23:00:00+01:00", None),
        (("22:00", "07:00"), "2027-03-27T23:00:00+01:00", "2027-03-28T07:00:00+02:00"),
        (("22:00", "07:00"), "2026-10-24T23:00:00+02:00", "2026-10-25T07:00:00+01:00"),
        (("22:00", "02:30"), "2027-03-28T01:59:00+01:00", "2027-03-28T03:30:00+02:00"),
    ],
)
def test_quiet_hours_end_when_the_clock_there_says_so(
    hours: tuple[str, str], now: str, expected: str | None
) -> None:
    assert berlin(*hours).quiet_until(at(now)) == (expected and at(expected))


@pytest.mark.parametrize("folder", ["infra/layers/http", "infra/local", "."])
def test_time_zone_data_ships_with_whatever_reads_the_rules(folder: str) -> None:
    name = "requirements-dev.txt" if folder == "." else "requirements.txt"

    assert "\ntzdata==" in (FUNCTIONS.parent / folder / name).read_text()


def test_a_machine_without_time_zone_data_uses_what_ships() -> None:
    pytest.importorskip("tzdata", reason="not installed yet: make setup")
    code = "from steward.rules.calendar import calendar; print(calendar('Asia/Tokyo', [], [], None).zone.key)"
    environment = {
        **os.environ,
        "PYTHONTZPATH": "",
        "PYTHONPATH": os.pathsep.join([str(FUNCTIONS), *sys.path]),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )

    assert done.stdout.strip() == "Asia/Tokyo"
