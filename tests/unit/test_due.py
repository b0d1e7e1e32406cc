"""On which day something is due, where the team is."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from steward.due import due_day
from steward.values import Value

BERLIN, NEW_YORK, KOLKATA = "Europe/Berlin", "America/New_York", "Asia/Kolkata"


@pytest.mark.req("A5")
@pytest.mark.parametrize(
    ("value", "zone", "expected"),
    [
        ({"start": "2026-11-27", "end": None}, BERLIN, "2026-11-27"),
        ({"start": "2026-11-27", "end": None}, "Pacific/Kiritimati", "2026-11-27"),
        ({"start": "2026-11-27", "end": "2026-12-01"}, BERLIN, "2026-12-01"),
        # A moment is whatever day it is there.
        ({"start": "2026-11-27T23:30:00.000+00:00", "end": None}, BERLIN, "2026-11-28"),
        ({"start": "2026-11-27T23:30:00.000+00:00", "end": None}, NEW_YORK, "2026-11-27"),
        ({"start": "2026-11-27T18:29:00.000Z", "end": None}, KOLKATA, "2026-11-27"),
        ({"start": "2026-11-27T18:30:00.000Z", "end": None}, KOLKATA, "2026-11-28"),
        ({"start": "2026-11-27T01:00:00.000+02:00", "end": None}, NEW_YORK, "2026-11-26"),
        ({"start": "2026-11-27", "end": "2026-11-29T23:00:00.000+00:00"}, BERLIN, "2026-11-30"),
        # Without an offset it is the team's own clock.
        ({"start": "2026-11-27T23:30:00", "end": None}, BERLIN, "2026-11-27"),
        # The offset of midnight itself, before and after the clocks go back.
        ({"start": "2026-10-24T22:30:00.000Z", "end": None}, BERLIN, "2026-10-25"),
        ({"start": "2026-10-25T22:30:00.000Z", "end": None}, BERLIN, "2026-10-25"),
        ({"start": "2026-10-25T23:00:00.000Z", "end": None}, BERLIN, "2026-10-26"),
    ],
)
def test_the_day_is_that_of_the_end_in_the_teams_time_zone(value: Value, zone: str, expected: str) -> None:
    assert due_day(value, ZoneInfo(zone)) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "2026-11-27",
        ["2026-11-27"],
        {},
        {"start": None, "end": None},
        {"start": "soon", "end": None},
        {"start": "2026-13-01", "end": None},
        {"start": "0001-01-01T00:00:00+14:00", "end": None},
    ],
)
def test_what_is_no_date_is_due_on_no_day(value: Value) -> None:
    assert due_day(value, ZoneInfo("Pacific/Pago_Pago")) is None
