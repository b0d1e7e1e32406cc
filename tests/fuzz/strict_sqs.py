"""An SQS that answers at once and refuses what the real one refuses.

Source: the SendMessage reference of Amazon SQS: one mebibyte for a body and its attributes, the characters that XML 1.0
can hold, and 1 to 128 ASCII letters, digits and punctuation marks for a message group and a deduplication id.
"""

import re
from typing import Any

from botocore.exceptions import ClientError

MAX_BYTES = 1024 * 1024
_NAME = re.compile(r"[!-~]{1,128}")
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def can_carry(text: str) -> bool:
    """Whether SQS takes a text, and so whether one can come out of it."""
    return bool(text) and not _FORBIDDEN.search(text)


class StrictSqs:
    """Remembers what was sent and which messages were given back."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.hidden: list[int] = []

    def send_message(self, **message: Any) -> dict[str, Any]:
        attributes: dict[str, Any] = message.get("MessageAttributes", {})
        texts = [message["MessageBody"], *(value["StringValue"] for value in attributes.values())]
        for name in ("MessageGroupId", "MessageDeduplicationId"):
            if not _NAME.fullmatch(message[name]):
                raise _refused("InvalidParameterValue", name)
        if not all(can_carry(text) for text in texts):
            raise _refused("InvalidMessageContents", "text")
        if sum(len(text.encode()) for text in texts) > MAX_BYTES:
            raise _refused("InvalidParameterValue", "size")
        self.sent.append(message)
        return {"MessageId": str(len(self.sent))}

    def change_message_visibility(self, *, VisibilityTimeout: int, **_: Any) -> None:  # noqa: N803 - boto3's name
        if not 0 <= VisibilityTimeout <= 43_200:
            raise _refused("InvalidParameterValue", "VisibilityTimeout")
        self.hidden.append(VisibilityTimeout)


def _refused(code: str, what: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": what}}, "SendMessage")
