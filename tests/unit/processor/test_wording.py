"""The words that people read: what somebody typed stays text, and what Steward wrote can be found again."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processor.wording import comment_body, find_comment, fits_one_message, mail, message
from steward.effects import Effect, Kind, Notice
from steward.mrkdwn import escape
from steward.pages import Person
from steward.words import PageLink, Text, Words


def said(title: str = "Write", name: str | None = "Ann") -> Words:
    return (
        Person("ann", name, "person"),
        Text(" is now assigned to "),
        PageLink(title, "https://www.notion.so/p"),
    )


def effect(words: Words, id_: str = "0123456789abcdef") -> Effect:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    return Effect(id_, Kind.MESSAGE, "p", 1, "Tasks/assignment", "e", words, at, channel="#tasks")


@pytest.mark.req("A11")
@pytest.mark.parametrize(
    "title", ["<!channel>", "<@U123>", "a|b>c", "&amp;", "@channel @here", "x" * 3000, "two\nlines"]
)
def test_a_title_pings_nobody_breaks_no_link_and_fits(title: str) -> None:
    made = message(effect(said(title)), {"ann": "*Ann*"})
    text, blocks = made.text, made.blocks

    assert "<!" not in text
    assert "<@" not in text
    assert (text.count("<"), text.count(">"), text.count("|")) == (1, 1, 1)
    assert len(text) < 1500
    assert blocks[0]["text"] == {"type": "mrkdwn", "text": text, "verbatim": True}


@given(st.text(max_size=300), st.text(max_size=60))
def test_no_title_or_name_puts_markup_into_a_message(title: str, name: str) -> None:
    text = message(effect(said(title, None)), {"ann": f"*{escape(name)}*"}).text

    assert text.count("<") == text.count(">") == 1
    assert len(text) <= 3000


def test_what_has_no_title_is_told_all_the_same() -> None:
    assert "Untitled" in message(effect(said("  ", None)), {"ann": "*Ann*"}).text


@pytest.mark.req("A11", "A13")
def test_a_mail_has_the_words_as_its_subject_and_the_address_in_its_text() -> None:
    subject, text = mail(effect(said("Write\nme")), {"ann": "Ann"})

    assert subject == "Ann is now assigned to Write me"
    assert text.splitlines() == ["Ann is now assigned to Write me", "https://www.notion.so/p"]


@pytest.mark.req("A13")
def test_a_digest_has_a_line_for_each_notice_and_is_one_message() -> None:
    notices = tuple(Notice(f"p{n}", (), said("漢" * 150)) for n in range(40))
    made = message(replace(effect(()), notices=notices), {"ann": "*Ann*"})

    assert made.blocks[0]["text"]["text"].startswith("*40 changes*\n• ")
    assert sum(block["text"]["text"].count("•") for block in made.blocks) == 40
    assert not fits_one_message([n.words for n in notices])
    assert fits_one_message([n.words for n in notices[:5]])


@pytest.mark.req("A1")
def test_a_person_is_mentioned_and_a_group_is_named() -> None:
    assert comment_body(effect(said()))[0] == {
        "type": "mention",
        "mention": {"type": "user", "user": {"id": "ann"}},
    }
    assert comment_body(effect((Person("g", "Design", "group"),)))[0]["text"]["content"] == "Design"


@pytest.mark.req("P3")
def test_a_comment_is_found_by_its_own_reference_only() -> None:
    mine = {"id": "c2", "rich_text": comment_body(effect(said()))}
    others = {"id": "c1", "rich_text": comment_body(effect(said(), "fedcba9876543210"))}

    assert find_comment([others, mine], effect(said())) == "c2"
    assert find_comment([others, {"id": "c3"}], effect(said())) is None
