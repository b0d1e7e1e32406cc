"""The journal of a time is read from end to end, a page at a time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from steward.events import Event
from steward.journal import Decision, Entry, Journal
from tests.integration.stand import Stand, standing
from tests.integration.watched import Watched
from tests.unit.post_mortem.stories import at

pytestmark = pytest.mark.req("P8", "T7")


@pytest.fixture
def stand() -> Iterator[Stand]:
    with standing(quick=True) as made:
        yield made


def table(stand: Stand) -> Any:
    return stand.dynamodb.Table(stand.environ["JOURNAL_TABLE"])


def journal(stand: Stand) -> Journal:
    return Journal(table(stand), 90, stand.clock.now)


def finish(stand: Stand, event_id: str, when: datetime, why: str = "-") -> None:
    event = Event(event_id, "page.created", "official", when, "p", "page")
    journal(stand).record(Entry(event, Decision.OBSERVED, why, "A title", (), 1, when, when))


def test_a_time_that_spans_midnight_is_read_in_order_with_both_ends(stand: Stand) -> None:
    midnight = at("23:59:59") + timedelta(seconds=1)
    for number in range(-3, 4):
        finish(stand, f"e{number}", midnight + timedelta(minutes=number))

    found = journal(stand).between(midnight - timedelta(minutes=2), midnight + timedelta(minutes=2))

    assert [row["pk"] for row in found] == [f"EVENT#e{n}" for n in (-2, -1, 0, 1, 2)]


def test_a_time_that_ends_before_it_begins_holds_nothing(stand: Stand) -> None:
    finish(stand, "e", at("12:00:00"))

    assert list(journal(stand).between(at("12:00:01"), at("12:00:00"))) == []


def test_pages_are_read_to_the_end_without_titles_and_one_by_one(stand: Stand) -> None:
    for number in range(24):  # 100 KB each: DynamoDB answers with one megabyte at a time
        finish(stand, f"e{number:02d}", at("12:00:00") + timedelta(seconds=number), "x" * 100_000)
    pages = []
    counting = Watched(table(stand), lambda _: pages.append(1))

    rows = Journal(counting, 90, stand.clock.now).between(at("12:00:00"), at("13:00:00"))  # type: ignore[arg-type]  # as much of a table as reading needs
    first = next(rows)

    assert len(pages) == 1, "the next page is asked for when it is wanted"
    assert "title" not in first
    assert len([first, *rows]) == 24
    assert len(pages) >= 3
