"""What is remembered of a page comes back from the table as it was written, and what it claims is checked against it."""

from datetime import UTC, datetime

import pytest

from steward.claims import FREE, GONE, THERE, assigned, either, has, hold, unassigned
from steward.documents import snapshot_item, snapshot_of
from steward.pages import Person
from steward.snapshots import Departure, Snapshot

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ANN = Person("ann", "Ann", "person")
PAGE = Snapshot("p", 3, AT, False, "tasks", "Write", "u", (ANN,), {"status": "Done"}, parents=("tasks", "db"))


@pytest.mark.parametrize("departure", [None, *Departure])
def test_a_snapshot_comes_back_as_it_was(departure: Departure | None) -> None:
    kept = PAGE if departure is None else PAGE.tombstone(AT, departure)

    assert snapshot_of(snapshot_item(kept)) == kept


@pytest.mark.req("P3")
@pytest.mark.parametrize(
    ("claims", "true", "true_of_a_tombstone"),
    [
        ([], True, True),
        ([THERE], True, False),
        ([GONE], False, True),
        ([FREE], False, False),
        ([assigned("ann")], True, False),
        ([unassigned("ann")], False, False),
        ([either([has("status", "Done"), has("priority", "High")])], True, False),
        ([either([has("status", "Doing"), unassigned("ann")])], False, False),
        ([either([])], False, False),
        ([THERE, either([unassigned("ben")])], True, False),
    ],
)
def test_a_claim_is_true_or_not(claims: list[str], true: bool, true_of_a_tombstone: bool) -> None:
    assert hold(claims, PAGE) == true
    assert hold(claims, PAGE.tombstone(AT, Departure.TRASHED)) == true_of_a_tombstone
