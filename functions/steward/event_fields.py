"""The fields of an event, read from JSON that anybody may have written: what has another shape is not there.

None of these functions raises.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from steward.identifiers import normalise_id
from steward.unicode import well_formed

MAX_TEXT = 500
"""Characters of any single text that is kept of an event."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who took part: ``person``, ``bot``, ``agent``, or whatever Notion adds."""

    id: str
    type: str


def authors_of(value: object) -> list[Author]:
    """Who took part; a hundred at most."""
    found = []
    for item in cast("list[object]", value)[:100] if isinstance(value, list | tuple) else []:
        author = mapping_of(item)
        author_id = id_of(author.get("id"))
        if author_id:
            found.append(Author(author_id, text_of(author.get("type")) or "unknown"))
    return found


def references_of(value: object) -> list[str]:
    """Property ids; older payloads give objects with an id instead."""
    found = []
    for item in cast("list[object]", value)[:1000] if isinstance(value, list | tuple) else []:
        text = text_of(item) or text_of(mapping_of(item).get("id"))
        if text:
            found.append(text)
    return found


def mapping_of(value: object) -> Mapping[str, Any]:
    """A JSON object; empty when it is none."""
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def text_of(value: object) -> str | None:
    """A text that is not empty, cut to what is kept; None when it is none."""
    return well_formed(value[:MAX_TEXT]) if isinstance(value, str) and value else None


def id_of(value: object) -> str | None:
    """An id as Steward writes them; None when it is none."""
    text = text_of(value)
    return normalise_id(text) or None if text else None


def time_of(value: object) -> datetime | None:
    """A time in UTC, to the millisecond; None when it is none, or absurd."""
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value)
        parsed = (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    # Notion tells milliseconds, and the lane carries no more: the event that arrives has to equal the one that was sent.
    parsed = parsed.replace(microsecond=parsed.microsecond // 1000 * 1000)
    return parsed if 2000 <= parsed.year <= 2100 else None
