"""The pipeline: make sure that our snapshot is fresher than the event, then make the world match the snapshot.

::

    event(P, T)
      finished before?                             → DUPLICATE, 0 calls
      irrelevant?                                  → IGNORED,   0 calls
      snapshot(P).observed_at ≥ T + margin?        → COVERED,   0 calls
      observe   one GET page
      plan      pure: previous snapshot, page, rules → effects
      commit    one transaction: next snapshot + planned effects
      settle    run each effect that P still owes
      journal   one row: event, decision, why, effects, calls, latency

Whatever the decision, what the page still owes is settled: a redelivery after a crash finishes what was begun.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from processor.changes import changes
from processor.known import Known
from processor.plan import Context, Plan, late_news, plan_gone, plan_observed, plan_untold
from processor.relevance import Irrelevant, judge, news_of
from processor.settle import Settler
from steward.clients.notion import NotionClient
from steward.effects import Effect
from steward.errors import CallFailed
from steward.events import Event
from steward.journal import Decision, Entry, Journal
from steward.lane import Parked
from steward.outcomes import TABLE, Then
from steward.pages import decode_page
from steward.rules import DataSource, Rules
from steward.snapshots import Snapshot
from steward.state import PageRecord, State

DUE_PAGES = 25
"""Pages that one settle tick looks at; the next tick comes a minute later, and every event settles its own page."""


class Pipeline:
    """Works one event, or one settle tick, at a time."""

    def __init__(
        self,
        *,
        rules: Rules,
        state: State,
        journal: Journal,
        notion: NotionClient,
        settler: Settler,
        known: Known,
        margin: timedelta,
        now: Callable[[], datetime],
        calls: Callable[[], int],
    ) -> None:
        self._rules = rules
        self._state = state
        self._journal = journal
        self._notion = notion
        self._settler = settler
        self._known = known
        self._margin = margin
        self._now = now
        self._calls = calls

    def work(self, event: Event, received_at: datetime | None) -> Decision:
        """Work one event to its end, or raise and leave it for a redelivery to finish.

        Raises:
            CallFailed: a vendor's trouble holds the event; what was done is remembered.
            StateConflict: another writer was faster; work it again.
        """
        calls_before = self._calls()
        if self._journal.finished(event.id):
            if event.entity_id is not None:
                self._settler.settle(self._state.load(event.entity_id))
            self._journal.redelivered(event.id)
            return Decision.DUPLICATE
        decision, why, previous, record = self._decide(event)
        snapshot = record.snapshot if record else None
        before, after = changes(previous, snapshot)
        self._journal.record(
            Entry(
                event,
                decision,
                why,
                title=snapshot.title if snapshot else None,
                effects=[e for e in record.effects if e.event_id == event.id] if record else [],
                calls=self._calls() - calls_before,
                received_at=received_at,
                finished_at=self._now(),
                before=before,
                after=after,
            )
        )
        return decision

    def settle_due(self) -> int:
        """Settle every page whose effects may be tried again; returns how many pages were looked at."""
        pages = self._state.due(DUE_PAGES)
        for page_id in pages:
            self._settler.settle(self._state.load(page_id))
        return len(pages)

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

    def _decide(self, event: Event) -> tuple[Decision, str, Snapshot | None, PageRecord | None]:
        """What becomes of the event, why, the page's snapshot before, and what is known of the page after."""
        verdict = judge(event, self._rules, self._known.assignee_ids(self._rules), self._known.own_bot)
        if isinstance(verdict, Irrelevant):
            return Decision.IGNORED, verdict.why, None, None
        page_id = verdict.page_id
        record = self._state.load(page_id)
        if record.snapshot is not None and self._covers(record.snapshot, event):
            decision, why = self._covered(event, record, record.snapshot)
        else:
            # What was started by an older version is settled first: a newer plan must not overtake it.
            self._settler.settle(record, only_started=True)
            decision, why = self._observe(event, page_id)
        self._settler.settle(self._state.load(page_id))
        return decision, why, record.snapshot, self._state.load(page_id)

    def _covers(self, snapshot: Snapshot, event: Event) -> bool:
        if snapshot.observed_at is None or event.occurred_at is None:
            return False
        return snapshot.observed_at >= event.occurred_at + self._margin

    def _covered(self, event: Event, record: PageRecord, snapshot: Snapshot) -> tuple[Decision, str]:
        why = "the snapshot is fresher than the event"
        source = self._rules.source_of(snapshot.source_id)
        if source is None:
            return Decision.COVERED, why
        context = self._context(event, source)
        if not late_news(snapshot, context.news, self._margin):
            return Decision.COVERED, why
        self._commit_all(record, lambda current, _open: plan_untold(current, context) if current else None)
        return (
            Decision.COVERED,
            "the snapshot is fresher than the event, which says that the assignees were news",
        )

    def _observe(self, event: Event, page_id: str) -> tuple[Decision, str]:
        try:
            answer = self._notion.page(page_id)
        except CallFailed as failure:
            if TABLE[failure.failure].observing is not Then.GONE:
                raise
            return self._gone(page_id, "not found, or not shared with the connection")
        page = decode_page(answer.body)
        source = self._rules.source_of(page.data_source_id, page.database_id)
        if source is None:
            return Decision.IGNORED, "the page's data source is not in the rules file"
        self._known.learn(source, page)
        context = self._context(event, source)
        record = self._state.load(page_id)
        effects = self._commit_all(
            record, lambda current, still: plan_observed(current, page, answer.observed_at, still, context)
        )
        if page.in_trash:
            return Decision.GONE, "the page is in the trash"
        return Decision.OBSERVED, f"{effects} to tell" if effects else "nothing to tell"

    def _gone(self, page_id: str, why: str) -> tuple[Decision, str]:
        record = self._state.load(page_id)
        if record.snapshot is not None:
            self._commit_all(
                record, lambda current, still: plan_gone(current, None, still) if current else None
            )
        return Decision.GONE, why

    def _commit_all(
        self, record: PageRecord, planner: Callable[[Snapshot | None, Sequence[Effect]], Plan | None]
    ) -> int:
        """Plan and commit until the plan is complete; returns how many effects were planned."""
        planned = 0
        while True:
            plan = planner(record.snapshot, record.still_open)
            if plan is None:
                return planned
            self._state.commit(record.snapshot, plan.snapshot, plan.effects, plan.obsolete)
            planned += len(plan.effects)
            if plan.complete:
                return planned
            record = self._state.load(plan.snapshot.page_id)

    def _context(self, event: Event, source: DataSource) -> Context:
        assignee = self._known.assignee_of(source)
        return Context(
            rules=self._rules,
            source=source,
            assignee=assignee or source.properties.assignee or "",
            news=news_of(event, assignee, source.properties.assignee),
            event_id=event.id,
            margin=self._margin,
            now=self._now(),
        )
