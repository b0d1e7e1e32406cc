"""Decoding pages: what is there is read by id, what is odd is survived."""

import pytest

from steward.pages import Person, decode_page, people, plain_text

PAGE = {
    "object": "page",
    "id": "153104cd477e809d8dc4ff2d96ae3090",
    "url": "https://www.notion.so/Write-153104cd477e809d8dc4ff2d96ae3090",
    "parent": {
        "type": "data_source_id",
        "data_source_id": "98024b8bd3d744d6a8c5bb4c4ef1a2b3",
        "database_id": "x",
    },
    "in_trash": False,
    "last_edited_time": "2026-11-20T10:05:00.000Z",
    "properties": {
        "Name": {
            "id": "title",
            "type": "title",
            "title": [{"plain_text": "Write "}, {"text": {"content": "it"}}],
        },
        "Assignee": {
            "id": "XGe%40",
            "type": "people",
            "people": [
                {"object": "user", "id": "ann", "type": "person", "name": "Ann"},
                {"object": "user", "id": "ben"},
                {"object": "user", "id": "ann", "type": "person", "name": "Ann"},
                {"object": "user", "id": "robot", "type": "bot", "name": "Robot"},
                {"object": "group", "id": "g1", "name": "Design"},
            ],
        },
    },
}


def test_a_page_is_read_with_its_ids_in_one_spelling() -> None:
    page = decode_page(PAGE)

    assert page.id == "153104cd-477e-809d-8dc4-ff2d96ae3090"
    assert page.data_source_id == "98024b8b-d3d7-44d6-a8c5-bb4c4ef1a2b3"
    assert page.title == "Write it"
    assert page.last_edited_time is not None


@pytest.mark.parametrize("reference", ["XGe%40", "XGe@", "Assignee"])
def test_a_property_is_found_by_id_encoded_or_not_and_by_name(reference: str) -> None:
    found = decode_page(PAGE).find(reference)

    assert found is not None
    assert found.id == "XGe%40"


@pytest.mark.req("A1")
def test_people_are_read_once_each_with_partial_users_bots_and_groups() -> None:
    assert people(decode_page(PAGE).find("Assignee")) == (
        Person("ann", "Ann", "person"),
        Person("ben", None, "person"),
        Person("robot", "Robot", "bot"),
        Person("g1", "Design", "group"),
    )


@pytest.mark.parametrize("prop", ["Name", "Nothing"])
def test_what_is_no_people_property_is_unknown_not_empty(prop: str) -> None:
    assert people(decode_page(PAGE).find(prop)) is None


@pytest.mark.parametrize("field", ["in_trash", "archived"])
def test_both_spellings_of_the_trash_are_read(field: str) -> None:
    assert decode_page({"id": "p", "properties": {}, field: True}).in_trash


def test_a_page_without_anything_but_an_id_is_survived() -> None:
    page = decode_page(
        {"id": "p", "properties": {"A": 3, "B": {"type": 7}}, "parent": None, "last_edited_time": "soon"}
    )

    assert (page.title, page.url, page.last_edited_time) == ("", "https://www.notion.so/p", None)


def test_text_that_is_no_rich_text_is_empty() -> None:
    assert plain_text({"plain_text": "no"}) == ""
