"""Snapshots and effects as DynamoDB attributes, and back. Pure; ``state`` does the talking.

Times are ISO-8601 strings in UTC. What changes during an effect's life stands in attributes of its own, so that it can
be updated under a condition; the rest is one JSON document.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from steward import words
from steward.effects import Effect, Kind, Notice, Status
from steward.pages import Person
from steward.snapshots import Departure, Snapshot

Item = dict[str, Any]


def page_key(page_id: str) -> str:
    """The partition of everything that is known of one page."""
    return f"PAGE#{page_id}"


def effect_key(effect: Effect) -> Item:
    """The whole key of an effect; effects sort in the order in which they were planned."""
    return {"pk": page_key(effect.page_id), "sk": f"EFFECT#{effect.version:08d}#{effect.kind}#{effect.id}"}


def snapshot_item(snapshot: Snapshot) -> Item:
    """A snapshot as an item."""
    people = None if snapshot.assignees is None else [_person(p) for p in snapshot.assignees]
    document = {
        "gone": snapshot.gone,
        "source_id": snapshot.source_id,
        "title": snapshot.title,
        "url": snapshot.url,
        "assignees": people,
        "values": dict(snapshot.values),
        "locked": snapshot.locked,
        "edited_at": iso(snapshot.edited_at),
        "created_at": iso(snapshot.created_at),
        "listed": snapshot.listed,
        "unannounced": snapshot.unannounced,
        "baseline_at": iso(snapshot.baseline_at),
        "untold": sorted(snapshot.untold),
        "creation_untold": snapshot.creation_untold,
        "departure": snapshot.departure,
        "parents": snapshot.parents,
        "status_at": iso(snapshot.status_at),
    }
    # Only what is there is listed by the index by-source.
    listed = (
        {} if snapshot.gone else {"source": snapshot.source_id, "created_at": iso(snapshot.created_at) or "0"}
    )
    return {
        **listed,
        "pk": page_key(snapshot.page_id),
        "sk": "SNAPSHOT",
        "version": snapshot.version,
        "observed_at": iso(snapshot.observed_at),
        "document": json.dumps(document, ensure_ascii=False, separators=(",", ":")),
    }


def snapshot_of(item: Mapping[str, Any]) -> Snapshot:
    """The snapshot that an item holds."""
    document = json.loads(item["document"])
    people = document["assignees"]
    return Snapshot(
        page_id=item["pk"].removeprefix("PAGE#"),
        version=int(item["version"]),
        observed_at=moment(item.get("observed_at")),
        gone=document["gone"],
        source_id=document["source_id"],
        title=document["title"],
        url=document["url"],
        assignees=None if people is None else tuple(Person(*p) for p in people),
        values=document.get("values") or {},
        locked=document.get("locked"),
        edited_at=moment(document.get("edited_at")),
        created_at=moment(document.get("created_at")),
        listed=bool(document.get("listed")),
        unannounced=bool(document.get("unannounced")),
        baseline_at=moment(document["baseline_at"]),
        untold=frozenset(document["untold"]),
        creation_untold=bool(document.get("creation_untold")),
        departure=Departure(document["departure"]) if document.get("departure") else None,
        parents=tuple(document.get("parents") or ()),
        status_at=moment(document.get("status_at")),
    )


def effect_item(effect: Effect) -> Item:
    """An effect as an item, without the attributes that are None."""
    document = {
        "id": effect.id,
        "kind": effect.kind,
        "rule": effect.rule,
        "event_id": effect.event_id,
        "words": words.to_json(effect.words),
        "claims": effect.claims,
        "person": _person(effect.person) if effect.person else None,
        "urgent": effect.urgent,
        "writes": effect.writes,
        "other_page": effect.other_page,
        "source_id": effect.source_id,
        "planned_at": iso(effect.planned_at),
        "notices": [[n.page_id, n.claims, words.to_json(n.words)] for n in effect.notices],
        "changed_at": iso(effect.changed_at),
        "changed_by": effect.changed_by,
    }
    return {
        **effect_key(effect),
        "version": effect.version,
        "document": json.dumps(document, ensure_ascii=False, separators=(",", ":")),
        **progress(effect),
    }


def progress(effect: Effect) -> Item:
    """The attributes that change during an effect's life, without those that are None."""
    attributes: Item = {
        "status": str(effect.status),
        "attempts": effect.attempts,
        "obsolete": effect.obsolete,
        "channel": effect.channel,
        "started_at": iso(effect.started_at),
        "retry_at": iso(effect.retry_at),
        "done_at": iso(effect.done_at),
        "external_id": effect.external_id,
        "reason": effect.reason,
    }
    return {key: value for key, value in attributes.items() if value is not None}


def effect_of(item: Mapping[str, Any]) -> Effect:
    """The effect that an item holds."""
    document = json.loads(item["document"])
    return Effect(
        id=document["id"],
        kind=Kind(document["kind"]),
        page_id=item["pk"].removeprefix("PAGE#"),
        version=int(item["version"]),
        rule=document["rule"],
        event_id=document["event_id"],
        words=words.from_json(document["words"]),
        planned_at=datetime.fromisoformat(document["planned_at"]),
        claims=tuple(document["claims"]),
        person=Person(*document["person"]) if document["person"] else None,
        channel=item["channel"],
        urgent=document["urgent"],
        writes=document["writes"],
        other_page=document.get("other_page"),
        source_id=document.get("source_id") or "",
        status=Status(item["status"]),
        attempts=int(item["attempts"]),
        started_at=moment(item.get("started_at")),
        retry_at=moment(item.get("retry_at")),
        done_at=moment(item.get("done_at")),
        external_id=item.get("external_id"),
        obsolete=item["obsolete"],
        reason=item.get("reason"),
        notices=tuple(
            Notice(page, tuple(claims), words.from_json(w)) for page, claims, w in document["notices"]
        ),
        changed_at=moment(document.get("changed_at")),
        changed_by=document.get("changed_by") or "",
    )


def _person(person: Person) -> list[str | None]:
    return [person.id, person.name, person.kind]


def iso(value: datetime | None) -> str | None:
    """A time as it is stored."""
    return None if value is None else value.isoformat(timespec="milliseconds")


def moment(value: str | None) -> datetime | None:
    """A stored time."""
    return None if value is None else datetime.fromisoformat(value)
