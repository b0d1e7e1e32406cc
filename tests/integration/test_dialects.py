"""The same story told in each of the three payload dialects leads to the same effects."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.integration.stand import Stand, standing

Payload = dict[str, Any]
Dialect = Callable[[Stand, str, str], Payload]


def official(stand: Stand, page: str, kind: str) -> Payload:
    kind = "page.properties_updated" if kind == "page.updated" else kind
    return stand.payload(page, type=kind)


def by_event_type(stand: Stand, page: str, kind: str) -> Payload:
    return {"event_type": kind, "timestamp": stamp(stand), "data": inline(stand, page)}


def by_event_type_nested(stand: Stand, page: str, kind: str) -> Payload:
    return {"event_type": kind, "timestamp": stamp(stand), "data": {"page": inline(stand, page)}}


def by_object(stand: Stand, page: str, kind: str) -> Payload:
    return {
        "id": f"o-{stand.clock.time()}",
        "type": kind,
        "timestamp": stamp(stand),
        "object": inline(stand, page),
    }


def without_a_parent(stand: Stand, page: str, kind: str) -> Payload:
    return {
        "type": kind,
        "timestamp": stamp(stand),
        "object": {"object": "page", "id": page.replace("-", "")},
    }


def stamp(stand: Stand) -> str:
    return stand.clock.now().isoformat()


def inline(stand: Stand, page: str) -> Payload:
    """A page as the older payloads carry it: with its properties, in the shape of the old database parent."""
    shown = stand.notion.page(page)
    return {
        "object": "page",
        "id": page,
        "parent": {"type": "database_id", "database_id": stand.demo.database_id},
        "properties": shown["properties"],
    }


DIALECTS = [official, by_event_type, by_event_type_nested, by_object, without_a_parent]


@pytest.fixture
def stand() -> Iterator[Stand]:
    with standing(quick=True) as made:
        yield made


def tell(stand: Stand, payload: Payload) -> None:
    assert stand.deliver(json.dumps(payload).encode()) == 200
    stand.work()


@pytest.mark.req("I5", "A1")
@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_assignment_is_told_once_and_again_when_it_comes_back(stand: Stand, dialect: Dialect) -> None:
    (page,) = stand.known_tasks(1)
    demo = stand.demo
    for people in ([demo.ann], [demo.ann, demo.ben], [demo.ben], [demo.ann]):
        stand.assign(page, *people)
        payload = dialect(stand, page, "page.updated")
        stand.clock.sleep(5)
        tell(stand, payload)
        tell(stand, {**payload, "attempt_number": 2})
        stand.clock.sleep(60)

    assert stand.told(page) == [demo.ann, demo.ben, demo.ann]
    assert len(stand.notices()) == 3


@pytest.mark.req("I5", "A1")
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_new_page_announces_its_assignee(stand: Stand, dialect: Dialect) -> None:
    page = stand.notion.add_page(stand.demo.data_source_id, {"Name": "New", "Assignee": [stand.demo.ann]})
    tell(stand, dialect(stand, page, "page.created"))

    assert stand.told(page) == [stand.demo.ann]


@pytest.mark.req("I5")
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_deleted_page_is_gone_and_what_waits_for_it_is_not_told(stand: Stand, dialect: Dialect) -> None:
    (page,) = stand.known_tasks(1)
    stand.slack.add_fault({"kind": "answer", "status": 503}, times="forever")
    stand.assign(page, stand.demo.ann)
    tell(stand, dialect(stand, page, "page.updated"))
    stand.clock.sleep(30)
    stand.notion.trash(page)
    stand.clock.sleep(5)
    tell(stand, dialect(stand, page, "page.deleted"))
    stand.slack.clear_faults()
    stand.clock.sleep(600)
    stand.gather()

    assert json.loads(stand.snapshot(page)["document"])["gone"]
    assert stand.notices() == []


@pytest.mark.req("I5", "P7")
@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_our_own_bot_wrote_is_ignored(stand: Stand, dialect: Dialect) -> None:
    (page,) = stand.known_tasks(1)
    stand.assign(page, stand.demo.ann)
    tell(
        stand,
        {**dialect(stand, page, "page.updated"), "authors": [{"id": stand.notion.bot_id, "type": "bot"}]},
    )

    assert stand.told(page) == []


@pytest.mark.req("I5")
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_page_of_another_database_says_nothing(stand: Stand, dialect: Dialect) -> None:
    other = stand.notion.add_data_source("Other", {"Name": "title", "Assignee": "people"})
    page = stand.notion.add_page(other, {"Name": "x", "Assignee": [stand.demo.ann]})
    tell(stand, dialect(stand, page, "page.created"))

    assert stand.told(page) == []
    assert stand.messages() == []
    assert stand.dead_letters() == []
