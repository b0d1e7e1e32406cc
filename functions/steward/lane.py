"""The lane: an SQS FIFO queue, one message group a lane, and its dead letters."""

import hashlib
import re
import zlib
from datetime import datetime
from typing import TYPE_CHECKING

from steward.envelope import encode
from steward.events import Event

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_SAFE = re.compile(r"[A-Za-z0-9!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]{1,128}")


def lane_of(entity_id: str | None, lanes: int) -> int:
    """The lane of an entity: always the same one, so that a page's events stay in order."""
    return zlib.crc32((entity_id or "").encode()) % max(lanes, 1)


class Lane:
    """Sends to the lane and to its dead letters."""

    def __init__(
        self, sqs: "SQSClient", queue_url: str, lanes: int = 1, dead_letter_url: str | None = None
    ) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._lanes = lanes
        self._dead_letter_url = dead_letter_url

    def publish(self, event: Event, received_at: datetime) -> None:
        """Make an event durable; SQS drops a second one with the same id for five minutes."""
        self._sqs.send_message(
            QueueUrl=self._queue_url,
            MessageBody=encode(event, received_at),
            MessageGroupId=f"lane-{lane_of(event.entity_id, self._lanes)}",
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

    def hide(self, receipt: str, seconds: int) -> None:
        """Let a received message come back after so many seconds."""
        self._sqs.change_message_visibility(
            QueueUrl=self._queue_url, ReceiptHandle=receipt, VisibilityTimeout=max(seconds, 0)
        )

    def park(self, body: str, reason: str, message_id: str) -> None:
        """Put a message among the dead letters, with the reason as an attribute."""
        if self._dead_letter_url is None:
            message = "this lane was made without dead letters"
            raise ValueError(message)
        self._sqs.send_message(
            QueueUrl=self._dead_letter_url,
            MessageBody=body,
            MessageGroupId="parked",
            MessageDeduplicationId=_safe(message_id),
            MessageAttributes={
                "reason": {"DataType": "String", "StringValue": _printable(reason[:500]) or "unknown"}
            },
        )


def _safe(value: str) -> str:
    return (
        value
        if _SAFE.fullmatch(value)
        else hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    )


def _printable(text: str) -> str:
    """A text in which what SQS refuses, and what nobody can read, is a blank: a reason may hold a vendor's words."""
    return "".join(character if character.isprintable() else " " for character in text)
