"""How effects are put into the State table: what the index ``due`` has to know, under which condition, and for how long."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from steward import documents
from steward.documents import Item
from steward.effects import Effect, Status

GRACE = timedelta(minutes=3)
"""A planned effect becomes due this long after it was planned: until then the event that planned it is at work."""

KEEP = timedelta(days=40)
"""How long a closed effect, and what is known of a page that is gone, is kept.

Longer than any replay of its event is possible from the lane or its dead letters, and than a page stays in the trash.
"""


class EffectPuts:
    """Makes the puts of one table; each can stand alone or in a transaction."""

    def __init__(self, table_name: str, now: Callable[[], datetime]) -> None:
        self._table_name = table_name
        self._now = now

    def until_forgotten(self) -> int:
        """The ``ttl`` of what is closed or gone now."""
        return int((self._now() + KEEP).timestamp())

    def new(self, effect: Effect) -> dict[str, Any]:
        """Put an effect that is not there yet."""
        # After a forgotten page's return versions begin anew; DynamoDB may be days late in deleting what expired.
        return self.in_table(
            Item=_open_item(effect),
            ConditionExpression="attribute_not_exists(pk) OR #ttl <= :now",
            ExpressionAttributeNames={"#ttl": "ttl"},
            ExpressionAttributeValues={":now": int(self._now().timestamp())},
        )

    def over(self, status: Status, effect: Effect) -> dict[str, Any]:
        """Put an effect over itself, if it still has this status."""
        if effect.is_open:
            item = _open_item(effect)
        else:
            item = {**documents.effect_item(effect), "ttl": self.until_forgotten()}
        return self.in_table(
            Item=item,
            ConditionExpression="#status = :seen",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":seen": str(status)},
        )

    def in_table(self, **action: object) -> dict[str, Any]:
        """An action with the table's name, as a transaction wants it."""
        return {"TableName": self._table_name, **action}


def _open_item(effect: Effect) -> Item:
    due_at = effect.retry_at or (effect.started_at or effect.planned_at) + GRACE
    return {**documents.effect_item(effect), "due": "effect", "due_at": int(due_at.timestamp())}
