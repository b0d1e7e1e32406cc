"""What a telling claims of its page, and what a page's moving on makes of it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from steward.claims import THERE, among, assigned, due_on, has, hold, lives_in, outside, unassigned
from steward.pages import Person
from steward.snapshots import Snapshot

BERLIN = ZoneInfo("Europe/Berlin")
DONE = {"id": "4", "name": "Done"}
PAGE = Snapshot(
    "p",
    3,
    datetime(2026, 11, 20, 12, 0, tzinfo=UTC),
    False,
    "tasks",
    "Write",
    "https://notion/p",
    (Person("ann", "Ann", "person"),),
    {
        "status": DONE,
        "labels": [{"id": "1", "name": "a b"}, {"id": "2", "name": 'say "hi"'}],
        "due": {"start": "2026-11-26T23:30:00.000+00:00", "end": None},
        "empty": None,
    },
)


@pytest.mark.req("P3", "A5")
@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        (THERE, True),
        (assigned("ann"), True),
        (assigned("ben"), False),
        (unassigned("ann"), False),
        (unassigned("ben"), True),
        (lives_in("tasks"), True),
        (has("status", {"id": "4", "name": "Finished"}), True),
        (has("status", {"id": "3", "name": "Done"}), False),
        (among("status", ["Blocked", "Done"]), True),
        (among("status", ["Blocked"]), False),
        (among("labels", ['say "hi"']), True),
        (among("labels", ["a b", "c"]), True),
        (among("labels", ["a", "b"]), False),
        (among("empty", ["x"]), False),
        (among("unheard-of", ["x"]), False),
        (outside("status", ["Blocked"]), True),
        (outside("status", ["Blocked", "Done"]), False),
        (outside("labels", ["a b"]), False),
        (outside("empty", ["Done"]), True),
        (outside("unheard-of", ["Done"]), True),
        (due_on(date(2026, 11, 27), BERLIN), True),
        (due_on(date(2026, 11, 26), BERLIN), False),
        (due_on(date(2026, 11, 26), ZoneInfo("UTC")), True),
    ],
)
def test_a_claim_is_checked_against_the_newest_snapshot(claim: str, holds: bool) -> None:
    assert hold([claim], PAGE) is holds


@pytest.mark.parametrize(
    "claim", [outside("status", ["Blocked"]), unassigned("ben"), due_on(date(2026, 11, 27), BERLIN), THERE]
)
def test_nothing_is_true_of_a_page_that_is_gone(claim: str) -> None:
    assert not hold([claim], replace(PAGE, gone=True))


def test_a_date_that_was_taken_away_is_on_no_day() -> None:
    assert not hold([due_on(date(2026, 11, 27), BERLIN)], replace(PAGE, values={**PAGE.values, "due": None}))
