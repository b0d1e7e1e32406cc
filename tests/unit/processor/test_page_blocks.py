"""Reading a page's blocks: in as few calls as it takes, the top first, and never more than allowed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processor.page_blocks import read_blocks
from steward.clients.notion import Answer
from steward.errors import CallFailed, Failure
from steward.mirror.block_text import DEEPEST

SEEN = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Notion:
    """Children by id, ``size`` an answer; ``missing`` are not shared."""

    def __init__(
        self, below: Mapping[str, list[str]], *, size: int = 2, missing: frozenset[str] = frozenset()
    ) -> None:
        self.below, self.size, self.missing = below, size, missing
        self.asked: list[tuple[str, str | None]] = []

    def __call__(self, block_id: str, cursor: str | None) -> Answer:
        self.asked.append((block_id, cursor))
        if block_id in self.missing:
            raise CallFailed(Failure.NOT_FOUND, "notion", "notion.children")
        start = int(cursor or 0)
        ids, end = self.below.get(block_id, []), start + self.size
        results = [
            {
                "id": i,
                "type": "toggle",
                "has_children": i in self.below or i in self.missing,
                "last_edited_time": "2026-11-21T11:00:00.000Z",
            }
            for i in ids[start:end]
        ]
        more = end < len(ids)
        return Answer(
            {"results": results, "has_more": more, "next_cursor": str(end) if more else None}, SEEN, None
        )


def ids(blocks: Any) -> list[Any]:
    return [(b.content["id"], ids(b.children)) if b.children else b.content["id"] for b in blocks]


@pytest.mark.req("A9")
def test_all_levels_and_all_parts_are_read_the_top_first() -> None:
    notion = Notion({"page": ["a", "b", "c"], "a": ["d"], "d": ["e"], "c": ["f"]})
    read = read_blocks("page", notion, 20)

    assert ids(read.blocks) == [("a", [("d", ["e"])]), "b", ("c", ["f"])]
    assert notion.asked == [("page", None), ("page", "2"), ("a", None), ("c", None), ("d", None)]
    assert (read.cut, read.observed_at, read.edited_at) == (
        False,
        SEEN,
        datetime(2026, 11, 21, 11, 0, tzinfo=UTC),
    )


@pytest.mark.req("A9")
def test_what_more_calls_would_show_is_cut_and_marked() -> None:
    below = {"page": ["a", "b", "c"], "a": ["d"], "c": ["f"]}
    read = read_blocks("page", Notion(below), 1)
    assert (ids(read.blocks), read.cut, read.blocks[0].cut) == (["a", "b"], True, True)

    read = read_blocks("page", Notion(below), 3)
    assert (ids(read.blocks), read.cut) == ([("a", ["d"]), "b", "c"], False)
    assert [b.cut for b in read.blocks] == [False, False, True]


@pytest.mark.req("A9")
def test_a_block_that_is_not_shared_is_cut_and_a_page_that_is_not_is_a_failure() -> None:
    read = read_blocks("page", Notion({"page": ["a", "b"]}, missing=frozenset({"a"})), 20)
    assert [b.cut for b in read.blocks] == [True, False]

    with pytest.raises(CallFailed):
        read_blocks("page", Notion({}, missing=frozenset({"page"})), 20)


@pytest.mark.req("A9")
@pytest.mark.parametrize("cursor", [None, "", 7, "same"])
def test_a_list_that_does_not_go_on_is_a_failure_and_no_end(cursor: object) -> None:
    def children(_: str, asked: str | None) -> Answer:
        del asked
        return Answer({"results": [], "has_more": True, "next_cursor": cursor}, SEEN, None)

    with pytest.raises(CallFailed):
        read_blocks("page", children, 20)


@pytest.mark.req("A9")
@given(
    st.dictionaries(st.sampled_from("pabcd"), st.lists(st.sampled_from("abcde"), max_size=7), max_size=5),
    st.integers(1, 40),
)
def test_even_a_page_that_contains_itself_ends(below: dict[str, list[str]], most: int) -> None:
    notion = Notion(below)
    read = read_blocks("p", notion, most)

    assert len(notion.asked) <= most
    assert depth(read.blocks) <= DEEPEST


def depth(blocks: Any) -> int:
    return max((1 + depth(block.children) for block in blocks), default=0)
