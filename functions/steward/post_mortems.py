"""Post-mortems, in the Journal table: one item a resolution, key ``POST-MORTEM#<incident>`` / ``DRAFT#<resolved at>``.

What is there is never written again: a run that is repeated changes nothing, and an incident that was reopened is
resolved at another time, which is another version. They are not in the index ``by-day``, and expire after ``KEPT``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from steward.documents import iso
from steward.errors import StateConflict
from steward.memory import guarded

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEPT = timedelta(days=730)
"""Long enough to compare years; they name nobody, but what people noted down is theirs."""


@dataclass(frozen=True, slots=True)
class PostMortem:
    """One version.

    Attributes:
        incident_id: of which incident.
        resolved_at: of which of its resolutions.
        written_at: when it was written, and until when the journal was read for how effects ended.
        first: from when the journal was read for it.
        last: until when.
        queries: the names of its queries.
        text: Markdown.
    """

    incident_id: str
    resolved_at: datetime
    written_at: datetime
    first: datetime
    last: datetime
    queries: tuple[str, ...]
    text: str


class PostMortems:
    """The table, as far as it holds post-mortems."""

    def __init__(self, table: "Table", now: Callable[[], datetime]) -> None:
        self._table = table
        self._now = now

    def has(self, incident_id: str, resolved_at: datetime) -> bool:
        """Whether the version of a resolution is there."""
        answer = self._table.get_item(
            Key=_key(incident_id, resolved_at), ConsistentRead=True, ProjectionExpression="pk"
        )
        return "Item" in answer

    def keep(self, written: PostMortem) -> bool:
        """Write a version; False when it was there already, and is as it was."""
        item: dict[str, Any] = {
            **_key(written.incident_id, written.resolved_at),
            "incident": written.incident_id,
            "resolved_at": _time(written.resolved_at),
            "written_at": _time(written.written_at),
            "first": _time(written.first),
            "last": _time(written.last),
            "queries": list(written.queries),
            "text": written.text,
            "ttl": int((self._now() + KEPT).timestamp()),
        }
        try:
            guarded(lambda: self._table.put_item(Item=item, ConditionExpression="attribute_not_exists(pk)"))
        except StateConflict:
            return False
        return True

    def versions(self, incident_id: str) -> list[PostMortem]:
        """All versions of an incident, the oldest first; none when none is there."""
        found: list[PostMortem] = []
        start: dict[str, Any] = {}
        while True:
            answer = self._table.query(
                KeyConditionExpression=Key("pk").eq(_pk(incident_id)), ConsistentRead=True, **start
            )
            found += [_read(item) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return found
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _read(item: Mapping[str, Any]) -> PostMortem:
    times = {n: datetime.fromisoformat(item[n]) for n in ("resolved_at", "written_at", "first", "last")}
    return PostMortem(
        incident_id=item["incident"], queries=tuple(item["queries"]), text=item["text"], **times
    )


def _pk(incident_id: str) -> str:
    return f"POST-MORTEM#{incident_id}"


def _key(incident_id: str, resolved_at: datetime) -> dict[str, str]:
    return {"pk": _pk(incident_id), "sk": f"DRAFT#{_time(resolved_at)}"}


def _time(value: datetime) -> str:
    return iso(value.astimezone(UTC)) or ""
