"""Effects: what Steward owes the outside world, each with an id that can be looked for.

The life of an effect::

    planned ──▶ started ──▶ done
       │           │  └───▶ planned      the call provably did nothing: it may be tried again
       │           ├──────▶ failed       refused for good, with the reason
       │           └──────▶ skipped      nobody can tell whether it happened, and WHEN_UNSURE says not to repeat it
       ├─────────────────▶ cancelled     no longer true before it was told
       └─────────────────▶ folded        told by a digest, an effect of its own that external_id names

An effect that is found ``started`` may have happened: it is looked for in the outside world before it is tried again.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What is done."""

    COMMENT = "notion.comment"
    MESSAGE = "slack.message"


class Status(StrEnum):
    """Where in its life an effect is."""

    PLANNED = "planned"
    STARTED = "started"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    FOLDED = "folded"


OPEN = frozenset({Status.PLANNED, Status.STARTED})


@dataclass(frozen=True, slots=True)
class Notice:
    """One line of a digest: who, and of which page; see ``Effect`` for the fields."""

    page_id: str
    person_id: str
    person_name: str | None
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Effect:
    """One telling of one person about one change of one page.

    Attributes:
        id: made by ``effect_id``; stands in the comment and in the Slack message's metadata.
        kind: comment or message.
        page_id: the page it is about.
        version: of the snapshot that planned it.
        rule: the automation that asked for it, e.g. ``Tasks/assignment``.
        event_id: the event that led to it.
        person_id: whom it is about.
        person_name: their name when it was planned, or None when unknown.
        title: the page's title when it was planned.
        url: the page's address.
        channel: the Slack channel; empty for a comment.
        mention: whether the person can be mentioned in a comment (groups can't).
        planned_at: when.
        status: where in its life it is.
        attempts: how many times the call was started.
        started_at: when the call was last started, or None.
        retry_at: not to be tried before this, or None.
        done_at: when it was closed, however it ended; None while it is open.
        external_id: what the vendor calls the result: a comment's id, or ``channel/ts``; None until done.
        obsolete: started, and no longer true since: if it did not happen it is cancelled instead of tried again.
        reason: why it failed, was skipped or was cancelled, or what it waits for.
        notices: the lines of a digest; empty for anything else.
    """

    id: str
    kind: Kind
    page_id: str
    version: int
    rule: str
    event_id: str
    person_id: str
    person_name: str | None
    title: str
    url: str
    channel: str
    mention: bool
    planned_at: datetime
    status: Status = Status.PLANNED
    attempts: int = 0
    started_at: datetime | None = None
    retry_at: datetime | None = None
    done_at: datetime | None = None
    external_id: str | None = None
    obsolete: bool = False
    reason: str | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is still owed."""
        return self.status in OPEN

    @property
    def is_quiet(self) -> bool:
        """Whether it was planned to wait and be gathered with others, and was not tried yet."""
        return self.status is Status.PLANNED and self.attempts == 0 and self.retry_at is not None


def effect_id(page_id: str, version: int, rule: str, kind: Kind, person_id: str) -> str:
    """The id of an effect: the same for the same plan, another for the next time the same person is assigned.

    Returns:
        16 hexadecimal digits. It is made from the snapshot's version, not from page and person alone: a task that goes
        to Ann, to Ben and back to Ann is told to Ann twice.
    """
    source = "\n".join((page_id, str(version), rule, kind, person_id))
    return hashlib.sha256(source.encode()).hexdigest()[:16]
