"""The lane: an SQS FIFO queue, one message group a lane, and its dead letters."""

import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from steward.envelope import encode
from steward.events import Event

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

FIRST = "lane-0"
"""The message group of the first lane, the only one that the scheduler knows; the template names it too."""

_SAFE = re.compile(r"[A-Za-z0-9!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]{1,128}")


@dataclass(frozen=True, slots=True)
class Parked:
    """Why a message lies among the dead letters.

    Attributes:
        reason: one sentence; no text of an unexpected exception, which may hold personal data.
        first_seen: when ingest took the event, or the lane the message; None when neither is known.
        attempts: how often the message was received.
        exception: the type of what was raised, e.g. ``CallFailed/invalid``, ``Undecodable``, ``KeyError``.
        effect: the call or effect that failed, e.g. ``notion.page``; None where it was none.
    """

    reason: str
    first_seen: datetime | None
    attempts: int
    exception: str
    effect: str | None = None


def lane_of(entity_id: str | None, lanes: int) -> int:
    """The lane of an entity: always the same one, so that a page's events stay in order.

    What is about no entity, a tick among it, has the first: the checksum of nothing is 0.
    """
    return zlib.crc32((entity_id or "").encode()) % max(lanes, 1)


def groups_of(lanes: int) -> list[str]:
    """The message groups of so many lanes, the first lane's first; at least one."""
    return [f"lane-{number}" for number in range(max(lanes, 1))]


class Lane:
    """Sends to the lane and to its dead letters."""

    def __init__(
        self, sqs: "SQSClient", queue_url: str, lanes: int = 1, dead_letter_url: str | None = None
    ) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._groups = groups_of(lanes)
        self._dead_letter_url = dead_letter_url

    @property
    def groups(self) -> list[str]:
        """The message groups of all lanes, the first lane's first."""
        return self._groups

    def group_of(self, entity_id: str | None) -> str:
        """The message group of an entity."""
        return self._groups[lane_of(entity_id, len(self._groups))]

    def publish(self, event: Event, received_at: datetime) -> None:
        """Make an event durable; SQS drops a second one with the same id for five minutes."""
        self._sqs.send_message(
            QueueUrl=self._queue_url,
            MessageBody=encode(event, received_at),
            MessageGroupId=self.group_of(event.entity_id),
            MessageDeduplicationId=_safe(event.id),
        )

    def republish(self, body: str, group: str, deduplication_id: str) -> None:
        """Put a message on the lane again as a new one, whose receive count starts anew."""
        self._sqs.send_message(
            QueueUrl=self._queue_url,
            MessageBody=body,
            MessageGroupId=group,
            MessageDeduplicationId=_safe(deduplication_id),
        )

    def waiting(self) -> int:
        """About how many messages are waiting, over all lanes; what is being worked is not counted."""
        name: Literal["ApproximateNumberOfMessages"] = "ApproximateNumberOfMessages"
        answer = self._sqs.get_queue_attributes(QueueUrl=self._queue_url, AttributeNames=[name])
        return int(answer["Attributes"][name])

    def hide(self, receipt: str, seconds: int) -> None:
        """Let a received message come back after so many seconds."""
        self._sqs.change_message_visibility(
            QueueUrl=self._queue_url, ReceiptHandle=receipt, VisibilityTimeout=max(seconds, 0)
        )

    def park(self, body: str, message_id: str, parked: Parked) -> None:
        """Put a message among the dead letters, with what is known of it as attributes.

        Each is a message group of its own: SQS hides a whole group while one of its messages is looked at, and the
        order of dead letters means nothing.
        """
        if self._dead_letter_url is None:
            message = "this lane was made without dead letters"
            raise ValueError(message)
        self._sqs.send_message(
            QueueUrl=self._dead_letter_url,
            MessageBody=body,
            MessageGroupId=_safe(message_id),
            MessageDeduplicationId=_safe(message_id),
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in _attributes(parked)
            },
        )


def _attributes(parked: Parked) -> Iterator[tuple[str, str]]:
    known = {
        "reason": parked.reason or "unknown",
        "first_seen": parked.first_seen.isoformat(timespec="milliseconds") if parked.first_seen else None,
        "attempts": str(parked.attempts),
        "exception": parked.exception,
        "effect": parked.effect,
    }
    for name, value in known.items():
        if value:  # SQS refuses an empty value, and every control character
            yield name, "".join(c if c.isprintable() else " " for c in value[:500])


def _safe(value: str) -> str:
    return (
        value
        if _SAFE.fullmatch(value)
        else hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    )
