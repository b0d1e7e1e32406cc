"""The little that a cold start must not forget: JSON documents under names, in the State table.

Key: ``MEMORY#<name>`` with ``MEMORY``.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from steward.aws_trouble import CANCELLED, reasons_of
from steward.documents import Item
from steward.errors import StateConflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

_LOST = ("ConditionalCheckFailedException", "TransactionConflictException")
_LOST_ITEM = frozenset({"ConditionalCheckFailed", "TransactionConflict"})
"""Why a transaction was cancelled that lost a race; a limit and an item that is too large are other reasons."""


class Memory:
    """Remembers."""

    def __init__(self, table: "Table", now: Callable[[], datetime]) -> None:
        self._table = table
        self._now = now

    def recall(self, name: str) -> Any | None:
        """What was remembered under a name, or None when nothing was or it has expired."""
        item = self._item(name)
        if item is None or ("ttl" in item and int(item["ttl"]) <= self._now().timestamp()):
            return None
        return json.loads(item["document"])

    def remember(self, name: str, document: object, keep: timedelta | None = None) -> None:
        """Remember a JSON document under a name, for ever or for a while."""
        item: Item = {**_key(name), "document": _text(document)}
        if keep is not None:
            item["ttl"] = int((self._now() + keep).timestamp())
        self._table.put_item(Item=item)

    def recall_version(self, name: str) -> tuple[Any | None, int]:
        """What was last swapped in under a name, and its version; ``(None, 0)`` before the first time."""
        item = self._item(name)
        return (None, 0) if item is None else (json.loads(item["document"]), int(item["version"]))

    def swap(self, name: str, document: object, version: int) -> None:
        """Write a document's next version, over the one before it.

        Raises:
            StateConflict: the stored version is not ``version - 1``.
        """
        guarded(
            lambda: self._table.put_item(
                Item={**_key(name), "document": _text(document), "version": version},
                ConditionExpression="attribute_not_exists(pk) OR version = :before",
                ExpressionAttributeValues={":before": version - 1},
            )
        )

    def _item(self, name: str) -> Item | None:
        answer: Any = self._table.get_item(Key=_key(name), ConsistentRead=True)
        item: Item | None = answer.get("Item")
        return item


def guarded(write: Callable[[], object]) -> None:
    """Make a conditional write.

    Raises:
        StateConflict: its condition did not hold.
    """
    try:
        write()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _LOST or (code == CANCELLED and _LOST_ITEM & reasons_of(error)):
            raise StateConflict("another writer was first; read it again") from error
        raise


def _key(name: str) -> Item:
    return {"pk": f"MEMORY#{name}", "sk": "MEMORY"}


def _text(document: object) -> str:
    return json.dumps(document, separators=(",", ":"))
