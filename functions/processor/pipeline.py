"""The pipeline: make sure that our snapshot is fresher than the event, then make the world match the snapshot.

::

    event(P, T)
      finished before?                             → DUPLICATE, 0 calls; an operator's replay goes on to observe
      irrelevant?                                  → IGNORED,   0 calls
      only its text changed?                       → its reading is planned, 0 calls: see ``text_watch``
      snapshot(P) covers T?                        → COVERED,   0 calls
      observe   one GET page, or one query for up to 100 pages when many events wait
      plan      pure: previous snapshot, page, rules → effects
      commit    one transaction: next snapshot + planned effects
      settle    run each effect that P still owes
      journal   one row: event, decision, why, effects, calls, latency

Whatever the decision, what the page still owes is settled: a redelivery after a crash finishes what was begun.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from processor.about import About
from processor.burst import Burst
from processor.changes import changes
from processor.known import Known
from processor.observation import Observation, Reason, Seen
from processor.ourselves import Ourselves
from processor.reconcile import Reconciler
from processor.relevance import Irrelevant, judge, schema_of
from processor.schema_watch import Look, SchemaWatch
from processor.settle import Settler
from processor.text_watch import TextWatch
from steward import replays
from steward.effects import Effect
from steward.events import Event
from steward.journal import Decision, Entry, Journal
from steward.lane import Parked
from steward.rules import DataSource, Rules
from steward.snapshots import Snapshot
from steward.state import PageRecord, State


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What working an event came to.

    Attributes:
        decision: what became of it.
        why: one sentence.
        before: the page's snapshot as it was, or None.
        after: as it is now, or None.
        effects: those that the event led to, and those that the page owed.
        changed: what changed, as it was and as it became, where the snapshots don't say it themselves.
    """

    decision: Decision
    why: str
    before: Snapshot | None = None
    after: Snapshot | None = None
    effects: Sequence[Effect] = ()
    changed: tuple[Mapping[str, str], Mapping[str, str]] | None = None


class Pipeline:
    """Works one event at a time."""

    def __init__(
        self,
        *,
        rules: Rules,
        state: State,
        journal: Journal,
        reconciler: Reconciler,
        burst: Burst,
        settler: Settler,
        schemas: SchemaWatch,
        known: Known,
        ourselves: Ourselves,
        about: About,
        texts: TextWatch,
        margin: timedelta,
        now: Callable[[], datetime],
        calls: Callable[[], int],
        waiting: Callable[[], int],
    ) -> None:
        self._rules = rules
        self._state = state
        self._journal = journal
        self._reconciler = reconciler
        self._burst = burst
        self._settler = settler
        self._schemas = schemas
        self._known = known
        self._ourselves = ourselves
        self._about = about
        self._texts = texts
        self._margin = margin
        self._now = now
        self._calls = calls
        self._waiting = waiting

    def work(self, event: Event, received_at: datetime | None) -> Decision:
        """Work one event to its end, or raise and leave it for a redelivery to finish.

        Raises:
            CallFailed: a vendor's trouble holds the event; what was done is remembered.
            StateConflict: another writer was faster; work it again.
        """
        calls_before = self._calls()
        finished = self._journal.finished(event.id)
        if finished and event.dialect == replays.DIALECT:
            return self._replay(event, calls_before)
        if finished:
            if event.entity_id is not None:
                self._settler.settle(self._state.load(event.entity_id))
            self._journal.redelivered(event.id)
            return Decision.DUPLICATE
        with self._state.working(event.id):
            outcome = self._decide(event)
        before, after = outcome.changed or changes(outcome.before, outcome.after)
        self._journal.record(
            Entry(
                event,
                outcome.decision,
                outcome.why,
                title=outcome.after.title if outcome.after else None,
                effects=outcome.effects,
                calls=self._calls() - calls_before,
                received_at=received_at,
                finished_at=self._now(),
                before=before,
                after=after,
            )
        )
        return outcome.decision

    def _replay(self, event: Event, calls_before: int) -> Decision:
        """Make sure of a finished event's page again; how effects end is written beside its row, which stays as it was."""
        outcome = self._decide(event)
        calls = self._calls() - calls_before
        self._journal.replayed(event.id, outcome.decision, outcome.why, calls)
        return outcome.decision

    def park(self, event: Event, parked: Parked, received_at: datetime | None) -> None:
        """Record an event that was put among the dead letters, so that it is not worked again by a redelivery."""
        self._journal.record(
            Entry(
                event,
                Decision.PARKED,
                parked.reason,
                title=None,
                effects=(),
                calls=0,
                received_at=received_at,
                finished_at=self._now(),
                attempts=parked.attempts,
                exception=parked.exception,
            )
        )

    def _decide(self, event: Event) -> _Outcome:
        source = schema_of(event, self._rules)
        if source is not None:
            return self._look_at_schema(event, source)
        text = self._texts.take(event)
        if text is not None:
            return _Outcome(text.decision, text.why, text.snapshot, text.snapshot, text.effects)
        verdict = judge(
            event,
            self._rules,
            self._known.property_ids(self._rules),
            lambda: self._ourselves.bots(self._about.connection(event, None)),
        )
        if isinstance(verdict, Irrelevant):
            return _Outcome(Decision.IGNORED, verdict.why)
        page_id = verdict.page_id
        record = self._state.load(page_id)
        previous = record.snapshot
        if previous is None and event.data_source_id and self._rules.source_of(event.data_source_id) is None:
            return _Outcome(Decision.IGNORED, "moved from and to where no rule watches")
        if previous is not None and previous.covers(event.occurred_at, self._margin):
            decision, why, changed = self._covered(event, record, previous)
        else:
            # What was started by an older version is settled first: a newer plan must not overtake it.
            self._settler.settle(record, only_started=True)
            decision, why = self._observe(event, page_id, previous)
            changed = True
        if changed:
            record = self._state.load(page_id)
        owed = {e.id for e in record.still_open}
        while self._settler.settle(record):
            version = record.snapshot.version if record.snapshot else 0
            record = self._state.load(page_id)
            if record.snapshot is None or record.snapshot.version == version:
                break  # else a write of ours was observed, and may have planned more
        effects = [e for e in record.effects if e.event_id == event.id or e.id in owed]
        return _Outcome(decision, why, previous, record.snapshot, effects)

    def _look_at_schema(self, event: Event, source: DataSource) -> _Outcome:
        snapshot = self._state.load(source.id).snapshot
        decision, look = Decision.COVERED, Look("the schema was looked at since", {}, {})
        if snapshot is None or not snapshot.covers(event.occurred_at, self._margin):
            decision, look = Decision.OBSERVED, self._schemas.look(source, event.id)
        self._settler.settle(self._state.load(source.id))
        record = self._state.load(source.id)
        effects = [e for e in record.effects if e.event_id == event.id]
        return _Outcome(decision, look.why, None, record.snapshot, effects, (look.before, look.after))

    def _covered(self, event: Event, record: PageRecord, snapshot: Snapshot) -> tuple[Decision, str, bool]:
        """The decision, why, and whether something was planned."""
        why = "the snapshot is fresher than the event"
        if not self._reconciler.owes_news(snapshot, self._about.reason(event, waiting=0)):
            self._reconciler.announce(record)
            return Decision.COVERED, why, snapshot.unannounced
        self._reconciler.tell_untold(record, self._about.reason(event, self._waiting()))
        return Decision.COVERED, f"{why}, which says that what was kept silent was news", True

    def _observe(self, event: Event, page_id: str, snapshot: Snapshot | None) -> tuple[Decision, str]:
        waiting = self._waiting()
        reason = self._about.reason(event, waiting)
        decision, why = self._look(event, page_id, snapshot, reason, waiting)
        return decision, "; ".join([why, *reason.notes])

    def _look(
        self, event: Event, page_id: str, snapshot: Snapshot | None, reason: Reason, waiting: int
    ) -> tuple[Decision, str]:
        source = self._about.source(event, snapshot)
        if source is not None and self._burst.refresh(event, source, waiting, reason):
            record = self._state.load(page_id)
            if record.snapshot is not None and record.snapshot.covers(event.occurred_at, self._margin):
                told = sum(e.version == record.snapshot.version for e in record.effects)
                return (
                    Decision.OBSERVED,
                    f"by a query, because {waiting} messages were waiting; {_to_tell(told)}",
                )
        connection = source.connection if source else self._about.connection(event, snapshot)
        return _decision(self._reconciler.read(page_id, reason, connection))


def _decision(observation: Observation) -> tuple[Decision, str]:
    match observation.seen:
        case Seen.PRESENT:
            return Decision.OBSERVED, _to_tell(observation.planned)
        case Seen.TRASHED:
            return Decision.GONE, "the page is in the trash"
        case Seen.MISSING:
            return Decision.GONE, "not found, or not shared with the connection"
        case Seen.ELSEWHERE:
            return Decision.IGNORED, "the page's data source is not in the rules file"


def _to_tell(effects: int) -> str:
    return f"{effects} to tell" if effects else "nothing to tell"
