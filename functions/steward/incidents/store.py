"""Incidents in the Journal table: written over the version that was read, all rows of one step or none; see ``rows``."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from steward.documents import Item, iso
from steward.errors import StateConflict
from steward.incidents import rows
from steward.incidents.causes import cause_of
from steward.incidents.incident import Incident
from steward.incidents.told import Telling
from steward.memory import guarded

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

_TRIES = 5

_STEP = 90
"""Moments that one transaction takes, of 100 actions."""


class Incidents:
    """The incidents."""

    def __init__(self, table: "Table", keep_days: int, now: Callable[[], datetime]) -> None:
        """Make it.

        Args:
            table: the Journal.
            keep_days: how long what is over is kept.
            now: our clock.
        """
        self._table = table
        self._keep = timedelta(days=keep_days)
        self._now = now

    def load(self, incident_id: str) -> Incident | None:
        """An incident with its timeline; None when there is none, or when it has expired."""
        items = self._query(Key("pk").eq(f"INCIDENT#{incident_id}"))
        record = next((i for i in items if i["sk"] == "RECORD"), None)
        if record is None:
            return None
        return rows.incident_of(record, [i for i in items if i["sk"].startswith(rows.MOMENT)])

    def live(self) -> list[Incident]:
        """Those that are open or of which something is still to be told, with their timelines, oldest first."""
        listed = self._query(Key("pk").eq(rows.LISTS) & Key("sk").begins_with(rows.LIVE))
        found = [self.load(i["sk"].removeprefix(rows.LIVE)) for i in listed]
        return sorted((i for i in found if i is not None), key=lambda i: (i.opened_at, i.id))

    def unwritten(self) -> list[Incident]:
        """Those that are over and have no post-mortem yet, with their timelines."""
        listed = self._query(Key("pk").eq(rows.LISTS) & Key("sk").begins_with(rows.UNWRITTEN))
        found = (self.load(i["sk"].removeprefix(rows.UNWRITTEN)) for i in listed)
        return [i for i in found if i is not None]

    def forget_unwritten(self, incident_id: str) -> None:
        """Its post-mortem is written; harmless when that was known."""
        self._table.delete_item(Key=rows.unwritten_key(incident_id))

    def latest(self, limit: int = 20) -> list[Incident]:
        """The last ones, newest first, without their timelines."""
        return self._records(self._listed(rows.AT, limit))

    def ids_of_day(self, day: str) -> list[str]:
        """The ids of the incidents of a UTC day (``2026-11-21``), oldest first."""
        return self._listed(f"{rows.AT}{day}")[::-1]

    def create(self, incident: Incident) -> Incident:
        """Write a new incident; as it is stored.

        Raises:
            StateConflict: its cause has an open incident, or its id is taken.
        """
        new = replace(incident, version=1)
        self._transact(
            [
                self._put(rows.incident_item(new), "attribute_not_exists(pk)"),
                self._put({**rows.cause_key(cause_of(new)), "incident": new.id}, "attribute_not_exists(pk)"),
                self._put(rows.list_key(new)),
                self._put(rows.live_key(new.id)),
                *self._moments(new, ()),
            ]
        )
        return new

    def save(self, before: Incident, after: Incident) -> Incident:
        """Write what became of an incident, with its new moments; as it is stored.

        Raises:
            StateConflict: it is no longer as it was read, or its new cause has an incident already.
        """
        if after == before:
            return before
        new = replace(after, version=before.version + 1)
        actions = [self._put(self._lasting(new, rows.incident_item(new)), "version = :seen", before.version)]
        causes = (cause_of(before), cause_of(new))
        if before.is_open and (causes[0] != causes[1] or not new.is_open):
            actions.append({"Delete": {"TableName": self._table.name, "Key": rows.cause_key(causes[0])}})
        if new.is_open and causes[0] != causes[1]:
            owner = {**rows.cause_key(causes[1]), "incident": new.id}
            actions.append(self._put(owner, "attribute_not_exists(pk)"))
        if before.is_open and not new.is_open:
            actions.append(self._put(self._lasting(new, rows.list_key(new))))
            actions.append(self._put({**rows.unwritten_key(new.id), "ttl": self._until()}))
        self._transact(actions + self._moments(new, {m.key for m in before.timeline}))
        return new

    def change(self, incident_id: str, change: Callable[[Incident], Incident]) -> Incident | None:
        """Change an incident however it stands by now; None when there is none.

        Raises:
            StateConflict: others wrote all the time.
        """
        for _ in range(_TRIES):
            before = self.load(incident_id)
            if before is None:
                return None
            try:
                return self.save(before, change(before))
            except StateConflict:
                continue  # an operator or the triage was first: look at what they wrote
        raise StateConflict("the incident was written by others all the time; try again")

    def telling(self, incident_id: str) -> Telling:
        """What was told of an incident."""
        answer: Any = self._table.get_item(Key=rows.telling_key(incident_id), ConsistentRead=True)
        return rows.telling_of(answer.get("Item"))

    def note_telling(self, incident_id: str, telling: Telling) -> Telling:
        """Write what was told, over the version before; as it is stored.

        Raises:
            StateConflict: another run wrote first.
        """
        new = replace(telling, version=telling.version + 1)
        action = self._telling(incident_id, new)["Put"]
        del action["TableName"]
        guarded(lambda: self._table.put_item(**action))
        return new

    def note_told(self, incident: Incident, telling: Telling) -> tuple[Incident, Telling]:
        """Write what was told together with when, and where the first message is.

        Only these two are written of the incident, whatever an operator made of it meanwhile.

        Raises:
            StateConflict: another run wrote first.
        """
        new = replace(telling, version=telling.version + 1)
        update: dict[str, Any] = {
            "TableName": self._table.name,
            "Key": rows.incident_key(incident.id),
            "UpdateExpression": "SET updated_at = :at ADD version :one",
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeValues": {":at": iso(incident.updated_at), ":one": 1},
        }
        if incident.posted is not None:
            update["UpdateExpression"] = "SET updated_at = :at, posted = :posted ADD version :one"
            update["ExpressionAttributeValues"][":posted"] = incident.posted
        self._transact([self._telling(incident.id, new), {"Update": update}])
        return replace(incident, version=incident.version + 1), new

    def forget_live(self, incident_id: str) -> None:
        """Nothing is to be done about it any more; harmless when that was known."""
        self._table.delete_item(Key=rows.live_key(incident_id))

    def _listed(self, prefix: str, limit: int | None = None) -> list[str]:
        condition = Key("pk").eq(rows.LISTS) & Key("sk").begins_with(prefix)
        items = self._query(condition, newest_first=True, limit=limit)
        return [str(i["sk"]).rsplit("#", 1)[1] for i in items]

    def _records(self, ids: list[str]) -> list[Incident]:
        client, name = self._table.meta.client, self._table.name
        found: dict[str, Incident] = {}
        for start in range(0, len(ids), 100):
            keys: Any = [rows.incident_key(id_) for id_ in ids[start : start + 100]]
            while keys:
                answer: Any = client.batch_get_item(
                    RequestItems={name: {"Keys": keys, "ConsistentRead": True}}
                )
                found |= {i["id"]: rows.incident_of(i) for i in answer["Responses"].get(name, [])}
                keys = answer["UnprocessedKeys"].get(name, {}).get("Keys", [])
        return [found[id_] for id_ in ids if id_ in found]

    def _query(self, condition: Any, *, newest_first: bool = False, limit: int | None = None) -> list[Item]:
        query: dict[str, Any] = {"KeyConditionExpression": condition, "ConsistentRead": True}
        query |= {"ScanIndexForward": not newest_first} | ({"Limit": limit} if limit else {})
        items: list[Item] = []
        while True:
            answer: Any = self._table.query(**query)
            items += answer["Items"]
            if "LastEvaluatedKey" not in answer or (limit and len(items) >= limit):
                return items[:limit]
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _moments(self, incident: Incident, known: Iterable[str]) -> list[dict[str, Any]]:
        have = set(known)
        new = [m for m in incident.timeline if m.key not in have]
        if len(new) > _STEP:
            raise ValueError(f"one step made {len(new)} moments")
        return [self._put({**rows.moment_item(m), "ttl": self._until()}) for m in new]

    def _telling(self, incident_id: str, new: Telling) -> dict[str, Any]:
        item = {**rows.telling_item(incident_id, new), "ttl": self._until()}
        return self._put(item, "attribute_not_exists(pk) OR version = :seen", new.version - 1)

    def _lasting(self, incident: Incident, item: Item) -> Item:
        # What is open does not expire.
        return item if incident.is_open else {**item, "ttl": self._until()}

    def _until(self) -> int:
        return int((self._now() + self._keep).timestamp())

    def _put(self, item: Item, condition: str = "", seen: int | None = None) -> dict[str, Any]:
        action: dict[str, Any] = {"TableName": self._table.name, "Item": item}
        if condition:
            action["ConditionExpression"] = condition
        if seen is not None:
            action["ExpressionAttributeValues"] = {":seen": seen}
        return {"Put": action}

    def _transact(self, actions: list[Any]) -> None:
        guarded(lambda: self._table.meta.client.transact_write_items(TransactItems=actions))
