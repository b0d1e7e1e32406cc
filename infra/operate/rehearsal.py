"""What looking at a page would lead to: the processor's own reconciler, over tables that take nothing.

What it would commit is kept here and seen by whatever it looks up next, so that a plan of several commits goes through as
it would; State itself stays as it is. Reading the page is one call, of the probes' share of the request budget.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from processor.connections import Connections
from processor.known import Known
from processor.observation import Observation, Reason
from processor.peers import Peers
from processor.reconcile import Reconciler
from processor.relevance import News
from steward.clients.notion import NotionClient
from steward.effects import Effect, made_obsolete, revived
from steward.memory import Memory
from steward.people import People
from steward.rules import Rules
from steward.snapshots import Snapshot
from steward.state import PageRecord, State


class _Remembered(Memory):
    """Recalls, and remembers nothing."""

    def remember(self, name: str, document: object, keep: timedelta | None = None) -> None:
        """Nothing is written."""


class _Kept(State):
    """Loads what is there; what would be written is kept beside it."""

    def __init__(self, table: Any, now: Callable[[], datetime]) -> None:
        super().__init__(table, now)
        self._clock = now
        self._records: dict[str, PageRecord] = {}
        self._taken: dict[str, int] = {}
        self.planned: list[Effect] = []
        self.dropped: list[Effect] = []
        self.again: list[Effect] = []

    def load(self, page_id: str) -> PageRecord:
        """As it would be by now."""
        return self._records.get(page_id) or super().load(page_id)

    def link(self, page_id: str, target_id: str) -> None:
        """Nothing is written."""

    def turns_taken(self, rules: Iterable[str]) -> dict[str, int]:
        """As they would be by now."""
        return {rule: self._taken.get(rule, taken) for rule, taken in super().turns_taken(rules).items()}

    def add(self, effects: Sequence[Effect]) -> None:
        """Keep effects that would be planned beside a commit."""
        self.planned += effects
        for effect in effects:
            self._put(effect)

    def commit(
        self,
        previous: Snapshot | None,
        snapshot: Snapshot,
        effects: Sequence[Effect],
        obsolete: Sequence[Effect],
        taking: Mapping[str, int] | None = None,
        again: Sequence[Effect] = (),
    ) -> None:
        """Keep what would be committed."""
        del previous
        self.planned += effects
        self.dropped += obsolete
        self.again += again
        self._taken |= taking or {}
        moved = [made_obsolete(e, self._clock(), gone=snapshot.gone) for e in obsolete]
        for effect in (*effects, *moved, *map(revived, again)):
            self._put(effect)
        self._records[snapshot.page_id] = replace(self.load(snapshot.page_id), snapshot=snapshot)

    def _put(self, effect: Effect) -> None:
        record = self.load(effect.page_id)
        others = tuple(e for e in record.effects if e.id != effect.id)
        self._records[effect.page_id] = replace(record, effects=(*others, effect))


class Rehearsal:
    """Looks at pages without consequences."""

    def __init__(
        self,
        rules: Rules,
        table: Any,
        notions: Mapping[str, NotionClient],
        margin: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        """Make it.

        Args:
            rules: the rules file.
            table: the State table, which is only read.
            notions: connection → its client.
            margin: see ``Snapshot.covers``.
            now: our clock.
        """
        self._rules = rules
        self._state = _Kept(table, now)
        memory = _Remembered(table, now)
        connections = Connections(notions, rules)
        known = Known(memory)
        self._reconciler = Reconciler(
            rules=rules,
            state=self._state,
            connections=connections,
            known=known,
            people=People(memory, connections.user),
            peers=Peers(rules, self._state, known),
            margin=margin,
            now=now,
            count=_uncounted,
            skipped=lambda _rule: None,
        )

    def observe(self, page_id: str, event_id: str, connection: str) -> tuple[Observation, "_Kept"]:
        """Read a page, and give what it would lead to.

        Raises:
            CallFailed: it could not be read.
        """
        reason = Reason(event_id, lambda *_: News(False, None))
        return self._reconciler.read(page_id, reason, connection), self._state


def _uncounted(_name: str, _value: float = 1, /, **_dimensions: str) -> None:
    """Nobody counts a rehearsal."""
