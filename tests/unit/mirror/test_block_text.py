"""A page's blocks as plain text: every type that has words, and no tree that breaks it or gets longer than allowed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.mirror.block_text import (
    DEEPEST,
    Block,
    holder_of,
    may_have_text_below,
    rich_text,
    text_of,
)
from tests.fuzz.strategies import JSON


def words(text: str, href: str | None = None) -> list[dict[str, Any]]:
    return [{"type": "text", "plain_text": text, "href": href}]


def block(kind: str, *children: Block, text: str | None = None, cut: bool = False, **more: Any) -> Block:
    said = more if text is None else {"rich_text": words(text), **more}
    return Block({"type": kind, kind: said}, children, cut)


SPEC = "2f1c7c1e-0d3a-4c5b-9b0e-6a1d5e0c4b11"
SHOWN = [
    (block("paragraph", text="Hello"), "Hello"),
    (block("paragraph", text="one\ntwo"), "one\ntwo"),
    (block("heading_1", text="Plan"), "# Plan"),
    (block("heading_2", text="Plan"), "## Plan"),
    (block("heading_3", text="Plan"), "### Plan"),
    (
        block("heading_1", block("paragraph", text="in a toggle heading"), text="Plan"),
        "# Plan\nin a toggle heading",
    ),
    (block("bulleted_list_item", block("bulleted_list_item", text="b"), text="a"), "- a\n  - b"),
    (block("to_do", text="a", checked=True), "[x] a"),
    (block("to_do", text="a", checked=False), "[ ] a"),
    (block("toggle", block("paragraph", text="inside"), text="more"), "▸ more\n  inside"),
    (block("quote", text="said"), "> said"),
    (block("callout", text="mind", icon={"type": "emoji", "emoji": "💡"}), "💡 mind"),
    (block("callout", text="mind", icon=None), "mind"),
    (
        block("code", text="a = 1\n  b", language="python", caption=words("how")),
        "```python\na = 1\n  b\n```\nhow",
    ),
    (block("equation", expression="e = mc^2"), "e = mc^2"),
    (block("divider"), "---"),
    (block("bookmark", url="https://a.example", caption=words("A page")), "A page (https://a.example)"),
    (block("bookmark", url="https://a.example", caption=[]), "https://a.example"),
    (block("embed", url="https://a.example"), "https://a.example"),
    (block("link_preview", url="https://a.example"), "https://a.example"),
    (
        block("image", type="external", external={"url": "https://a.example/x.png"}, caption=words("A cat")),
        "[image] A cat (https://a.example/x.png)",
    ),
    (block("pdf", type="file", file={"url": "https://s3/signed?key=1"}, name="plan.pdf"), "[pdf] plan.pdf"),
    (block("file", type="file", file={"url": "https://s3/signed?key=1"}, caption=[]), "[file]"),
    (block("child_page", title="Below"), "[page] Below"),
    (block("child_database", title="Rows"), "[database] Rows"),
    (
        block("link_to_page", type="page_id", page_id=SPEC),
        "[link] https://www.notion.so/2f1c7c1e0d3a4c5b9b0e6a1d5e0c4b11",
    ),
    (
        block(
            "table",
            block("table_row", cells=[words("Name"), words("Age")]),
            block("table_row", cells=[words("Ann"), []]),
            table_width=2,
        ),
        "Name | Age\nAnn | ",
    ),
    (
        block(
            "column_list",
            block("column", block("paragraph", text="left")),
            block("column", block("paragraph", text="right")),
        ),
        "left\nright",
    ),
    (block("synced_block", block("paragraph", text="shared"), synced_from=None), "shared"),
    (block("table_of_contents"), ""),
    (block("breadcrumb"), ""),
    (
        block("meeting_notes", block("paragraph", text="we met"), title=words("Monday")),
        "[meeting_notes] Monday\n  we met",
    ),
    (block("unsupported"), "[unsupported]"),
    (block("hologram", text="of next year"), "[hologram] of next year"),
    (Block({}), "[unknown block]"),
]


@pytest.mark.req("A9")
@pytest.mark.parametrize(
    ("given", "text"), SHOWN, ids=[f"{n}-{b.content.get('type')}" for n, (b, _) in enumerate(SHOWN)]
)
def test_each_type_of_block_shows_its_words(given: Block, text: str) -> None:
    assert text_of([given]).body == text
    assert text_of([given]).truncated is False


@pytest.mark.req("A9")
def test_numbers_count_within_a_run_and_begin_anew_after_it() -> None:
    one, two = (
        block("numbered_list_item", block("numbered_list_item", text="a"), text="x"),
        block("numbered_list_item", text="y"),
    )

    assert text_of([one, two, block("paragraph", text="-"), two]).body == "1. x\n  1. a\n2. y\n-\n1. y"


@pytest.mark.req("A9")
@pytest.mark.parametrize(
    ("item", "text"),
    [
        (
            {"type": "text", "plain_text": "the plan", "href": "https://a.example"},
            "the plan (https://a.example)",
        ),
        (
            {"type": "text", "plain_text": "see https://a.example", "href": "https://a.example"},
            "see https://a.example",
        ),
        ({"type": "text", "plain_text": "here", "href": "/2f1c7c1e"}, "here"),
        ({"type": "mention", "plain_text": "@Ann", "href": "https://www.notion.so/ann"}, "@Ann"),
        ({"type": "equation", "plain_text": "e = mc^2", "href": None}, "e = mc^2"),
        ({}, ""),
    ],
)
def test_a_link_stands_behind_words_that_do_not_show_it(item: dict[str, Any], text: str) -> None:
    assert rich_text([item]) == text


@pytest.mark.req("A9")
def test_a_text_that_is_too_long_ends_at_a_whole_character_and_says_so() -> None:
    shown = text_of([block("paragraph", text="a"), block("paragraph", text="😀😀")], most=8)

    assert (shown.body, shown.truncated) == ("a\n😀", True)
    assert text_of([block("paragraph", text="12345678")], most=8).truncated is False
    assert (
        text_of([block("paragraph", text="1234567"), block("paragraph", text="")], most=8).truncated is False
    )


@pytest.mark.req("A9")
def test_what_was_not_read_and_what_is_too_deep_is_said() -> None:
    deep = block("paragraph", text="deepest")
    for _ in range(DEEPEST - 1):
        deep = block("column", deep)

    assert (text_of([deep]).body, text_of([deep]).truncated) == ("deepest", False)
    assert (text_of([block("column", deep)]).body, text_of([block("column", deep)]).truncated) == ("", True)
    assert text_of([block("toggle", text="more", cut=True)]).truncated is True
    assert text_of([block("toggle", text="more")], cut=True).truncated is True


@pytest.mark.req("A9")
def test_other_pages_are_not_part_of_a_text_and_a_copys_children_are_its_originals() -> None:
    assert may_have_text_below({"type": "toggle", "has_children": True})
    assert not may_have_text_below({"type": "toggle", "has_children": False})
    assert not may_have_text_below({"type": "child_page", "has_children": True})
    copy = {"type": "synced_block", "id": "copy", "synced_block": {"synced_from": {"block_id": "original"}}}
    assert holder_of(copy) == "original"
    assert holder_of(copy | {"synced_block": {"synced_from": None}}) == "copy"


KINDS = sorted({str(b.content.get("type")) for b, _ in SHOWN} | {"numbered_list_item"})
CONTENTS = st.one_of(
    JSON.filter(lambda value: isinstance(value, dict)),
    st.builds(lambda kind, said: {"type": kind, kind: said}, st.sampled_from(KINDS), JSON),
    st.builds(
        lambda kind, text, more: {"type": kind, kind: {**more, "rich_text": words(text), "title": text}},
        st.sampled_from(KINDS),
        st.text(),
        st.dictionaries(st.sampled_from(["caption", "cells", "url", "icon", "language"]), JSON),
    ),
)
TREES = st.recursive(
    st.builds(Block, CONTENTS, st.just(()), st.booleans()),
    lambda below: st.builds(Block, CONTENTS, st.lists(below, max_size=4), st.booleans()),
    max_leaves=30,
)


@pytest.mark.req("A9")
@given(st.lists(TREES, max_size=5), st.integers(0, 200))
def test_no_tree_of_blocks_breaks_it_or_exceeds_the_limit(blocks: list[Block], most: int) -> None:
    shown = text_of(blocks, most=most)

    encoded = shown.body.encode()
    assert len(encoded) <= most
    assert b"\0" not in encoded
    whole = text_of(blocks, most=10**9)
    if not shown.truncated:
        assert shown == whole
    assert whole.body.startswith(shown.body)
