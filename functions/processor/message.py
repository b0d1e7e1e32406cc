"""A message of the lane."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the lane delivered it.

    Attributes:
        id: SQS message id.
        receipt: the handle of this receive.
        body: the text.
        group: its message group.
        receives: how often it was received, this time included.
        sent_at: when it was put on the lane, or None.
    """

    id: str
    receipt: str
    body: str
    group: str
    receives: int
    sent_at: datetime | None = None
