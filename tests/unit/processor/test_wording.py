"""The words that people read: what somebody typed stays text, and what Steward wrote can be found again."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processor.wording import SOMEBODY, comment_body, find_comment, message
from steward.effects import Effect, Kind


def effect(
    title: str = "Write", *, mention: bool = True, name: str | None = "Ann", id_: str = "0123456789abcdef"
) -> Effect:
    return Effect(
        id=id_,
        kind=Kind.MESSAGE,
        page_id="p",
        version=1,
        rule="Tasks/assignment[0]",
        event_id="e",
        person_id="ann",
        person_name=name,
        title=title,
        url="https://www.notion.so/p",
        channel="#tasks",
        mention=mention,
        planned_at=datetime(2026, 11, 20, tzinfo=UTC),
    )


@pytest.mark.req("A11")
@pytest.mark.parametrize(
    "title", ["<!channel>", "<@U123>", "a|b>c", "&amp;", "@channel @here", "x" * 3000, "two\nlines"]
)
def test_a_title_pings_nobody_breaks_no_link_and_fits(title: str) -> None:
    text, blocks = message(effect(title), {})

    assert "<!" not in text
    assert "<@" not in text
    assert (text.count("<"), text.count(">"), text.count("|")) == (1, 1, 1)
    assert len(text) < 1500
    assert blocks[0]["text"] == {"type": "mrkdwn", "text": text, "verbatim": True}


@given(st.text(max_size=300), st.text(max_size=60))
def test_no_title_or_name_puts_markup_into_a_message(title: str, name: str) -> None:
    text, _ = message(effect(title, name=None), {"ann": name})

    assert text.count("<") == text.count(">") == 1
    assert len(text) <= 3000


def test_what_has_no_title_or_name_is_told_all_the_same() -> None:
    text, _ = message(effect("  ", name=None), {"ann": None})

    assert SOMEBODY in text
    assert "Untitled" in text


@pytest.mark.req("A1")
def test_a_person_is_mentioned_and_a_group_is_named() -> None:
    assert comment_body(effect())[0] == {
        "type": "mention",
        "mention": {"type": "user", "user": {"id": "ann"}},
    }
    assert comment_body(effect(mention=False, name="Design"))[0]["text"]["content"] == "Design"


@pytest.mark.req("P3")
def test_a_comment_is_found_by_its_own_reference_only() -> None:
    mine = {"id": "c2", "rich_text": comment_body(effect())}
    others = {"id": "c1", "rich_text": comment_body(effect(id_="fedcba9876543210"))}

    assert find_comment([others, mine], effect()) == "c2"
    assert find_comment([others, {"id": "c3"}], effect()) is None
