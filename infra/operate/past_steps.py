"""The steps of pages' histories, put together again from the journal and from what is remembered of the pages now. Pure.

The journal has what changed, as text, of what was watched then; the snapshot has every watched value as it is now. So one
goes back from the newest event of a page to the oldest, and puts the texts of before into the snapshot, read by the type
of the property. What that can't give is said by ``Unknown`` and not guessed.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from steward.pages import Person
from steward.snapshots import Departure, Snapshot
from steward.values import Value

_PERSON = re.compile(r"(?:^|, )(?:(.*?) \(([^()\s,]+)\)|([^()\s,]+))(?=, |$)")

_PLACES = ("title", "assignees", "gone", "locked", "data source")
"""Labels that are no role."""

Types = Mapping[str, Mapping[str, str]]
"""Data source id → role → type of its property, as far as learnt."""


@dataclass(frozen=True, slots=True)
class Step:
    """One event, and the page before and after it.

    Attributes:
        row: of the journal.
        before: None at first sight.
        after: the page then.
        assignment_news: at first sight: whether the event said that the assignment was news; None when nobody knows.
    """

    row: Mapping[str, Any]
    before: Snapshot | None
    after: Snapshot
    assignment_news: bool | None = True

    @property
    def event_id(self) -> str:
        """The event."""
        return str(self.row["pk"]).partition("#")[2]


@dataclass(frozen=True, slots=True)
class Unknown:
    """An event of which can't be said what it would have told, and why."""

    event_id: str
    why: str


class Unclear(Exception):
    """A text from which the value can't be had again; the message says why."""


def steps_of(rows: Iterable[Mapping[str, Any]], now: Snapshot, types: Types) -> Iterator[Step | Unknown]:
    """The steps of one page, the newest first.

    Args:
        rows: of its events, the newest first, and none left out.
        now: what is remembered of it.
        types: of the properties.
    """
    after, lost = now, ""
    for row in rows:
        event_id = str(row["pk"]).partition("#")[2]
        was, became = row.get("before") or {}, row.get("after") or {}
        if not became:
            continue  # nothing changed that was watched
        if lost:
            yield Unknown(event_id, lost)
            continue
        try:
            if "data source" in became:
                raise Unclear(
                    "its page moved between data sources, where the same roles mean other properties"
                )
            then = _with(after, became, types)
            before = None if not was else _with(then, was, types)
        except Unclear as why:
            lost = str(why)
            yield Unknown(event_id, lost)
            continue
        news = _news(row) if before is None else True
        if then.gone and before is not None:
            trash = "in the trash" in str(row.get("why", ""))
            then = replace(then, departure=Departure.TRASHED if trash else Departure.MISSING)
        yield Step(row, before, then, news)
        after = before if before is not None else then


def _news(row: Mapping[str, Any]) -> bool | None:
    """Whether people who were assigned at first sight were news."""
    if row.get("type") == "page.created":
        return True
    if any("/assignment" in str(effect.get("rule")) for effect in row.get("effects", [])):
        return True
    return None if (row.get("after") or {}).get("assignees", "nobody") not in ("nobody", "unknown") else False


def _with(snapshot: Snapshot, texts: Mapping[str, str], types: Types) -> Snapshot:
    """A snapshot in which these labels have these values."""
    known = types.get(snapshot.source_id, {})
    values = dict(snapshot.values)
    for role, text in texts.items():
        if role in _PLACES and role not in values:
            continue
        if text == "unknown":
            values.pop(role, None)
        elif role in known or role == "title":
            values[role] = value_from(text, known.get(role, "title"), values.get(role))
        elif role not in _PLACES:
            raise Unclear(f"the type of the property with the role {role!r} is not known")
    changed = replace(snapshot, values=values, title=texts.get("title", snapshot.title))
    if "gone" in texts:
        gone = texts["gone"] == "yes"
        changed = replace(changed, gone=gone, departure=Departure.TRASHED if gone else None)
    if "locked" in texts:
        changed = replace(changed, locked=texts["locked"] == "yes")
    if "assignees" in texts:
        changed = replace(changed, assignees=_people(texts["assignees"]))
    return changed


def value_from(text: str, kind: str, like: Value) -> Value:
    """The value that is shown as this text.

    Args:
        text: as ``values.shown`` gives it.
        kind: the property's type.
        like: a value of the property at another time, whose option it may be again.

    Raises:
        Unclear: it is none of that type.
    """
    if text == "empty":
        return None
    match kind:
        case "status" | "select":
            again = isinstance(like, dict) and like.get("name") == text
            value: Value = like if again else {"id": None, "name": text}
        case "multi_select":
            # A name may hold a comma itself; then it is taken for several.
            value = [{"id": None, "name": name} for name in text.split(", ")]
        case "people" | "relation":
            value = text.split(", ")
        case "date":
            start, _, end = text.partition(" to ")
            value = {"start": start, "end": end or None}
        case "checkbox":
            value = text == "true"
        case "number":
            value = _number(text)
        case _:
            value = text
    return value


def _number(text: str) -> Value:
    try:
        return json.loads(text)
    except ValueError as error:
        raise Unclear("a number is not written as one") from error


def _people(text: str) -> tuple[Person, ...] | None:
    if text in ("unknown", "nobody"):
        return None if text == "unknown" else ()
    found = [Person(at or bare, name or None, "person") for name, at, bare in _PERSON.findall(text)]
    if not found:
        raise Unclear("the assignees are not written as expected")
    return tuple(found)


def finished(row: Mapping[str, Any]) -> datetime:
    """When an event was finished."""
    return datetime.fromisoformat(str(row["finished_at"])).astimezone(UTC)
