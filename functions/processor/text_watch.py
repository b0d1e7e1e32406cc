"""What happens to an event that says that somebody wrote on a page: its text is read when the writing has settled (A9).

One who types sends an event every minute or so. The first plans an effect that waits ``SETTLING``; those that come
meanwhile are covered by it, because what it reads is newer than they are. Nothing is asked of Notion here, and whoever has
no rule with ``text = true`` pays nothing at all: their event goes on to be ignored.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from steward.documents import moment
from steward.effects import Effect, Kind, Status, effect_id
from steward.events import Event
from steward.journal import Decision
from steward.rules import DataSource, MirrorRule, Rules
from steward.snapshots import Snapshot
from steward.state import PageRecord, State

WROTE = "page.content_updated"

SETTLING = timedelta(minutes=2)
"""From the first event until the text is read: longer than Notion takes to gather the events of a minute."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an event.

    Attributes:
        decision: for the journal.
        why: one sentence.
        snapshot: what is known of the page, or None.
        effects: that the event led to, or that cover it.
    """

    decision: Decision
    why: str
    snapshot: Snapshot | None
    effects: tuple[Effect, ...]


def text_rule(source: DataSource | None) -> MirrorRule | None:
    """The rule that keeps the text of a data source's pages, or None."""
    rules = source.of_kind(MirrorRule) if source is not None else ()
    return next((rule for rule in rules if rule.text), None)


class TextWatch:
    """Plans the reading of texts."""

    def __init__(self, *, rules: Rules, state: State, margin: timedelta, now: Callable[[], datetime]) -> None:
        """Make it.

        Args:
            rules: the rules file.
            state: the table.
            margin: by how much clocks may differ, see ``Snapshot.covers``.
            now: our clock.
        """
        self._rules = rules
        self._state = state
        self._margin = margin
        self._now = now

    def take(self, event: Event) -> Taken | None:
        """Take an event; None when it is nothing for the text of a page.

        Raises:
            StateConflict: another writer was faster; work it again.
        """
        if event.type != WROTE or event.entity_type != "page" or event.entity_id is None:
            return None
        source = self._rules.source_of(event.data_source_id, event.parent_id)
        rule = text_rule(source)
        if source is None or rule is None:
            return None
        record = self._state.load(event.entity_id)
        if record.snapshot is not None and record.snapshot.gone:
            return Taken(Decision.GONE, "the page is gone", record.snapshot, ())
        covering = self._covering(record, event)
        if covering is not None:
            return Taken(Decision.COVERED, _why_covered(covering), record.snapshot, (covering,))
        effect = self._effect(event.entity_id, event, source, rule, record.snapshot)
        self._state.add([effect])
        return Taken(Decision.OBSERVED, "its text is to be read", record.snapshot, (effect,))

    def _covering(self, record: PageRecord, event: Event) -> Effect | None:
        """The reading that will show, or has shown, what the event tells of."""
        for effect in (e for e in record.effects if e.kind is Kind.TEXT):
            if effect.status is Status.PLANNED or effect.event_id == event.id:
                return effect
            read_at = moment(effect.external_id) if effect.status is Status.DONE else None
            if read_at and event.occurred_at and read_at >= event.occurred_at + self._margin:
                return effect
        return None

    def _effect(
        self, page_id: str, event: Event, source: DataSource, rule: MirrorRule, snapshot: Snapshot | None
    ) -> Effect:
        version, rule_id = snapshot.version if snapshot else 0, source.rule_id(rule)
        return Effect(
            id=effect_id(page_id, version, rule_id, Kind.TEXT, event.id),
            kind=Kind.TEXT,
            page_id=page_id,
            version=version,
            rule=rule_id,
            event_id=event.id,
            words=(),
            planned_at=self._now(),
            source_id=source.id,
            retry_at=self._now() + SETTLING,
        )


def _why_covered(effect: Effect) -> str:
    return "its text is to be read" if effect.is_open else "its text was read since"
