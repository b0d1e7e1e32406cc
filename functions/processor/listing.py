"""The rows of a data source, a hundred a call.

Source: Notion's reference on querying a data source (2025-09-03 and later): a short chunk is no end, only ``has_more``
is; a query ends after 10,000 results and then says so; times are minutes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from steward.clients.notion import NotionClient
from steward.errors import CallFailed, Failure
from steward.pages import Page, decode_page

By = Literal["last_edited_time", "created_time"]

MINUTE = timedelta(minutes=1)
"""What Notion's times are rounded down to."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One answer.

    Attributes:
        pages: its rows, oldest first by the time that was asked for.
        observed_at: when Notion made it, or None.
        cursor: where the next one begins; None at the end.
        cut: there is more, but this query does not give it: ask again from the last row's time.
    """

    pages: tuple[Page, ...]
    observed_at: datetime | None
    cursor: str | None
    cut: bool

    @property
    def is_last(self) -> bool:
        """Whether there is no more."""
        return self.cursor is None and not self.cut


def chunks(
    notion: NotionClient,
    source_id: str,
    by: By,
    since: datetime | None,
    cursor: str | None = None,
    where: Sequence[Mapping[str, Any]] = (),
    only: Sequence[str] = (),
) -> Iterator[Chunk]:
    """Query until there is no more.

    Args:
        notion: the client.
        source_id: the data source.
        by: the time that orders the rows.
        since: only rows from this minute on; None for all.
        cursor: go on from here.
        where: further conditions, as Notion's filters; rows meet all of them.
        only: ids of the properties that are needed; all without.

    Raises:
        CallFailed: a query failed; UNAVAILABLE also for an answer that contradicts itself.
    """
    times = [] if since is None else [{"timestamp": by, by: {"on_or_after": since.isoformat()}}]
    conditions = [*times, *where]
    wanted = {"and": conditions} if len(conditions) > 1 else next(iter(conditions), None)
    sorts = [{"timestamp": by, "direction": "ascending"}]
    seen = {cursor}
    while True:
        answer = notion.query(source_id, filter=wanted, sorts=sorts, start_cursor=cursor, only=only)
        chunk = _chunk(answer.body, answer.observed_at)
        if chunk.cursor in seen - {None}:
            raise CallFailed(
                Failure.UNAVAILABLE, "notion", "notion.query", message="a list that does not go on"
            )
        yield chunk
        if chunk.cursor is None:
            return
        cursor = chunk.cursor
        seen.add(cursor)


def _chunk(body: Mapping[str, Any], observed_at: datetime | None) -> Chunk:
    results, more, cursor = body.get("results"), body.get("has_more"), body.get("next_cursor")
    if not isinstance(results, list) or (more and not isinstance(cursor, str)):
        raise CallFailed(Failure.UNAVAILABLE, "notion", "notion.query", message="not the API's answer")
    rows = [cast("Mapping[str, object]", row) for row in results if isinstance(row, Mapping)]
    status = body.get("request_status")
    return Chunk(
        # In a wiki the rows of a data source may be data sources; a page that is not shown whole has no properties.
        pages=tuple(
            decode_page(r) for r in rows if r.get("object") == "page" and "properties" in r and "id" in r
        ),
        observed_at=observed_at,
        cursor=cursor if more else None,
        cut=isinstance(status, Mapping) and status.get("type") == "incomplete",
    )
