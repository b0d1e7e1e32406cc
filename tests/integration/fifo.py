"""SQS FIFO queues in memory, with time injected: as far as the lane uses them, and quick with thousands of messages.

``test_fifo.py`` runs one contract over these and over moto's, which scans every message at every call.
"""

import itertools
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

DEDUPLICATION = 300.0
"""Seconds in which SQS drops a second message with the same deduplication id."""


@dataclass
class _Message:
    id: str
    group: str
    body: str
    sent_at: float
    attributes: Mapping[str, Any]
    receives: int = 0
    visible_at: float = 0.0
    receipt: str = ""


@dataclass
class _Queue:
    """Messages in order; each group is a queue of its own behind its head."""

    max_receives: int | None = None
    dead_letters: str | None = None
    visibility: float = 180.0
    groups: dict[str, deque[_Message]] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)


class FifoQueues:
    """A client of SQS, for queues that are made by ``make``."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._queues: dict[str, _Queue] = {}
        self._ids = itertools.count(1)
        self._receipts: dict[str, tuple[str, _Message]] = {}

    def make(
        self,
        url: str,
        *,
        dead_letters: str | None = None,
        max_receives: int | None = None,
        visibility: float = 180.0,
    ) -> None:
        """Make a queue."""
        self._queues[url] = _Queue(max_receives, dead_letters, visibility)

    def send_message(
        self,
        *,
        QueueUrl: str,  # noqa: N803 - boto3's names, here and below
        MessageBody: str,  # noqa: N803 - boto3's names
        MessageGroupId: str,  # noqa: N803 - boto3's names
        MessageDeduplicationId: str,  # noqa: N803 - boto3's names
        MessageAttributes: Mapping[str, Any] | None = None,  # noqa: N803 - boto3's names
    ) -> dict[str, Any]:
        """Append to a group, or drop what was sent within five minutes."""
        queue, now = self._queues[QueueUrl], self._clock()
        if now - queue.seen.get(MessageDeduplicationId, -DEDUPLICATION) < DEDUPLICATION:
            return {"MessageId": "dropped"}
        queue.seen[MessageDeduplicationId] = now
        message = _Message(
            f"message-{next(self._ids)}", MessageGroupId, MessageBody, now, MessageAttributes or {}
        )
        queue.groups.setdefault(MessageGroupId, deque()).append(message)
        return {"MessageId": message.id}

    def receive_message(
        self,
        *,
        QueueUrl: str,  # noqa: N803 - boto3's names
        MaxNumberOfMessages: int = 1,  # noqa: N803 - boto3's names
        VisibilityTimeout: float | None = None,  # noqa: N803 - boto3's names
        **_: Any,
    ) -> dict[str, Any]:
        """Hand out what is visible; a group whose head is hidden hands out nothing."""
        queue, now = self._queues[QueueUrl], self._clock()
        hide = queue.visibility if VisibilityTimeout is None else VisibilityTimeout
        found: list[_Message] = []
        for name, group in list(queue.groups.items()):
            self._bury(queue, group)
            if not group:
                del queue.groups[name]
                continue
            if group[0].visible_at > now:
                continue
            found += itertools.islice(group, MaxNumberOfMessages - len(found))
            if len(found) == MaxNumberOfMessages:
                break
        for message in found:
            message.receives += 1
            message.visible_at = now + hide
            message.receipt = f"receipt-{next(self._ids)}"
            self._receipts[message.receipt] = (QueueUrl, message)
        return {"Messages": [_shown(m) for m in found]} if found else {}

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803 - boto3's names
        """Delete by the handle of a receive."""
        _, message = self._receipts.pop(ReceiptHandle)
        group = self._queues[QueueUrl].groups.get(message.group)
        if group and message in group:
            group.remove(message)

    def change_message_visibility(
        self,
        *,
        QueueUrl: str,  # noqa: N803 - boto3's names
        ReceiptHandle: str,  # noqa: N803 - boto3's names
        VisibilityTimeout: float,  # noqa: N803 - boto3's names
    ) -> None:
        """Hide a received message for so many seconds from now."""
        del QueueUrl
        self._receipts[ReceiptHandle][1].visible_at = self._clock() + VisibilityTimeout

    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: list[str]) -> dict[str, Any]:  # noqa: N803 - boto3's names
        """``ApproximateNumberOfMessages``, exactly."""
        now = self._clock()
        visible = sum(m.visible_at <= now for group in self._queues[QueueUrl].groups.values() for m in group)
        return {"Attributes": dict.fromkeys(AttributeNames, str(visible))}

    def purge_queue(self, *, QueueUrl: str) -> None:  # noqa: N803 - boto3's names
        """Drop every message."""
        self._queues[QueueUrl].groups.clear()

    def next_visible(self, url: str) -> float | None:
        """When the next message can be received; None when there is none."""
        heads = [group[0].visible_at for group in self._queues[url].groups.values() if group]
        return min(heads, default=None)

    def _bury(self, queue: _Queue, group: deque[_Message]) -> None:
        while group and queue.max_receives is not None and group[0].receives >= queue.max_receives:
            if group[0].visible_at > self._clock():
                return
            message = group.popleft()
            message.receives = 0
            if queue.dead_letters is not None:
                self._queues[queue.dead_letters].groups.setdefault(message.group, deque()).append(message)


def _shown(message: _Message) -> dict[str, Any]:
    return {
        "MessageId": message.id,
        "ReceiptHandle": message.receipt,
        "Body": message.body,
        "Attributes": {
            "ApproximateReceiveCount": str(message.receives),
            "MessageGroupId": message.group,
            "SentTimestamp": str(int(message.sent_at * 1000)),
        },
        "MessageAttributes": dict(message.attributes),
    }
