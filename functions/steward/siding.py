"""The siding: events that wait beside the lane for a further Notion connection, in the State table.

Promises that what is put there stays until it was given back, and that giving it back twice is harmless: the event is
finished once. Key: ``ASIDE#<event id>`` with ``PAGE#<page id>``; the index ``due`` lists those of a connection by the time
from which they may be tried again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEEP = timedelta(days=1)
"""How long an event that was given back is still there: nothing reads it, and a table's own clean-up is free."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that waits.

    Attributes:
        event_id: Notion's id of it.
        page_id: what it is about, or None.
        body: its envelope.
        due_at: seconds since the epoch; not to be tried before.
    """

    event_id: str
    page_id: str | None
    body: str
    due_at: int


class Siding:
    """The table."""

    def __init__(self, table: "Table", now: Callable[[], datetime]) -> None:
        self._table = table
        self._now = now

    def put(self, connection: str, waiting: Waiting) -> None:
        """Let an event wait; one that is there already waits anew."""
        item: dict[str, Any] = {
            **_key(waiting),
            "due": f"event@{connection}",
            "due_at": waiting.due_at,
            "body": waiting.body,
        }
        self._table.put_item(Item=item)

    def due(
        self, connection: str, wanted: Callable[[str | None], bool], limit: int, before: datetime
    ) -> list[Waiting]:
        """The events of a connection that may be tried before a moment, the longest due first.

        Args:
            connection: its name.
            wanted: whether a page is the caller's business.
            limit: of such events.
            before: the moment.
        """
        found: list[Waiting] = []
        query: dict[str, Any] = {
            "IndexName": "due",
            "KeyConditionExpression": Key("due").eq(f"event@{connection}")
            & Key("due_at").lte(int(before.timestamp())),
        }
        while len(found) < limit:
            answer = self._table.query(**query)
            keys = [{"pk": item["pk"], "sk": item["sk"]} for item in answer["Items"] if wanted(_page(item))]
            found += filter(None, (self._read(key) for key in keys[: limit - len(found)]))
            if "LastEvaluatedKey" not in answer:
                break
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        return found

    def _read(self, key: Any) -> Waiting | None:
        """The whole of it, or None when it was given back: the index holds keys only, and lags."""
        item: Any = self._table.get_item(Key=key, ConsistentRead=True).get("Item")
        if item is None or "body" not in item:
            return None
        event_id = str(item["pk"]).removeprefix("ASIDE#")
        return Waiting(event_id, _page(item), item["body"], int(item["due_at"]))

    def clear(self, waiting: Waiting) -> None:
        """Forget an event that was given back."""
        # Written over, not deleted: the function that may delete could delete a snapshot, too.
        self._table.put_item(Item={**_key(waiting), "ttl": int((self._now() + KEEP).timestamp())})


def _key(waiting: Waiting) -> dict[str, str]:
    return {"pk": f"ASIDE#{waiting.event_id}", "sk": f"PAGE#{waiting.page_id or ''}"}


def _page(item: Any) -> str | None:
    return str(item["sk"]).removeprefix("PAGE#") or None
