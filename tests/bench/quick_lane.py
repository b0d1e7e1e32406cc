"""A FIFO queue in memory, for bursts: moto's looks at every message at every call, so a thousand of them take minutes.

As SQS: a deduplication id is taken once, the head of a group holds the rest back while it is worked or hidden, and a
message that was given back counts one receive more.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Held:
    """A message of a queue."""

    number: int
    sent: dict[str, Any]
    receives: int = 0


class QuickLane:
    """As much of an SQS client as the stand and the processor use."""

    def __init__(self) -> None:
        self._queues: dict[str, dict[str, Held]] = {}
        self._seen: set[tuple[str, str]] = set()

    def send_message(self, **message: Any) -> dict[str, Any]:
        key = (message["QueueUrl"], message["MessageDeduplicationId"])
        if key not in self._seen:
            self._seen.add(key)
            held = Held(len(self._seen), message)
            self._queues.setdefault(message["QueueUrl"], {})[str(held.number)] = held
        return {}

    def receive_message(self, *, QueueUrl: str, MaxNumberOfMessages: int = 1, **_: Any) -> dict[str, Any]:  # noqa: N803 - boto3's names
        found = list(self._queues.get(QueueUrl, {}).values())[:MaxNumberOfMessages]
        for held in found:
            held.receives += 1
        return {"Messages": [_shown(held) for held in found]}

    def change_message_visibility(self, **_: Any) -> None:
        """The stand's clock waits in its place."""

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803 - boto3's names
        self._queues[QueueUrl].pop(ReceiptHandle, None)

    def get_queue_attributes(self, *, QueueUrl: str, **_: Any) -> dict[str, Any]:  # noqa: N803 - boto3's names
        return {"Attributes": {"ApproximateNumberOfMessages": str(len(self._queues.get(QueueUrl, {})))}}


def _shown(held: Held) -> dict[str, Any]:
    return {
        "MessageId": f"message-{held.number}",
        "ReceiptHandle": str(held.number),
        "Body": held.sent["MessageBody"],
        "MessageAttributes": held.sent.get("MessageAttributes", {}),
        "Attributes": {
            "MessageGroupId": held.sent["MessageGroupId"],
            "ApproximateReceiveCount": str(held.receives),
            "MessageDeduplicationId": held.sent["MessageDeduplicationId"],
        },
    }
