"""What an automation is given, and what it gives. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from steward.effects import Kind
from steward.pages import Person
from steward.rules import DataSource, Rules, SyncRule
from steward.snapshots import Snapshot
from steward.words import PageLink, Words


class Departure(StrEnum):
    """How a page went."""

    TRASHED = "trashed"
    MISSING = "missing"  # deleted for good, or not shared with the connection any more
    ELSEWHERE = "elsewhere"  # moved to where no rule watches it


@dataclass(frozen=True, slots=True)
class Peer:
    """The other side of a sync.

    Attributes:
        rule: the rule, which stands on one side and works in both directions.
        rule_id: what it is known by.
        forward: the rule stands on this page's side, which has the link.
        source: the other data source.
        properties: role → id of its property, or its name until the id is known.
        types: role → type of its property, as far as known.
        pages: those pages of the other side, by id, that this page links to or that once linked to it, as remembered.
    """

    rule: SyncRule
    rule_id: str
    forward: bool
    source: DataSource
    properties: Mapping[str, str]
    types: Mapping[str, str]
    pages: Mapping[str, Snapshot]


@dataclass(frozen=True, slots=True)
class Change:
    """One step of one page's history.

    Attributes:
        before: the snapshot that was known; None at first sight.
        after: the one that is about to be committed.
        added: who became an assignee by this step and has to be told: at first sight nobody, unless the event says so.
        removed: who was an assignee before.
        created: the page was created just now, as an event or the sweep says; true for one step only.
        departure: how the page went, when it went by this step.
        peers: the other sides that its status is kept in step with.
        source: its data source.
        rules: the whole file.
        now: our clock.
        properties: role → id of the property that has it, or its name until the id is known.
        types: role → type of that property, as far as known.
    """

    before: Snapshot | None
    after: Snapshot
    source: DataSource
    rules: Rules
    now: datetime
    properties: Mapping[str, str]
    types: Mapping[str, str]
    added: tuple[Person, ...] = ()
    removed: tuple[Person, ...] = ()
    created: bool = False
    departure: Departure | None = None
    peers: tuple[Peer, ...] = ()

    @property
    def page(self) -> PageLink:
        """The page, for words."""
        return PageLink(self.after.title, self.after.url)


@dataclass(frozen=True, slots=True)
class Draft:
    """An effect that an automation asks for; who, when and under which id is added by the planner.

    Attributes:
        kind: what is done.
        key: what tells it from the automation's other effects of this kind in the same step.
        words: what is said.
        claims: facts without which it is not true any more, see ``steward.claims``.
        person: whom it is for.
        channel: the Slack channel.
        urgent: never held back.
        writes: for a write: property id → value as Notion's API takes it.
        other_page: for a write: another page that is written to, or None.
        source_id: of that page: its data source.
        not_before: to be held back until then, so that it can stop being true.
    """

    kind: Kind
    key: str
    words: Words = ()
    claims: tuple[str, ...] = ()
    person: Person | None = None
    channel: str = ""
    urgent: bool = False
    writes: Mapping[str, Any] | None = None
    other_page: str | None = None
    source_id: str = ""
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What an automation leaves undone, or decides, for the journal and for counting.

    Attributes:
        reason: one word for the metric.
        text: for the journal.
    """

    reason: str
    text: str
