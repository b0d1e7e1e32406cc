"""The Journal table: what was decided about every event, and why. It is also the ledger of events that are finished.

One row an event, key ``EVENT#<id>`` / ``RECORD``, written when the event is finished; the index ``by-day`` lists them.
What becomes of its effects after that is in rows beside it, see ``closings``.
Rows expire after ``JOURNAL_DAYS``, at least 30: names and titles are personal data, and Notion retries for 24 h only.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

from steward.by_day import WITH_THE_LAST, pages
from steward.documents import iso
from steward.effects import Effect
from steward.events import Event

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

SORTED_BY = 128
"""Characters of an event's id in the index's sort key, which holds 1024 bytes; the id itself may be longer."""

SPARSE = (
    "pk",
    "sk",
    "type",
    "dialect",
    "occurred_at",
    "received_at",
    "finished_at",
    "decision",
    "why",
    "exception",
    "attempts",
    "effects",
    "calls",
)
"""What ``between`` gives of a row."""


class Decision(StrEnum):
    """What became of an event."""

    OBSERVED = "observed"  # the page was read and compared
    COVERED = "covered"  # the snapshot was fresher than the event: no call
    IGNORED = "ignored"  # it does not concern us: no call
    DUPLICATE = "duplicate"  # it was finished before: no call
    GONE = "gone"  # the page is trashed, deleted or not shared any more
    PARKED = "parked"  # it can't be worked; it lies in the dead letters with its reason


@dataclass(frozen=True, slots=True)
class Entry:
    """One finished event.

    Attributes:
        event: the event.
        decision: what became of it.
        why: one sentence.
        title: the page's title, where known.
        effects: those that this event led to, as they stood when it was finished.
        calls: vendor calls that were spent on it, this time.
        received_at: when ingest took it, or None.
        finished_at: when the processor was done.
        before: what changed, as it was: property label → readable value.
        after: the same, as it became.
        attempts: how often a parked event's message was received.
        exception: the type of what a parked event failed with.
    """

    event: Event
    decision: Decision
    why: str
    title: str | None
    effects: Sequence[Effect]
    calls: int
    received_at: datetime | None
    finished_at: datetime
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)
    attempts: int | None = None
    exception: str | None = None


class Journal:
    """The table."""

    def __init__(self, table: "Table", keep_days: int, now: Callable[[], datetime]) -> None:
        self._table = table
        self._keep = timedelta(days=keep_days)
        self._now = now

    def finished(self, event_id: str) -> bool:
        """Whether this event was finished before; a parked one was not, so that it can be worked after a redrive."""
        answer = self._table.get_item(
            Key=_key(event_id), ConsistentRead=True, ProjectionExpression="decision"
        )
        return answer.get("Item", {}).get("decision") not in (None, str(Decision.PARKED))

    def record(self, entry: Entry) -> None:
        """Write the row of an event that is finished; a second writer of the same event changes nothing."""
        event, finished = entry.event, entry.finished_at
        latency = (
            None if entry.received_at is None else int((finished - entry.received_at).total_seconds() * 1000)
        )
        item: dict[str, Any] = {
            **_key(event.id),
            "day": finished.strftime("%Y-%m-%d"),
            "at": f"{iso(finished)}#{event.id[:SORTED_BY]}",
            "type": event.type,
            "dialect": event.dialect,
            "entity": event.entity_id,
            "occurred_at": iso(event.occurred_at),
            "received_at": iso(entry.received_at),
            "finished_at": iso(finished),
            "decision": str(entry.decision),
            "why": entry.why,
            "title": entry.title,
            "before": dict(entry.before),
            "after": dict(entry.after),
            "attempts": entry.attempts,
            "exception": entry.exception,
            "effects": [effect_row(e) for e in entry.effects],
            "calls": entry.calls,
            "latency_ms": latency,
            "deliveries": 1,
            "ttl": int((self._now() + self._keep).timestamp()),
        }
        with _conditional():
            self._table.put_item(
                Item={k: v for k, v in item.items() if v is not None},
                ConditionExpression="attribute_not_exists(pk) OR decision = :parked",
                ExpressionAttributeValues={":parked": str(Decision.PARKED)},
            )

    def row(self, event_id: str) -> dict[str, Any] | None:
        """The row of an event, or None when there is none: it never arrived, is not finished, or has expired."""
        item = self._table.get_item(Key=_key(event_id), ConsistentRead=True).get("Item")
        return None if item is None else dict(item)

    def redelivered(self, event_id: str) -> None:
        """Count one more delivery of an event that was finished before, if its row is still there."""
        with _conditional():
            self._table.update_item(
                Key=_key(event_id),
                UpdateExpression="ADD deliveries :one",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues={":one": 1},
            )

    def replayed(self, event_id: str, decision: Decision, why: str, calls: int) -> None:
        """Write beside what became of an event what its last replay came to, and count it; the row stays as it was."""
        with _conditional():
            self._table.update_item(
                Key=_key(event_id),
                UpdateExpression="SET replayed_at = :at, replay = :decision, replay_why = :why ADD replays :one, calls :calls",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues={
                    ":at": iso(self._now()),
                    ":decision": str(decision),
                    ":why": why,
                    ":one": 1,
                    ":calls": calls,
                },
            )

    def between(self, first: datetime, last: datetime) -> Iterator[dict[str, Any]]:
        """The rows of events that were finished from one time to another, both included, oldest first.

        They come page by page, however many there are; the index may not have those of the last second yet. Titles and
        values of properties, which name people, are not among what they hold; see ``SPARSE``.
        """
        shown: dict[str, Any] = {
            "ProjectionExpression": ", ".join(f"#{name}" for name in SPARSE),
            "ExpressionAttributeNames": {f"#{name}": name for name in SPARSE},
        }
        for page in pages(self._table, first, last, WITH_THE_LAST, ScanIndexForward=True, **shown):
            yield from (dict(item) for item in page["Items"])

    def newest(self, first: datetime, last: datetime, limit: int = 1000) -> list[dict[str, Any]]:
        """The rows of what was finished from ``first`` on and before ``last``, newest first, at most ``limit``."""
        rows: list[dict[str, Any]] = []
        for page in pages(self._table, first, last, Limit=limit):
            rows += (dict(item) for item in page["Items"])
            if len(rows) >= limit:
                return rows[:limit]
        return rows

    def backwards(self, first: datetime, last: datetime, at_once: int = 100) -> Iterator[dict[str, Any]]:
        """The whole rows of what was finished from ``first`` on and before ``last``, newest first.

        They are read when they are wanted, ``at_once`` at a time; an answer of the index holds a megabyte at most.
        """
        for page in pages(self._table, first, last, Limit=at_once):
            yield from (dict(item) for item in page["Items"])

    def count_between(self, first: datetime, last: datetime, dialects: Sequence[str]) -> int:
        """How many events of these dialects were finished from ``first`` on and before ``last``."""
        asked = {"Select": "COUNT", "FilterExpression": Attr("dialect").is_in(list(dialects))}
        return sum(int(page["Count"]) for page in pages(self._table, first, last, **asked))


@contextmanager
def _conditional() -> Iterator[None]:
    """A write whose condition may fail without harm."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise


def partition(event_id: str) -> str:
    """The partition of an event: its row, and those of its effects that ended later, see ``closings``."""
    return f"EVENT#{event_id}"


def _key(event_id: str) -> dict[str, str]:
    return {"pk": partition(event_id), "sk": "RECORD"}


def effect_row(effect: Effect) -> dict[str, Any]:
    """An effect as a row tells of it, without what is None; times are ISO-8601 strings."""
    shown = {
        "id": effect.id,
        "kind": str(effect.kind),
        "rule": effect.rule,
        "person": effect.person.id if effect.person else None,
        "other_page": effect.other_page,
        "status": str(effect.status),
        "planned_at": iso(effect.planned_at),
        "started_at": iso(effect.started_at),
        "attempts": effect.attempts,
        "done_at": iso(effect.done_at),
        "external_id": effect.external_id,
        "reason": effect.reason,
    }
    return {key: value for key, value in shown.items() if value is not None}
