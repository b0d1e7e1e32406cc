"""What people were told of one incident, and what they are still owed. Pure.

A message that was begun stands here as *pending* until it is known that it is there: one that is found pending may have been
posted, and is looked for before it is posted again.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from steward.incidents.incident import Incident, Moment, Step

REMIND = timedelta(minutes=30)
"""The longest that the thread of an open incident is silent."""

UNSAID = frozenset({Step.FIRST_FINDING, Step.OPENED})
"""The first message says these."""

GRAVE = frozenset({Step.SEVERITY, Step.IDENTIFIED, Step.RESOLVED, Step.CLOSED})
"""What is worth another whole message where there are no threads."""

OVER = "resolved"
"""What a page tells last."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A message that was begun.

    Attributes:
        id: what it is found by.
        channel: where it goes.
        started_at: when it was first begun.
        tells: the marks of the moments that it tells.
        shows: the mark of the first message's words; "" for what goes into the thread.
    """

    id: str
    channel: str
    started_at: datetime
    tells: frozenset[str]
    shows: str


@dataclass(frozen=True, slots=True)
class Telling:
    """What was told.

    Attributes:
        told: marks of the moments that people know of.
        shown: mark of the first message as it stands; FIXED when it can't be changed any more.
        number: messages that were begun.
        pending: the one that may be there or not, or None.
        attempts: at it, or at the first message's change.
        retry_at: Slack is left alone until then; None when it is not.
        channel: where this incident is told; "" for the configured one.
        paged: what was last told by page, see ``page_of``; "" for nothing.
        paging: what a page was begun with; the same as ``paged`` when it is known to be out.
        version: counts the writes; the optimistic lock.
    """

    told: frozenset[str] = frozenset()
    shown: str = ""
    number: int = 0
    pending: Pending | None = None
    attempts: int = 0
    retry_at: datetime | None = None
    channel: str = ""
    paged: str = ""
    paging: str = ""
    version: int = 0

    def rests(self, now: datetime) -> bool:
        """Whether Slack is left alone for now."""
        return self.retry_at is not None and now < self.retry_at


FIXED = "fixed"
"""In place of the mark of a first message that Slack does not let us change."""


def mark(text: str) -> str:
    """A short digest: tells whether two texts are the same."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


def marks(moments: Iterable[Moment]) -> frozenset[str]:
    """The marks of moments."""
    return frozenset(mark(m.key) for m in moments)


def news(incident: Incident, telling: Telling) -> list[Moment]:
    """The moments that people do not know of, oldest first."""
    return [m for m in incident.timeline if mark(m.key) not in telling.told and m.step not in UNSAID]


def reminds(incident: Incident, now: datetime) -> bool:
    """Whether people have not heard of an open incident for too long."""
    return incident.is_open and now - incident.updated_at >= REMIND


def page_of(incident: Incident) -> str:
    """What a page would tell: ``P1``…``P4``, or ``resolved``."""
    return incident.severity.name if incident.is_open else OVER


def pages(incident: Incident, telling: Telling) -> bool:
    """Whether a page tells something new: that there is trouble, that it got graver, or that what was paged is over."""
    if not incident.is_open:
        return telling.paged not in ("", OVER)
    return telling.paged == "" or page_of(incident) < telling.paged
