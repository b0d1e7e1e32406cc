"""What an automation is given, and what it gives. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from steward.effects import Effect, Kind, Status, effect_id
from steward.pages import Person
from steward.rules import DataSource, Rules, SyncRule
from steward.snapshots import Departure, Snapshot
from steward.words import PageLink, Words

__all__ = ["Change", "Departure", "Draft", "Note", "Peer"]


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
        arrived: at first sight: an event says that the page was moved there just now; true for one step only.
        departure: how the page went, when it went by this step; ELSEWHERE also where it went to another source of the
            rules file and ``source`` is the one that it left.
        heard: an event, or the sweep's count, tells of this page; False for what is only remembered.
        own: the roles that this step changed by a write of ours.
        rule_id: what the rule that is asked is known by in effects.
        open: the effects that the page owes from before this step, also those that lapsed when it went.
        turn: how many turns the rule has taken so far.
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
    arrived: bool = False
    heard: bool = False
    departure: Departure | None = None
    own: frozenset[str] = frozenset()
    rule_id: str = ""
    open: tuple[Effect, ...] = ()
    turn: int = 0
    peers: tuple[Peer, ...] = ()

    @property
    def page(self) -> PageLink:
        """The page, for words."""
        return PageLink(self.after.title, self.after.url)

    @property
    def stayed(self) -> Snapshot | None:
        """What is known of the page from before, if it was in the same data source: else its values were others."""
        before = self.before
        if before is None or before.source_id != self.after.source_id:
            return None
        return None if before.departure is Departure.ELSEWHERE else before

    def owed(self, kind: Kind, key: str) -> Effect | None:
        """What the rule planned before under this kind and key, and what is neither done nor given up."""
        ours = (e for e in self.open if not e.obsolete)
        return next(
            (e for e in ours if e.id == effect_id(e.page_id, e.version, self.rule_id, kind, key)), None
        )

    def pending(self, kind: Kind, key: str) -> Effect | None:
        """The same, if it was not begun yet."""
        owed = self.owed(kind, key)
        return owed if owed is not None and owed.status is not Status.STARTED else None


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
        replaces: a pending effect of the same rule that this one takes the place of.
        takes_turn: it is for whoever has the rule's turn; with it, the turn passes on.
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
    replaces: Effect | None = None
    takes_turn: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """What an automation leaves undone, or decides, for the journal and for counting.

    Attributes:
        reason: one word for the metric.
        text: for the journal.
    """

    reason: str
    text: str
