"""The State table: snapshots, effects, and the little that a cold start must not forget.

Promises: a snapshot and the effects that it plans are written together or not at all, and only over the version that
they were planned from; an effect changes only from the status that its writer saw. A lost race raises
``StateConflict`` and writes nothing.

Keys: ``PAGE#<id>`` with ``SNAPSHOT`` and ``EFFECT#<version>#<kind>#<id>``; ``MEMORY#<name>`` with ``MEMORY``.
The index ``due`` lists effects that are still owed by the time at which they may be tried (again).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key
from botocore.exceptions import ClientError

from steward import documents
from steward.documents import Item
from steward.effects import Effect, Status
from steward.errors import StateConflict
from steward.snapshots import Snapshot

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

GRACE = timedelta(minutes=3)
"""A planned effect becomes due this long after it was planned: until then the event that planned it is at work."""

KEEP = timedelta(days=40)
"""How long a closed effect, and what is known of a page that is gone, is kept.

Longer than any replay of its event is possible from the lane or its dead letters, and than a page stays in the trash.
"""

_LOST = ("ConditionalCheckFailedException", "TransactionCanceledException", "TransactionConflictException")


@dataclass(frozen=True, slots=True)
class PageRecord:
    """All that is remembered of one page: its snapshot, None before the first sight, and its effects in order."""

    snapshot: Snapshot | None
    effects: tuple[Effect, ...]

    @property
    def still_open(self) -> tuple[Effect, ...]:
        """The effects that are still owed."""
        return tuple(e for e in self.effects if e.is_open)


class State:
    """The table. One writer at a time works a page; conditions catch it when that is not so."""

    def __init__(self, table: "Table", now: Callable[[], datetime]) -> None:
        self._table = table
        self._now = now

    def load(self, page_id: str) -> PageRecord:
        """Read what is known of a page, consistently."""
        items: list[Mapping[str, Any]] = []
        query: dict[str, Any] = {
            "KeyConditionExpression": Key("pk").eq(documents.page_key(page_id)),
            "ConsistentRead": True,
        }
        while True:
            answer = self._table.query(**query)
            items += answer["Items"]
            if "LastEvaluatedKey" not in answer:
                break
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        snapshot = next((documents.snapshot_of(i) for i in items if i["sk"] == "SNAPSHOT"), None)
        return PageRecord(
            snapshot, tuple(documents.effect_of(i) for i in items if i["sk"].startswith("EFFECT#"))
        )

    def commit(
        self,
        previous: Snapshot | None,
        snapshot: Snapshot,
        effects: Sequence[Effect],
        obsolete: Sequence[Effect],
    ) -> None:
        """Write the next snapshot, the effects that it plans, and mark what is no longer true: all or nothing.

        An obsolete effect that is still planned is cancelled; one that was started is only marked, because it may have
        happened and has to be looked for first.

        Raises:
            StateConflict: the page is no longer at ``previous``, or an effect moved on meanwhile.
        """
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if previous is not None:
            condition = {
                "ConditionExpression": "version = :previous",
                "ExpressionAttributeValues": {":previous": previous.version},
            }
        item = documents.snapshot_item(snapshot)
        if (
            snapshot.gone
        ):  # names and titles live as long as their page; a page that comes back overwrites this
            item["ttl"] = self._until_forgotten()
        actions: list[Any] = [{"Put": self._in_table(Item=item, **condition)}]
        actions += [{"Put": self._put_new(e)} for e in effects]
        actions += [{"Put": self._put_over(e.status, _made_obsolete(e, self._now()))} for e in obsolete]
        self._guarded(lambda: self._table.meta.client.transact_write_items(TransactItems=actions))

    def advance(self, seen: Effect, becomes: Effect) -> Effect:
        """Move an effect on from the status it was seen in.

        Raises:
            StateConflict: somebody else moved it first.
        """
        action = self._put_over(seen.status, becomes)
        del action["TableName"]
        self._guarded(lambda: self._table.put_item(**action))
        return becomes

    def due(self, limit: int) -> list[str]:
        """Ids of pages with effects whose time to be tried has come, the longest due first."""
        answer = self._table.query(
            IndexName="due",
            KeyConditionExpression=Key("due").eq("effect") & Key("due_at").lte(int(self._now().timestamp())),
            Limit=limit,
        )
        return list(dict.fromkeys(str(item["pk"]).removeprefix("PAGE#") for item in answer["Items"]))

    def recall(self, name: str) -> Any | None:
        """What was remembered under a name, or None when nothing was or it has expired."""
        item = self._table.get_item(Key=_memory_key(name), ConsistentRead=True).get("Item")
        if item is None or ("ttl" in item and int(item["ttl"]) <= self._now().timestamp()):  # type: ignore[arg-type]
            return None
        return json.loads(str(item["document"]))

    def remember(self, name: str, document: object, keep: timedelta | None = None) -> None:
        """Remember a JSON document under a name, for ever or for a while."""
        item: Item = {**_memory_key(name), "document": json.dumps(document, separators=(",", ":"))}
        if keep is not None:
            item["ttl"] = int((self._now() + keep).timestamp())
        self._table.put_item(Item=item)

    def _open_item(self, effect: Effect) -> Item:
        due_at = effect.retry_at or (effect.started_at or effect.planned_at) + GRACE
        return {**documents.effect_item(effect), "due": "effect", "due_at": int(due_at.timestamp())}

    def _put_new(self, effect: Effect) -> dict[str, Any]:
        # After a forgotten page's return versions begin anew; DynamoDB may be days late in deleting what expired.
        return self._in_table(
            Item=self._open_item(effect),
            ConditionExpression="attribute_not_exists(pk) OR #ttl <= :now",
            ExpressionAttributeNames={"#ttl": "ttl"},
            ExpressionAttributeValues={":now": int(self._now().timestamp())},
        )

    def _until_forgotten(self) -> int:
        return int((self._now() + KEEP).timestamp())

    def _put_over(self, status: Status, effect: Effect) -> dict[str, Any]:
        if effect.is_open:
            item = self._open_item(effect)
        else:
            item = {**documents.effect_item(effect), "ttl": self._until_forgotten()}
        return self._in_table(
            Item=item,
            ConditionExpression="#status = :seen",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":seen": str(status)},
        )

    def _in_table(self, **action: object) -> dict[str, Any]:
        return {"TableName": self._table.name, **action}

    @staticmethod
    def _guarded(write: Callable[[], object]) -> None:
        try:
            write()
        except ClientError as error:
            if error.response["Error"]["Code"] in _LOST:
                raise StateConflict("another writer was first; read the page again") from error
            raise


def _made_obsolete(effect: Effect, now: datetime) -> Effect:
    if effect.status is Status.STARTED:
        return replace(effect, obsolete=True)
    return replace(
        effect,
        status=Status.CANCELLED,
        done_at=now,
        obsolete=True,
        retry_at=None,
        reason="no longer true",
    )


def _memory_key(name: str) -> Item:
    return {"pk": f"MEMORY#{name}", "sk": "MEMORY"}
