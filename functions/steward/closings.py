"""How effects ended after their event's row was written: a row of its own in the Journal, beside the event's.

Key ``EVENT#<event id>`` / ``EFFECT#<effect id>``; in the index ``by-day`` they have days of their own. A row is written by
the transaction that closes the effect in State: neither is ever without the other, and a second attempt at either meets
the condition of the first. What an event at work closes of its own is in its own row, and has none here; a message that
became a line of a digest has one when the digest ends, because only then people are told.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from steward.by_day import WITH_THE_LAST, pages
from steward.documents import iso
from steward.effects import Effect, Notice, Status
from steward.journal import effect_row, partition

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

ROW = "EFFECT#"
"""How the sort key of such a row begins."""

KIND = "#effects"
"""Follows the day in the index, so that who lists a day's events does not get these."""


class Closings:
    """The Journal table, as far as it holds how effects ended."""

    def __init__(self, table: "Table", keep_days: int, now: Callable[[], datetime]) -> None:
        self._table = table
        self._keep = timedelta(days=keep_days)
        self._now = now
        self._at_work = ""

    @contextmanager
    def left_to(self, event_id: str) -> Iterator[None]:
        """While this event is at work, its row is yet to be written, and says itself how its effects ended."""
        before, self._at_work = self._at_work, event_id
        try:
            yield
        finally:
            self._at_work = before

    def puts(self, seen: Effect, becomes: Effect) -> list[Any]:
        """What a transaction has to write beside a change of an effect; nothing when the journal need not know."""
        return [
            {"Put": {"TableName": self._table.name, "Item": self._item(event_id, row)}}
            for event_id, row in self._rows(seen, becomes)
        ]

    def of_event(self, event_id: str) -> dict[str, dict[str, Any]]:
        """Effect id → how it stands, as ``journal.effect_row`` has it, of those of an event that changed after its row."""
        found: dict[str, dict[str, Any]] = {}
        asked: dict[str, Any] = {
            "KeyConditionExpression": Key("pk").eq(partition(event_id)) & Key("sk").begins_with(ROW),
            "ConsistentRead": True,
        }
        while True:
            answer: Any = self._table.query(**asked)
            found |= {str(i["sk"]).removeprefix(ROW): dict(i["effect"]) for i in answer["Items"]}
            if "LastEvaluatedKey" not in answer:
                return found
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def between(self, first: datetime, last: datetime) -> Iterator[dict[str, Any]]:
        """The rows of effects that changed from one time to another, both included, oldest first, page by page."""
        for page in pages(self._table, first, last, WITH_THE_LAST, KIND, ScanIndexForward=True):
            yield from (dict(item) for item in page["Items"])

    def _rows(self, seen: Effect, becomes: Effect) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for notice in seen.notices:
            if notice.event_id == "":
                continue  # of a digest that was made before its lines knew where they are from
            if notice not in becomes.notices:
                yield notice.event_id, self._dropped(becomes, notice)
            elif not becomes.is_open:
                yield notice.event_id, _line(becomes, notice)
        if seen.notices or seen.is_open == becomes.is_open or becomes.status is Status.FOLDED:
            return
        if becomes.event_id != self._at_work:
            yield becomes.event_id, effect_row(becomes)

    def _dropped(self, digest: Effect, notice: Notice) -> Mapping[str, Any]:
        row = {"status": str(Status.CANCELLED), "done_at": iso(self._now()), "reason": "no longer true"}
        return {**_line(digest, notice), **row}

    def _item(self, event_id: str, row: Mapping[str, Any]) -> dict[str, Any]:
        now = self._now().astimezone(UTC)
        return {
            "pk": partition(event_id),
            "sk": f"{ROW}{row['id']}",
            "day": f"{now:%Y-%m-%d}{KIND}",
            "at": f"{iso(now)}#{row['id']}",
            "changed_at": iso(now),
            "effect": dict(row),
            "ttl": int((now + self._keep).timestamp()),
        }


def _line(digest: Effect, notice: Notice) -> dict[str, Any]:
    """How one line of a digest ended: as the digest did; by which rule and when it was planned is in its event's row."""
    row = effect_row(digest)
    del row["rule"], row["planned_at"]
    return {**row, "id": notice.effect_id, "digest": digest.id}
