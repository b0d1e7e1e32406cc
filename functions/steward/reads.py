"""Reads for people: live where Notion answers, else from memory, and always with a label that says which and how old.

A page is remembered as its snapshot; the rows of a data source as the last answer of their query, which also serves as it
is for ``TTL``, so that a page that many open costs one call. What must not work on stale data does not read here.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from steward.clients.notion import Answer
from steward.documents import iso
from steward.errors import CallFailed
from steward.fallback import Fallback
from steward.memory import Memory
from steward.outcomes import TABLE, Then
from steward.pages import Page, decode_page, people
from steward.snapshots import Snapshot
from steward.state import State
from steward.values import Unreadable, shown, value_of

TTL = timedelta(minutes=5)
"""For so long the last answer of a query serves as it is."""

KEEP = timedelta(days=7)
"""For so long it serves while Notion is away."""

MOST = 100
"""Rows: what one query gives."""

MOST_BYTES = 380_000
"""Of the rows that are remembered: a DynamoDB item holds 400 KB."""

V = TypeVar("V")


class Origin(StrEnum):
    """Where an answer comes from."""

    LIVE = "live"
    CACHE = "cache"


@dataclass(frozen=True, slots=True)
class Labelled(Generic[V]):
    """An answer with its label.

    Attributes:
        value: the answer.
        origin: where it comes from.
        at: as of when, by the clock of whoever saw it; None when nobody knows.
        seconds: how old it is; 0 for a live one, None when nobody knows.
    """

    value: V
    origin: Origin
    at: datetime | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class View:
    """A page as people read it.

    Attributes:
        id: the page's.
        title: its title.
        url: its address in Notion.
        gone: trashed, deleted or not shared any more.
        values: a live page's properties by their names, a remembered one's by their roles in the rules file.
    """

    id: str
    title: str
    url: str
    gone: bool
    values: Mapping[str, str] = field(default_factory=dict)


class Notion(Protocol):
    """What is asked of Notion; see ``NotionClient``."""

    def page(self, page_id: str) -> Answer:
        """A page."""

    def query(
        self, data_source_id: str, *, sorts: Sequence[Mapping[str, Any]] = (), page_size: int = 100
    ) -> Answer:
        """A page of rows."""


class Reads:
    """Answers for people: a page, or the rows of a data source, each with its label."""

    def __init__(
        self,
        notion: Notion,
        state: State,
        memory: Memory,
        fallback: Fallback,
        now: Callable[[], datetime],
        ttl: timedelta = TTL,
    ) -> None:
        """Make it.

        Args:
            notion: the client.
            state: remembers pages.
            memory: remembers rows.
            fallback: says whether Notion is to be asked at all.
            now: our clock.
            ttl: for how long the last answer of a query serves as it is.
        """
        self._notion = notion
        self._state = state
        self._memory = memory
        self._fallback = fallback
        self._now = now
        self._ttl = ttl

    def page(self, page_id: str) -> Labelled[View] | None:
        """A page; None when Notion can't be asked and it was never seen.

        Raises:
            CallFailed: Notion refuses for good: it is not shared, or the token is wrong.
        """
        answer = self._ask(lambda: self._notion.page(page_id))
        if answer is not None:
            return Labelled(_view(decode_page(answer.body)), Origin.LIVE, self._now(), 0.0)
        snapshot = self._state.load(page_id).snapshot
        return None if snapshot is None else self._labelled(_remembered(snapshot), snapshot.observed_at)

    def rows(self, source_id: str) -> Labelled[list[View]] | None:
        """The rows of a data source that were edited last, up to ``MOST``; None when nothing is known of them.

        Raises:
            CallFailed: as ``page``.
        """
        known = self._last(source_id)
        if known is not None and known.seconds is not None and known.seconds <= self._ttl.total_seconds():
            return known
        sorts = [{"timestamp": "last_edited_time", "direction": "descending"}]
        answer = self._ask(lambda: self._notion.query(source_id, sorts=sorts, page_size=MOST))
        if answer is None:
            return known
        rows = [
            _view(decode_page(row))
            for row in answer.body["results"]
            if isinstance(row, Mapping) and "id" in row
        ]
        document = {"at": iso(self._now()), "rows": _fitting([asdict(row) for row in rows])}
        self._memory.remember(_name(source_id), document, KEEP)
        return Labelled(rows, Origin.LIVE, self._now(), 0.0)

    def _ask(self, ask: Callable[[], Answer]) -> Answer | None:
        """What Notion answers; None when it is not to be asked, or is in trouble that passes."""
        if self._fallback.read().on:
            return None
        try:
            return ask()
        except CallFailed as failure:
            if TABLE[failure.failure].observing is not Then.WAIT:
                raise
            return None

    def _last(self, source_id: str) -> Labelled[list[View]] | None:
        document = self._memory.recall(_name(source_id))
        if not isinstance(document, dict):
            return None
        return self._labelled(
            [View(**row) for row in document["rows"]], datetime.fromisoformat(document["at"])
        )

    def _labelled(self, value: V, at: datetime | None) -> Labelled[V]:
        age = None if at is None else max((self._now() - at).total_seconds(), 0.0)
        return Labelled(value, Origin.CACHE, at, age)


def _view(page: Page) -> View:
    values: dict[str, str] = {}
    for prop in page.properties:
        named = people(prop)
        if named is not None:
            values[prop.name] = ", ".join(person.name or person.id for person in named) or "nobody"
            continue
        try:
            values[prop.name] = shown(value_of(prop))
        except Unreadable:
            continue
    return View(page.id, page.title, page.url, page.in_trash, values)


def _remembered(snapshot: Snapshot) -> View:
    values = {role: shown(value) for role, value in snapshot.values.items()}
    if snapshot.assignees is not None:
        values["assignee"] = ", ".join(p.name or p.id for p in snapshot.assignees) or "nobody"
    return View(snapshot.page_id, snapshot.title, snapshot.url, snapshot.gone, values)


def _fitting(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The first rows, as many as one item holds: what people write into a row may be long."""
    kept, size = list[Mapping[str, Any]](), 0
    for row in rows:
        size += len(json.dumps(row)) + 1
        if size > MOST_BYTES:
            break
        kept.append(row)
    return kept


def _name(source_id: str) -> str:
    return f"ROWS#{source_id}"
