"""The State table: snapshots and effects; ``memory`` keeps the rest of it.

Promises: a snapshot and the effects that it plans are written together or not at all, and only over the version that
they were planned from; an effect changes only from the status that its writer saw. A lost race raises
``StateConflict`` and writes nothing.

Keys: ``PAGE#<id>`` with ``SNAPSHOT`` and ``EFFECT#<version>#<kind>#<id>``; see ``turns`` and ``links`` for theirs.
The index ``due`` lists effects that are still owed by the time at which they may be tried (again); ``by-source`` lists the
pages of a data source that are there, by the time at which they were created.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from steward import documents, links, turns
from steward.documents import Item, iso
from steward.effects import Effect, Status, made_obsolete, revived
from steward.memory import guarded
from steward.snapshots import Snapshot

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

GRACE = timedelta(minutes=3)
"""A planned effect becomes due this long after it was planned: until then the event that planned it is at work."""

KEEP = timedelta(days=40)
"""How long a closed effect, and what is known of a page that is gone, is kept.

Longer than any replay of its event is possible from the lane or its dead letters, and than a page stays in the trash.
"""


_NONE: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class PageRecord:
    """All that is remembered of a page: its snapshot, None before the first sight, its effects in order, who linked here."""

    snapshot: Snapshot | None
    effects: tuple[Effect, ...]
    linked_from: tuple[str, ...] = ()

    @property
    def still_open(self) -> tuple[Effect, ...]:
        """The effects that are still owed."""
        return tuple(e for e in self.effects if e.is_open)

    @property
    def lapsed(self) -> tuple[Effect, ...]:
        """The effects that were owed when the page went, and are again if it comes back."""
        return tuple(e for e in self.effects if e.status is Status.LAPSED)


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
            snapshot,
            tuple(documents.effect_of(i) for i in items if i["sk"].startswith("EFFECT#")),
            links.linked_from(items),
        )

    def link(self, page_id: str, target_id: str) -> None:
        """Remember that a page links to another one, seen or not."""
        self._table.put_item(Item=links.link_item(page_id, target_id))

    def commit(
        self,
        previous: Snapshot | None,
        snapshot: Snapshot,
        effects: Sequence[Effect],
        obsolete: Sequence[Effect],
        taking: Mapping[str, int] = _NONE,
        again: Sequence[Effect] = (),
    ) -> None:
        """Write the next snapshot, the effects that it plans, and mark what is no longer true: all or nothing.

        An obsolete effect that is still planned is cancelled, or lapses if its page is gone; one that was started is only
        marked, because it may have happened and has to be looked for first. ``taking``: rule → how many turns it has
        taken with this commit. ``again``: lapsed effects that are owed again.

        Raises:
            StateConflict: the page is no longer at ``previous``, an effect moved on meanwhile, or a turn was taken.
        """
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if previous is not None:
            condition = {
                "ConditionExpression": "version = :previous",
                "ExpressionAttributeValues": {":previous": previous.version},
            }
        item = documents.snapshot_item(snapshot)
        if snapshot.gone:
            # Names and titles live as long as their page; a page that comes back overwrites this.
            item["ttl"] = self._until_forgotten()
        if not effects and not obsolete and not taking and not again:
            guarded(lambda: self._table.put_item(Item=item, **condition))  # half the price of a transaction
            return
        actions: list[Any] = [{"Put": self._in_table(Item=item, **condition)}]
        actions += [{"Put": self._put_new(e)} for e in effects]
        actions += [
            {"Put": self._put_over(e.status, made_obsolete(e, self._now(), gone=snapshot.gone))}
            for e in obsolete
        ]
        actions += [{"Put": self._put_over(Status.LAPSED, revived(e))} for e in again]
        actions += [{"Put": self._in_table(**turns.taking(rule, number))} for rule, number in taking.items()]
        guarded(lambda: self._table.meta.client.transact_write_items(TransactItems=actions))

    def add(self, effects: Sequence[Effect]) -> None:
        """Plan up to 100 effects beside a commit: all or nothing.

        Raises:
            StateConflict: one of them is there already.
        """
        if effects:
            actions: list[Any] = [{"Put": self._put_new(e)} for e in effects]
            guarded(lambda: self._table.meta.client.transact_write_items(TransactItems=actions))

    def turns_taken(self, rules: Iterable[str]) -> dict[str, int]:
        """Rule → how many turns it has taken."""
        return {rule: turns.taken(self._table, rule) for rule in rules}

    def advance(self, seen: Effect, becomes: Effect) -> Effect:
        """Move an effect on from the status it was seen in.

        Raises:
            StateConflict: somebody else moved it first.
        """
        action = self._put_over(seen.status, becomes)
        del action["TableName"]
        guarded(lambda: self._table.put_item(**action))
        return becomes

    def due(self, wanted: Callable[[str], bool], limit: int) -> list[str]:
        """Ids of pages with effects whose time to be tried has come, the longest due first.

        Args:
            wanted: whether a page is the caller's business.
            limit: of such pages.
        """
        found: dict[str, None] = {}
        query: dict[str, Any] = {
            "IndexName": "due",
            "KeyConditionExpression": Key("due").eq("effect")
            & Key("due_at").lte(int(self._now().timestamp())),
        }
        while len(found) < limit:
            answer = self._table.query(**query)
            pages = (str(item["pk"]).removeprefix("PAGE#") for item in answer["Items"])
            found |= dict.fromkeys(page for page in pages if wanted(page))
            if "LastEvaluatedKey" not in answer:
                break
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        return list(found)[:limit]

    def fold(self, digest: Effect, effects: Sequence[Effect]) -> None:
        """Plan a digest and close the planned messages that it tells: all or nothing.

        Raises:
            StateConflict: one of them is not planned any more.
        """
        actions: list[Any] = [{"Put": self._put_new(digest)}]
        for effect in effects:
            told = replace(
                effect, status=Status.FOLDED, done_at=self._now(), external_id=digest.id, retry_at=None
            )
            actions.append({"Put": self._put_over(effect.status, told)})
        guarded(lambda: self._table.meta.client.transact_write_items(TransactItems=actions))

    def known_pages(self, source_id: str, since: datetime | None, before: datetime | None) -> list[str]:
        """Ids of the pages of a data source that are remembered as being there.

        Args:
            source_id: as in the rules file.
            since: created not before this minute; None for any.
            before: created before this minute; None for any.
        """
        key = Key("source").eq(source_id)
        first, last = iso(since) or "0", iso(before) or "9"
        query: dict[str, Any] = {
            "IndexName": "by-source",
            "KeyConditionExpression": key & Key("created_at").between(first, last),
        }
        found: list[str] = []
        while True:
            answer = self._table.query(**query)
            found += [str(i["pk"]).removeprefix("PAGE#") for i in answer["Items"] if i["created_at"] != last]
            if "LastEvaluatedKey" not in answer:
                return found
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def snapshots(self, page_ids: Sequence[str]) -> dict[str, Snapshot]:
        """The snapshots of up to 100 pages, by id; without those that were never seen."""
        ids = dict.fromkeys(page_ids)
        keys: Any = [{"pk": documents.page_key(page_id), "sk": "SNAPSHOT"} for page_id in ids]
        found: dict[str, Snapshot] = {}
        client, name = self._table.meta.client, self._table.name
        while keys:
            answer = client.batch_get_item(RequestItems={name: {"Keys": keys, "ConsistentRead": True}})
            for item in answer["Responses"].get(name, []):
                snapshot = documents.snapshot_of(item)
                found[snapshot.page_id] = snapshot
            left: Any = answer["UnprocessedKeys"]
            keys = left.get(name, {}).get("Keys", [])
        return found

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
