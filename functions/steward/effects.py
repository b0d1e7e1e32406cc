"""Effects: what Steward owes the outside world, each with an id that can be looked for.

The life of an effect::

    planned ──▶ started ──▶ done
       │           │  └───▶ planned      the call provably did nothing: it may be tried again
       │           ├──────▶ failed       refused for good, with the reason
       │           └──────▶ skipped      nobody can tell whether it happened, and WHEN_UNSURE says not to repeat it
       ├─────────────────▶ cancelled     no longer true before it was told
       ├─────────────────▶ lapsed        its page went before it was told
       │                     └──▶ planned      the page came back, and it is still true; else cancelled
       └─────────────────▶ folded        told by a digest, an effect of its own that external_id names

An effect that is found ``started`` may have happened: it is looked for in the outside world before it is tried again.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from steward.pages import Person
from steward.words import Words, people_in


class Kind(StrEnum):
    """What is done."""

    COMMENT = "notion.comment"
    WRITE = "notion.write"
    MESSAGE = "slack.message"
    DIRECT = "slack.direct"
    EMAIL = "email"
    ROW = "postgres.row"


GATHERED = frozenset({Kind.MESSAGE, Kind.DIRECT, Kind.EMAIL})
"""What can wait to become a line of a digest."""

WITHOUT_NOTION = GATHERED | {Kind.ROW}
"""What can be done while Notion does not answer."""

PRIVATE = frozenset({Kind.DIRECT, Kind.EMAIL})
"""Of what is gathered, what only one person sees."""


class Status(StrEnum):
    """Where in its life an effect is."""

    PLANNED = "planned"
    STARTED = "started"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    FOLDED = "folded"


Target = tuple[Kind, str, str]
"""Kind, channel, person: see ``Effect.target``."""

GIVE_UP = timedelta(days=7)
"""What could not be told for this long is not news any more."""

OPEN = frozenset({Status.PLANNED, Status.STARTED})


@dataclass(frozen=True, slots=True)
class Notice:
    """One line of a digest: of which page, what makes it true, and the line; see ``Effect``."""

    page_id: str
    claims: tuple[str, ...]
    words: Words


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing to do about one change of one page, as one person, one channel or one page sees it.

    Attributes:
        id: made by ``effect_id``; stands in the comment and in the Slack message's metadata.
        kind: what is done.
        page_id: the page it is about.
        version: of the snapshot that planned it.
        rule: the automation that asked for it, e.g. ``Tasks/assignment``.
        event_id: the event that led to it.
        words: what is said; empty for a write, a row and a digest.
        planned_at: when.
        claims: facts without which it is not true any more, see ``steward.claims``.
        person: whom it is for, or None.
        channel: the Slack channel, where there is one; it may change when Slack refuses it.
        urgent: never held back to be gathered, nor by quiet hours.
        writes: for a write: property id → value as Notion's API takes it.
        other_page: for a write: the page that is written to, where that is not the one it is about.
        source_id: the data source of the page that it is done on, which decides the Notion connection; empty for a
            digest.
        status: where in its life it is.
        attempts: how many times the call was started.
        started_at: when the call was last started, or None.
        retry_at: not to be tried before this, or None.
        done_at: when it was closed, however it ended; None while it is open.
        external_id: what the vendor calls the result: a comment's id, or ``channel/ts``; None until done.
        obsolete: started, and no longer true since: if it did not happen it is cancelled instead of tried again.
        reason: why it failed, was skipped or was cancelled, or what it waits for.
        notices: the lines of a digest; empty for anything else.
        changed_at: when that happened in Notion which led to it, by its clock; None when nobody knows.
        changed_by: the Notion user id of the person who did it; empty when nobody knows, or no person did.
    """

    id: str
    kind: Kind
    page_id: str
    version: int
    rule: str
    event_id: str
    words: Words
    planned_at: datetime
    claims: tuple[str, ...] = ()
    person: Person | None = None
    channel: str = ""
    urgent: bool = False
    writes: Mapping[str, Any] | None = None
    other_page: str | None = None
    source_id: str = ""
    status: Status = Status.PLANNED
    attempts: int = 0
    started_at: datetime | None = None
    retry_at: datetime | None = None
    done_at: datetime | None = None
    external_id: str | None = None
    obsolete: bool = False
    reason: str | None = None
    notices: tuple[Notice, ...] = ()
    changed_at: datetime | None = None
    changed_by: str = ""

    @property
    def done_on(self) -> str:
        """The page that it is done on."""
        return self.other_page or self.page_id

    @property
    def is_open(self) -> bool:
        """Whether it is still owed."""
        return self.status in OPEN

    @property
    def target(self) -> "Target":
        """Whose eyes it is for: what waits for the same can become one digest."""
        if self.kind in PRIVATE and self.person is not None:
            return self.kind, "", self.person.id
        return self.kind, self.channel, ""

    @property
    def is_quiet(self) -> bool:
        """Whether it was planned to wait and be gathered with others, and was not tried yet."""
        return self.status is Status.PLANNED and self.attempts == 0 and self.retry_at is not None


def effect_id(page_id: str, version: int, rule: str, kind: Kind, key: str) -> str:
    """The id of an effect: the same for the same plan, another for the next time the same person is assigned.

    Args:
        page_id: the page.
        version: of the snapshot that plans it.
        rule: the automation.
        kind: what is done.
        key: what tells it from the rule's other effects of this kind: whom it is for, mostly.

    Returns:
        16 hexadecimal digits. It is made from the snapshot's version, not from page and person alone: a task that goes
        to Ann, to Ben and back to Ann is told to Ann twice.
    """
    source = "\n".join((page_id, str(version), rule, kind, key))
    return hashlib.sha256(source.encode()).hexdigest()[:16]


def made_obsolete(effect: Effect, now: datetime, *, gone: bool) -> Effect:
    """An open effect that is no longer true; ``gone``: because its page is."""
    if effect.status is Status.STARTED:
        return replace(effect, obsolete=True)
    if gone:  # until when it was to wait is kept
        return replace(effect, status=Status.LAPSED, done_at=now, reason="its page is gone")
    return replace(
        effect, status=Status.CANCELLED, done_at=now, obsolete=True, retry_at=None, reason="no longer true"
    )


def revived(effect: Effect) -> Effect:
    """A lapsed effect that is true again."""
    return replace(effect, status=Status.PLANNED, done_at=None, reason=None)


def everybody(effect: Effect) -> tuple[Person, ...]:
    """Everybody who is named in what an effect says."""
    said = (effect.words, *(notice.words for notice in effect.notices))
    return tuple(dict.fromkeys(person for words in said for person in people_in(words)))
