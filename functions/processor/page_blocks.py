"""Reading the blocks of a page, level by level, so that what a limit cuts off is the deepest and the last.

Notion gives the children of one block a call, a hundred at most, and says of each whether there is more below it.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from steward.clients.notion import Answer
from steward.errors import CallFailed, Failure
from steward.mirror.block_text import DEEPEST, Block, holder_of, may_have_text_below

Children = Callable[[str, str | None], Answer]
"""Gives one page of a block's children, from a cursor; see ``NotionClient.children``."""


@dataclass(slots=True)
class Read:
    """What was read.

    Attributes:
        blocks: those at the top.
        cut: more are there than these.
        observed_at: when the first answer was made, by Notion's clock; None when it did not say.
        edited_at: the latest edit of any block, a minute; None when there is none that says.
    """

    blocks: list[Block] = field(default_factory=list)
    cut: bool = False
    observed_at: datetime | None = None
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Ask:
    block_id: str
    into: list[Block]
    of: Block | None
    depth: int
    cursor: str | None = None


def read_blocks(page_id: str, children: Children, most: int) -> Read:
    """Read a page in at most so many calls.

    Raises:
        CallFailed: as the calls do. A block that went, or that is not shared, is no failure of its page: it is cut.
    """
    read = Read()
    asks, calls = deque([_Ask(page_id, read.blocks, None, 0)]), 0
    while asks:
        ask = asks.popleft()
        if calls == most:
            _cut(read, ask.of)
            continue
        calls += 1
        try:
            answer = children(ask.block_id, ask.cursor)
        except CallFailed as failure:
            if ask.of is None or failure.failure is not Failure.NOT_FOUND:
                raise
            _cut(read, ask.of)
            continue
        if calls == 1:
            read.observed_at = answer.observed_at
        for content in _results(answer):
            block = Block(content)
            ask.into.append(block)
            read.edited_at = max(filter(None, [read.edited_at, _minute(content)]), default=None)
            below = may_have_text_below(content)
            block.cut = below and ask.depth + 1 == DEEPEST
            if below and not block.cut:
                block.children = inner = list[Block]()
                asks.append(_Ask(holder_of(content), inner, block, ask.depth + 1))
        cursor = _next(answer, ask.cursor)
        if cursor is not None:
            asks.appendleft(_Ask(ask.block_id, ask.into, ask.of, ask.depth, cursor))
    return read


def _cut(read: Read, block: Block | None) -> None:
    if block is None:
        read.cut = True
    else:
        block.cut = True


def _results(answer: Answer) -> list[Mapping[str, Any]]:
    results = answer.body.get("results")
    if not isinstance(results, list):
        raise _broken()
    # Since 2026-03-11 it is ``in_trash``.
    shown = (r for r in results if isinstance(r, Mapping))
    return [r for r in shown if r.get("in_trash") is not True and r.get("archived") is not True]


def _next(answer: Answer, asked: str | None) -> str | None:
    if not answer.body.get("has_more"):
        return None
    cursor = answer.body.get("next_cursor")
    if not isinstance(cursor, str) or cursor in ("", asked):
        raise _broken()
    return cursor


def _broken() -> CallFailed:
    message = "a list that does not go on"
    return CallFailed(Failure.UNAVAILABLE, "notion", "notion.children", message=message)


def _minute(content: Mapping[str, Any]) -> datetime | None:
    value = content.get("last_edited_time")
    try:
        parsed = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return parsed if parsed is None or parsed.tzinfo else parsed.replace(tzinfo=UTC)
