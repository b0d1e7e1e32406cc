"""The dead-letter queue as an operator sees it: looked at without being consumed, moved one by one.

SQS has no way to look at a message but to receive it: it is hidden for ``HOLD`` seconds and given back at once after.
While messages of one group are hidden, SQS hands out no other of that group, so of what SQS itself moved there, which
keeps the lane's group, only one batch can be seen at a time.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.operate.text import parsed
from steward.envelope import Envelope, decode
from steward.errors import Undecodable

HOLD = 30
"""Seconds that a message is hidden while it is looked at."""

LOOK = 20.0
"""Seconds after which no more is received, so that nothing is held when its time is over."""

WAIT = 1
"""Seconds that SQS may search for messages: without, it may overlook some."""

BATCH = 10

DIED = "no reason: the processor died"
"""For a message that SQS moved by itself."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One message among the dead letters.

    Attributes:
        id: SQS message id.
        receipt: the handle of this look.
        body: the text.
        system: SQS's own attributes, e.g. ``SentTimestamp``, ``MessageGroupId``.
        attributes: what Steward said when it parked it; empty when SQS moved it.
        envelope: the decoded body, or None.
        undecodable: why it can't be decoded, or None.
    """

    id: str
    receipt: str
    body: str
    system: Mapping[str, str]
    attributes: Mapping[str, str]
    envelope: Envelope | None
    undecodable: str | None

    @property
    def first_seen(self) -> datetime | None:
        """When Steward first had it; for what SQS moved and nobody can decode, when it was moved."""
        sent = self.system.get("SentTimestamp")
        return (
            parsed(self.attributes.get("first_seen"))
            or (self.envelope.received_at if self.envelope else None)
            or (datetime.fromtimestamp(int(sent) / 1000, UTC) if sent else None)
        )

    @property
    def reason(self) -> str:
        """Why it lies here."""
        return self.attributes.get("reason", DIED)

    @property
    def subject(self) -> str:
        """Type and entity of the event, or which tick or order it is."""
        if self.envelope is None:
            return "no envelope"
        event = self.envelope.event
        if event is not None:
            return f"{event.type} {event.entity_id or ''}".rstrip()
        return f"{self.envelope.kind} {'tick' if self.envelope.comes_again else 'order'}"


class DeadLetters:
    """The queue."""

    def __init__(self, sqs: Any, url: str) -> None:
        self._sqs = sqs
        self._url = url

    @contextmanager
    def looked_at(self) -> Iterator[list[DeadLetter]]:
        """All that SQS hands out, the newest last; given back in the end, whatever happens."""
        held: list[DeadLetter] = []
        try:
            for batch in self.batches():
                held += batch
            yield sorted(held, key=lambda letter: letter.first_seen or datetime.min.replace(tzinfo=UTC))
        finally:
            self.give_back(held)

    def batches(self, seconds: float = LOOK) -> Iterator[list[DeadLetter]]:
        """Receive batch by batch until no new message comes or the time is over; the caller gives them back."""
        seen: set[str] = set()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            answer = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=BATCH,
                VisibilityTimeout=HOLD,
                WaitTimeSeconds=WAIT,
                AttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
            found = [_letter(message) for message in answer.get("Messages", [])]
            if not found:
                return
            again = [letter for letter in found if letter.id in seen]
            seen |= {letter.id for letter in found}
            yield found
            if again:  # what was given back, or held for too long, comes round again
                return

    def give_back(self, letters: Sequence[DeadLetter]) -> None:
        """Let messages be seen again at once; one that is gone meanwhile is no matter."""
        for start in range(0, len(letters), BATCH):
            entries = [
                {"Id": str(n), "ReceiptHandle": letter.receipt, "VisibilityTimeout": 0}
                for n, letter in enumerate(letters[start : start + BATCH])
            ]
            self._sqs.change_message_visibility_batch(QueueUrl=self._url, Entries=entries)

    def remove(self, letter: DeadLetter) -> None:
        """Delete a message that was sent elsewhere."""
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=letter.receipt)

    def count(self) -> int:
        """How many there are, held ones included; SQS counts approximately."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=names)
        return sum(int(answer["Attributes"].get(name, "0")) for name in names)


def _letter(message: Mapping[str, Any]) -> DeadLetter:
    body = str(message["Body"])
    envelope, undecodable = None, None
    try:
        envelope = decode(body)
    except Undecodable as error:
        undecodable = error.reason
    attributes = message.get("MessageAttributes", {})
    return DeadLetter(
        id=message["MessageId"],
        receipt=message["ReceiptHandle"],
        body=body,
        system=dict(message.get("Attributes", {})),
        attributes={name: str(value.get("StringValue", "")) for name, value in attributes.items()},
        envelope=envelope,
        undecodable=undecodable,
    )
