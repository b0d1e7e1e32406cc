"""The State table: snapshots and effects; ``memory`` keeps the rest of it.

Promises: a snapshot and the effects that it plans are written together or not at all, and only over the version that
they were planned from; an effect changes only from the status that its writer saw. A lost race raises
``StateConflict`` and writes nothing.

Keys: ``PAGE#<id>`` with ``SNAPSHOT`` and ``EFFECT#<version>#<kind>#<id>``; see ``turns`` and ``links`` for theirs.
The index ``due`` lists effects that are still owed by the time at which they may be tried (again); ``by-source`` lists the
pages of a data source that are there, by the time at which they were created.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from steward import documents, links, turns
from steward.closings import Closings
from steward.documents import iso
from steward.effect_puts import EffectPuts
from steward.effects import Effect, Status, made_obsolete, revived
from steward.memory import guarded
from steward.snapshots import Snapshot

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

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

    def __init__(self, table: "Table", now: Callable[[], datetime], closings: Closings | None = None) -> None:
        """Make it; ``closings`` tells the Journal how effects end, and only who reads alone can do without."""
        self._table = table
        self._now = now
        self._closings = closings
        self._puts = EffectPuts(table.name, now)

    @contextmanager
    def working(self, event_id: str) -> Iterator[None]:
        """While an event is at work: how its own effects end is left to its own row in the Journal."""
        with self._closings.left_to(event_id) if self._closings else nullcontext():
            yield

    def load(self, page_id: str) -> PageRecord:
        """Read what is known of a page, consistently."""
        key = Key("pk").eq(documents.page_key(page_id))
        items = list(chain.from_iterable(self._answers(KeyConditionExpression=key, ConsistentRead=True)))
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
        taken with this commit. ``again``: lapsed effects that are owed again. Each of both takes two of a transaction's
        items: its row in the Journal is one.

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
            item["ttl"] = self._puts.until_forgotten()
        if not effects and not obsolete and not taking and not again:
            guarded(lambda: self._table.put_item(Item=item, **condition))  # half the price of a transaction
            return
        actions: list[Any] = [{"Put": self._puts.in_table(Item=item, **condition)}]
        actions += [{"Put": self._puts.new(e)} for e in effects]
        moved = [(e, made_obsolete(e, self._now(), gone=snapshot.gone)) for e in obsolete]
        moved += [(e, revived(e)) for e in again]
        for seen, becomes in moved:
            actions.append({"Put": self._puts.over(seen.status, becomes)})
            actions += self._closings.puts(seen, becomes) if self._closings else []
        actions += [
            {"Put": self._puts.in_table(**turns.taking(rule, number))} for rule, number in taking.items()
        ]
        self._transact(actions)

    def add(self, effects: Sequence[Effect]) -> None:
        """Plan up to 100 effects beside a commit: all or nothing.

        Raises:
            StateConflict: one of them is there already.
        """
        if effects:
            self._transact([{"Put": self._puts.new(e)} for e in effects])

    def turns_taken(self, rules: Iterable[str]) -> dict[str, int]:
        """Rule → how many turns it has taken."""
        return {rule: turns.taken(self._table, rule) for rule in rules}

    def advance(self, seen: Effect, becomes: Effect) -> Effect:
        """Move an effect on from the status it was seen in.

        Raises:
            StateConflict: somebody else moved it first.
        """
        action = self._puts.over(seen.status, becomes)
        rows = self._closings.puts(seen, becomes) if self._closings else []
        if rows:
            self._transact([{"Put": action}, *rows])
            return becomes
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
        key = Key("due").eq("effect") & Key("due_at").lte(int(self._now().timestamp()))
        for items in self._answers(IndexName="due", KeyConditionExpression=key):
            pages = (str(item["pk"]).removeprefix("PAGE#") for item in items)
            found |= dict.fromkeys(page for page in pages if wanted(page))
            if len(found) >= limit:
                break
        return list(found)[:limit]

    def fold(self, digest: Effect, effects: Sequence[Effect]) -> None:
        """Plan a digest and close the planned messages that it tells: all or nothing.

        Raises:
            StateConflict: one of them is not planned any more.
        """
        actions: list[Any] = [{"Put": self._puts.new(digest)}]
        for effect in effects:
            told = replace(
                effect, status=Status.FOLDED, done_at=self._now(), external_id=digest.id, retry_at=None
            )
            actions.append({"Put": self._puts.over(effect.status, told)})
        self._transact(actions)

    def known_pages(self, source_id: str, since: datetime | None, before: datetime | None) -> list[str]:
        """Ids of the pages of a data source that are remembered as being there.

        Args:
            source_id: as in the rules file.
            since: created not before this minute; None for any.
            before: created before this minute; None for any.
        """
        key = Key("source").eq(source_id)
        first, last = iso(since) or "0", iso(before) or "9"
        asked = {
            "IndexName": "by-source",
            "KeyConditionExpression": key & Key("created_at").between(first, last),
        }
        return [
            str(i["pk"]).removeprefix("PAGE#")
            for items in self._answers(**asked)
            for i in items
            if i["created_at"] != last
        ]

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

    def _answers(self, **query: Any) -> Iterator[list[Mapping[str, Any]]]:
        """The items of a query, answer by answer."""
        while True:
            answer: Any = self._table.query(**query)
            yield answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _transact(self, actions: list[Any]) -> None:
        guarded(lambda: self._table.meta.client.transact_write_items(TransactItems=actions))
