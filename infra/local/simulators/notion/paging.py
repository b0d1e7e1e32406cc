"""Pagination as Notion does it: opaque cursors, at most 100 a page, and a short page is not the end.

Promises that a cursor keeps its place by the object it stands at, so objects added or removed between two pages do not
shift the rest. Refuses unknown cursors and page sizes outside 1 to 100.
"""

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any, TypeVar

from .errors import invalid
from .model import Json

MAX_PAGE = 100
Item = TypeVar("Item")


def page_size(value: object) -> int:
    """The page size asked for; 100 when none is.

    Raises:
        ApiError: 400 `validation_error`.
    """
    if value is None:
        return MAX_PAGE
    try:
        size = int(str(value))
    except ValueError:
        size = 0
    if not 1 <= size <= MAX_PAGE:
        raise invalid(
            f"body failed validation: body.page_size should be a number between 1 and {MAX_PAGE}, instead was `{value}`."
        )
    return size


def paginate(
    items: list[Item],
    asked: Json,
    key: Callable[[Item], str],
    write: Callable[[Item], Json],
    kind: str,
    *,
    cap: int | None = None,
) -> Json:
    """One list object.

    Args:
        items: all results, in order.
        asked: the request's `page_size` and `start_cursor`.
        key: an item's id, which the cursor remembers.
        write: an item's JSON.
        kind: the list's `type`, which is also the name of its empty object.
        cap: answer fewer than asked for, as Notion may.
    """
    size = page_size(asked.get("page_size"))
    if cap is not None:
        size = min(size, cap)
    cursor = asked.get("start_cursor")
    start = 0 if cursor is None else _position(items, str(cursor), key)
    shown, more = items[start : start + size], start + size < len(items)
    return {
        "object": "list",
        "results": [write(item) for item in shown],
        "next_cursor": _cursor(start + size, key(items[start + size])) if more else None,
        "has_more": more,
        "type": kind,
        kind: {},
    }


def _cursor(index: int, item_id: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([index, item_id]).encode()).decode().rstrip("=")


def _position(items: list[Item], cursor: str, key: Callable[[Item], str]) -> int:
    try:
        loaded: Any = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        index, item_id = int(loaded[0]), str(loaded[1])
    except (binascii.Error, ValueError, TypeError, LookupError):
        raise invalid(f"The start_cursor provided is invalid: {cursor}") from None
    keys = [key(item) for item in items]
    return keys.index(item_id) if item_id in keys else min(index, len(items))
