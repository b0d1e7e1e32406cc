"""The sweep's second look: the rows by the time at which they were created, a part of them in each sweep.

A page that is remembered and not among them is read: trashed, moved, unshared, or just not indexed yet. The rows are
compared too, so that what the first look left out is found some time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from processor.connections import Connections
from processor.edits import Mark
from processor.found import Finder
from processor.known import Known
from processor.listing import MINUTE, Chunk, chunks
from steward.documents import iso, moment
from steward.errors import CallFailed, Failure
from steward.memory import Memory
from steward.rules import DataSource
from steward.state import State


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a source's listing goes on.

    Attributes:
        since: the minute; None at the beginning.
        cursor: within that minute, which is too full for one sweep: None at its beginning.
    """

    since: datetime | None = None
    cursor: str | None = None

    @staticmethod
    def of(document: Any | None) -> "_Place":
        """What was remembered."""
        return (
            _Place(moment(document["since"]), document["cursor"]) if isinstance(document, dict) else _Place()
        )

    def document(self) -> dict[str, str | None]:
        """As it is remembered."""
        return {"since": iso(self.since), "cursor": self.cursor}


class Presence:
    """Lists what is there."""

    def __init__(
        self,
        *,
        state: State,
        memory: Memory,
        connections: Connections,
        known: Known,
        finder: Finder,
        out_of_time: Callable[[], bool],
    ) -> None:
        self._state = state
        self._memory = memory
        self._connections = connections
        self._known = known
        self._finder = finder
        self._out_of_time = out_of_time

    def compare(self, source: DataSource, lane: str, mark: Mark, calls: int) -> int:
        """Compare the next part of a source; returns the calls that listing it took.

        Args:
            source: the data source.
            lane: whose pages are compared.
            mark: how far edits are compared; rows that were edited since are left to the next sweep.
            calls: the most that may be spent on listing, at least 1.

        Raises:
            CallFailed: the part is compared again by the next sweep.
        """
        name = f"PRESENT#{source.id}#{lane}"
        place = _Place.of(self._memory.recall(name))
        listed: set[str] = set()
        last, number, chunk = place.since, 0, None
        for number, chunk in enumerate(self._rows(source, place, name), 1):
            listed |= {page.id for page in chunk.pages}
            self._finder.compare(chunk, source, before=mark.until, created_since=mark.began)
            last = max((p.created_time for p in chunk.pages if p.created_time), default=last)
            if number >= calls or self._out_of_time():
                break
        ends = chunk is None or chunk.is_last
        # The last minute may go on in the next part: its pages are missed by whoever begins there. Of a minute that one
        # sweep can't list to its end, nobody can tell what is missing.
        first = place.since + MINUTE if place.since and place.cursor else place.since
        if ends or last != place.since:
            known = self._state.known_pages(source.id, first, None if ends else last)
            self._finder.missing(
                [page_id for page_id in known if page_id not in listed], source, self._out_of_time
            )
        self._memory.remember(name, self._next(place, last, chunk, ends=ends).document())
        return number

    def _rows(self, source: DataSource, place: _Place, name: str) -> Iterator[Chunk]:
        try:
            yield from chunks(
                self._connections.of(source),
                self._known.query_id(source),
                "created_time",
                place.since,
                place.cursor,
            )
        except CallFailed as failure:
            if failure.failure is Failure.INVALID and place.cursor is not None and place.since is not None:
                # Cursors are Notion's and not for keeping.
                self._memory.remember(name, _Place(place.since + MINUTE).document())
            raise

    @staticmethod
    def _next(place: _Place, last: datetime | None, chunk: Chunk | None, *, ends: bool) -> _Place:
        if ends or last is None or chunk is None:
            return _Place()
        if last != place.since:
            return _Place(last)
        return _Place(last + MINUTE) if chunk.cut else _Place(last, chunk.cursor)
