"""Any page object that has an id is decoded, and holds no text that a table or a channel can't take."""

from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer
from hypothesis import example, given
from hypothesis import strategies as st

from processor.wording import find_comment, message
from steward.documents import effect_item, effect_of, snapshot_item, snapshot_of
from steward.effects import Effect, Kind
from steward.mrkdwn import escape
from steward.pages import Page, decode_page, people, plain_text
from steward.snapshots import Snapshot
from steward.words import PageLink, Text, Words
from tests.fuzz.strategies import JSON, NOW, OBJECTS, TEXT, graft

PERSON = "be000000-0000-4000-8000-00000000000b"


@st.composite
def almost_pages(draw: st.DrawFn) -> dict[str, Any]:
    """A page in which up to five places hold something else; its id stays a text."""
    page: dict[str, Any] = {
        "object": "page",
        "parent": {"type": "data_source_id", "data_source_id": "d", "database_id": "b"},
        "in_trash": False,
        "last_edited_time": "2026-11-20T12:00:00.000Z",
        "url": "https://www.notion.so/p",
        "properties": {
            "Name": {
                "id": "title",
                "type": "title",
                "title": [{"plain_text": "Plan", "text": {"content": "Plan"}}],
            },
            "Assignee": {
                "id": "XGe%40",
                "type": "people",
                "people": [{"object": "user", "id": PERSON, "type": "person", "name": "Ben"}],
            },
        },
    }
    for _ in range(draw(st.integers(0, 5))):
        graft(draw, page, JSON)
    return {**page, "id": draw(TEXT)}


def titled(title: str) -> dict[str, Any]:
    return {"id": "p", "properties": {"Name": {"type": "title", "title": [{"plain_text": title}]}}}


@pytest.mark.req("P4")
@given(almost_pages() | st.builds(lambda body, page_id: {**body, "id": page_id}, OBJECTS, JSON), TEXT)
@example(titled("half an emoji \ud83d"), "Name")
def test_any_page_with_an_id_is_decoded_into_proper_text(body: dict[str, Any], reference: str) -> None:
    page = decode_page(body)
    found = people(page.find(reference)) or ()
    for prop in page.properties:
        found += people(prop) or ()

    names = [person.name for person in found if person.name is not None]
    ids = [person.id for person in found]
    for text in (page.id, page.url, page.title, *names, *ids, *(p.id for p in page.properties)):
        assert text == text.encode().decode()
    assert all(ids)
    assert page.last_edited_time is None or page.last_edited_time.tzinfo is not None
    assert remembered(page) == page.title


def remembered(page: Page) -> str:
    """The title after a way through State and into the words of a message."""
    everybody = tuple(person for prop in page.properties for person in people(prop) or ())
    snapshot = Snapshot(page.id, 1, NOW, False, "source", page.title, page.url, everybody)
    TypeSerializer().serialize(snapshot_item(snapshot))
    assert snapshot_of(snapshot_item(snapshot)) == snapshot
    said: Words = (*everybody[:3], Text(page.title), PageLink(page.title, page.url))
    effect = Effect("id", Kind.MESSAGE, page.id, 1, "rule", "event", said, NOW, channel="#c")
    assert effect_of(effect_item(effect)) == effect
    text = message(effect, {p.id: escape(p.name or p.id) for p in everybody}).text
    assert not {"<!channel>", "<!here>", "<@U1>"} & set(text.split())
    return snapshot.title


@pytest.mark.req("P3")
@given(JSON | st.lists(OBJECTS, max_size=4))
def test_any_rich_text_has_a_plain_text(value: object) -> None:
    assert plain_text(value).encode().decode() == plain_text(value)
    effect = Effect("0" * 16, Kind.COMMENT, "p", 1, "r", "e", (), NOW)
    assert find_comment([{"id": "c", "rich_text": value}], effect) is None
