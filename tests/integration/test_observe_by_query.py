"""A deep lane is observed by query: one call for a hundred pages, and never a stale row taken for the truth (P5)."""

from collections.abc import Iterator

import pytest

from infra.local.simulators.notion import faults
from tests.integration.lagging import Lagging
from tests.integration.stand import Stand, standing

QUERY = "/query"


@pytest.fixture
def stand() -> Iterator[Stand]:
    with standing(quick=True) as made:
        yield made


def spent(stand: Stand, before: int) -> dict[str, int]:
    """Calls since, by method and endpoint."""
    found: dict[str, int] = {}
    for request in stand.notion.requests()[before:]:
        path = "query" if request["path"].endswith(QUERY) else request["path"].split("/")[2]
        key = f"{request['method']} {path}"
        found[key] = found.get(key, 0) + 1
    return found


@pytest.mark.req("P5", "P2")
def test_fifty_cards_reassigned_at_once_cost_one_query_and_fifty_comments(stand: Stand) -> None:
    pages = stand.known_tasks(50)
    for page in pages:
        stand.assign(page, stand.demo.ann)
        stand.send(page)
    stand.clock.sleep(20)
    before = len(stand.notion.requests())
    stand.work()

    assert spent(stand, before) == {"POST query": 1, "POST comments": 50}
    assert all(len(stand.comments(page)) == 1 for page in pages)
    stand.gather()
    assert len(stand.notices()) == 50


@pytest.mark.req("P5")
def test_a_thousand_changes_without_a_comment_cost_ten_queries(stand: Stand) -> None:
    pages = stand.known_tasks(1000)
    for page in pages:
        stand.notion.edit(page, properties={"Status": "Done"}, by=stand.demo.ben, silent=True)
        stand.send(page)
    stand.clock.sleep(20)
    before = len(stand.notion.requests())
    stand.work()

    assert spent(stand, before) == {"POST query": 10}


@pytest.mark.req("P5")
def test_few_waiting_messages_are_read_one_by_one(stand: Stand) -> None:
    pages = stand.known_tasks(5)
    for page in pages:
        stand.assign(page, stand.demo.ann)
        stand.send(page)
    stand.clock.sleep(20)
    before = len(stand.notion.requests())
    stand.work()

    assert spent(stand, before) == {"GET pages": 5, "POST comments": 5}


@pytest.mark.req("P5", "P3")
@pytest.mark.parametrize("seconds_before", [5, 600], ids=["same minute", "earlier minute"])
def test_a_row_that_lags_behind_is_not_taken_for_the_truth(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, seconds_before: int
) -> None:
    pages = stand.known_tasks(20)
    lagging = Lagging(stand, monkeypatch)
    for page in pages:
        stand.assign(page, stand.demo.ben)
        stand.send(page)
    stand.clock.sleep(20)
    stand.work()
    stand.clock.sleep(600)
    if seconds_before == 5:  # told of an edit, and read, in the very minute of the next one
        for page in pages[:5]:
            stand.assign(page, stand.demo.chloe)
            stand.send(page)
        stand.clock.sleep(3)
        stand.work()
    lagging.freeze(pages)
    stand.clock.sleep(2)
    for page in pages:
        stand.assign(page, stand.demo.ann)
        stand.send(page)
    stand.clock.sleep(20)
    stand.work()

    for page in pages:
        told = stand.told(page)
        assert told[-1] == stand.demo.ann
        assert len(told) == len(set(told))


@pytest.mark.req("P5")
def test_a_query_that_is_refused_leaves_the_events_to_readings(stand: Stand) -> None:
    pages = stand.known_tasks(15)
    stand.notion.add_fault(faults.answer(404), match={"path": QUERY}, times="forever")
    for page in pages:
        stand.assign(page, stand.demo.ann)
        stand.send(page)
    stand.clock.sleep(20)
    before = len(stand.notion.requests())
    stand.work()

    assert spent(stand, before) == {"POST query": 1, "GET pages": 15, "POST comments": 15}


@pytest.mark.req("P5")
def test_events_of_many_minutes_are_covered_by_the_same_query(stand: Stand) -> None:
    pages = stand.known_tasks(30)
    for page in pages:
        stand.assign(page, stand.demo.ann)
        stand.send(page)
        stand.clock.sleep(90)
    before = len(stand.notion.requests())
    stand.work()

    assert spent(stand, before) == {"POST query": 1, "POST comments": 30}
