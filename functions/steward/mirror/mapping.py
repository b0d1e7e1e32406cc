"""What a page's values are called in a row, and the other way round. Pure.

A row's *shared values* are those that both sides have: ``name``, ``status`` and the rule's own columns. A value that one
side can't show, such as a status without a counterpart, is left out, and so is neither compared nor overwritten.
"""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from steward.property_values import checkbox, multi_select, select, status
from steward.property_values import date as date_value
from steward.rules import MirrorRule
from steward.snapshots import Snapshot
from steward.values import Value, texts

NAME, STATUS, TITLE = "name", "status", "title"

Shared = Mapping[str, Any]
"""Column → str, float, bool, ``date``, ``datetime`` in UTC, or None for an empty one."""

ONE_WAY = frozenset({"people", "relation", "created_time", "last_edited_time"})
"""Types of property that a row shows and does not write: Notion sets them itself, or they hold ids and not text."""

CHUNK = 2000
"""Characters of one piece of rich text."""

MOST_TEXT = 200_000
"""Characters of a text that is written: Notion takes 100 pieces."""


@dataclass(frozen=True)
class CannotWrite(Exception):
    """A value of a row that no page takes.

    Attributes:
        column: of the row.
        why: half a sentence that says what to do.
    """

    column: str
    why: str

    def __str__(self) -> str:
        return f"{self.column}: {self.why}"


def roles_of(rule: MirrorRule) -> dict[str, str]:
    """Column → role of the property that it shows."""
    return {NAME: TITLE, STATUS: STATUS} | {column.name: column.role for column in rule.columns}


def shared_of(snapshot: Snapshot, rule: MirrorRule) -> dict[str, Any]:
    """What a page's row has to say, as far as the page is known."""
    found: dict[str, Any] = {NAME: snapshot.title or None}
    if STATUS in snapshot.values:
        name = _one(snapshot.values[STATUS])
        if name is None or not rule.options or name in rule.options:
            found[STATUS] = rule.options.get(name, name) if name is not None else None
    for column in rule.columns:
        if column.role in snapshot.values:
            with suppress(ValueError):  # its property is of another type by now
                found[column.name] = _READ[column.type](snapshot.values[column.role])
    return found


def writes_of(
    wanted: Shared, rule: MirrorRule, types: Mapping[str, str], now: Mapping[str, Value]
) -> dict[str, Any]:
    """Role → the value that Notion's PATCH of a page takes, for columns that a page has to take over.

    Args:
        wanted: the columns that differ, and what they have to be.
        rule: the mirror's.
        types: role → type of the property.
        now: role → value that the page has: the end of a range of dates is kept as long as it is one.

    Raises:
        CannotWrite: a value that the property does not take.
    """
    roles = roles_of(rule)
    return {
        roles[column]: _written(
            column, value, types.get(roles[column], _USUAL.get(column, "")), rule, now.get(roles[column])
        )
        for column, value in wanted.items()
    }


def canonical(values: Shared) -> str:
    """Shared values as JSON: equal for equal values."""
    return json.dumps(
        {column: _plain(value) for column, value in values.items()}, sort_keys=True, ensure_ascii=False
    )


def digest(values: Shared) -> str:
    """The sha256 of ``canonical``, in hexadecimal digits."""
    return hashlib.sha256(canonical(values).encode("utf-8", "replace")).hexdigest()


def differing(one: Shared, other: Shared) -> tuple[str, ...]:
    """The columns that both have, and in which they are not the same."""
    return tuple(c for c in one if c in other and _plain(one[c]) != _plain(other[c]))


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case bool() | None | str():
            return value
        case int() | float():
            # NaN is not even equal to itself, and no JSON.
            return float(value) if math.isfinite(value) else str(float(value))
    raise TypeError(type(value).__name__)


def _one(value: Value) -> str | None:
    return next(iter(texts(value)), None)


def _text(value: Value) -> str | None:
    # PostgreSQL's text holds no NUL.
    return ", ".join(texts(value)).replace("\0", "") or None


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _boolean(value: Value) -> bool | None:
    return value if isinstance(value, bool) else None


def _start(value: Value) -> str | None:
    start = value.get("start") if isinstance(value, Mapping) else value
    return start if isinstance(start, str) else None


def _date(value: Value) -> date | None:
    start = _start(value)
    return date.fromisoformat(start[:10]) if start else None


def _timestamp(value: Value) -> datetime | None:
    start = _start(value)
    if not start:
        return None
    found = datetime.fromisoformat(start)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


_READ = {"text": _text, "number": _number, "boolean": _boolean, "date": _date, "timestamp": _timestamp}

_USUAL = {NAME: "title", STATUS: "status"}


def _written(column: str, value: Any, kind: str, rule: MirrorRule, now: Value) -> dict[str, Any]:
    if kind in ONE_WAY:
        raise CannotWrite(column, f"a {kind} property is only shown; change it in Notion")
    try:
        return _writers(column, rule, now)[kind](value)
    except KeyError as error:
        raise CannotWrite(column, f"its property has the type {kind or 'unknown'}") from error
    except ValueError as error:
        raise CannotWrite(column, str(error)) from error


def _writers(column: str, rule: MirrorRule, now: Value) -> dict[str, Callable[[Any], dict[str, Any]]]:
    def option(value: str | None) -> str | None:
        if column != STATUS or not rule.options or value is None:
            return value
        back = {theirs: ours for ours, theirs in rule.options.items()}
        if value not in back:
            raise ValueError(f"{value!r} has no counterpart in Notion; add it to options")
        return back[value]

    def status_(value: str | None) -> dict[str, Any]:
        name = option(value)
        if name is None:
            message = "a status can't be emptied in Notion"
            raise ValueError(message)
        return status(name)

    def number(value: float | None) -> dict[str, Any]:
        if value is not None and not math.isfinite(value):
            raise ValueError(f"Notion has no number {value}")
        return {"number": value}

    return {
        "title": lambda value: {"title": _rich(value)},
        "rich_text": lambda value: {"rich_text": _rich(value)},
        "status": status_,
        "select": lambda value: select(option(value)),
        "multi_select": lambda value: multi_select(
            part.strip() for part in (value or "").split(",") if part.strip()
        ),
        "url": lambda value: {"url": value},
        "email": lambda value: {"email": value},
        "phone_number": lambda value: {"phone_number": value},
        "number": number,
        "checkbox": lambda value: checkbox(bool(value)),
        "date": lambda value: _span(value, now),
    }


def _rich(value: str | None) -> list[dict[str, Any]]:
    text = value or ""
    if len(text) > MOST_TEXT:
        raise ValueError(f"Notion takes {MOST_TEXT} characters, not {len(text)}")
    return [{"type": "text", "text": {"content": text[at : at + CHUNK]}} for at in range(0, len(text), CHUNK)]


def _span(value: date | datetime | None, now: Value) -> dict[str, Any]:
    if value is None:
        return date_value(None)
    start = value.isoformat()
    end = now.get("end") if isinstance(now, Mapping) else None
    # A range keeps its end, unless it would end before it begins, or would mix a day with a time.
    fits = isinstance(end, str) and (len(end) == 10) == (len(start) == 10) and end[:10] >= start[:10]
    return date_value(start, end if fits else None)
