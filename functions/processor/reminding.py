"""What a run does with one page: make sure that it is known as it is, plan who has to be reminded, and journal it.

The telling itself is left to the outbox, which comes every minute, gathers what is for one channel, and goes on where it was
stopped: a run only remembers what is owed, so that it is short.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aws_lambda_powertools import Logger

from processor.automations.deadline import Occasion, reminders
from processor.changes import changes
from processor.observation import Reason
from processor.plan_reminders import plan_reminders
from processor.reconcile import Reconciler
from processor.relevance import News
from steward import telemetry
from steward.errors import CallFailed
from steward.events import Event
from steward.journal import Decision, Entry, Journal
from steward.outcomes import CONNECTION_WIDE
from steward.pages import Page
from steward.snapshots import Snapshot
from steward.state import PageRecord, State


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at one page.

    Attributes:
        page_id: the page.
        event_id: by which its effects and its row in the journal are known.
        before: the page as it was known.
        calls: vendor calls that had been made when it began.
    """

    page_id: str
    event_id: str
    before: Snapshot | None
    calls: int


class Reminding:
    """Reminds of one page at a time."""

    def __init__(
        self,
        *,
        state: State,
        journal: Journal,
        reconciler: Reconciler,
        now: Callable[[], datetime],
        calls: Callable[[], int],
        quiet_until: Callable[[], datetime],
        logger: Logger,
        count: telemetry.Count,
    ) -> None:
        """Make it.

        Args:
            state: the table.
            journal: where it is written down.
            reconciler: commits what a query shows.
            now: our clock.
            calls: vendor calls so far.
            quiet_until: until when messages wait to be gathered.
            logger: logs.
            count: counts.
        """
        self._state = state
        self._journal = journal
        self._reconciler = reconciler
        self._now = now
        self._calls = calls
        self._quiet_until = quiet_until
        self._logger = logger
        self._count = count

    def of_row(
        self, page: Page, before: Snapshot | None, observed_at: datetime | None, occasion: Occasion
    ) -> None:
        """Remind of a row of a query, if it or what is remembered of its page says so.

        Args:
            page: the row.
            before: what was remembered of it.
            observed_at: when the row was seen, by Notion's clock.
            occasion: the run.

        Raises:
            CallFailed: a call failed as any other would.
            StateConflict: another writer was faster.
        """
        shown = self._reconciler.shown(page, occasion.source, before)
        if not _concerns(shown, occasion) and (before is None or not _concerns(before, occasion)):
            return
        look = self._look(page.id, before, occasion)
        self._refresh(page, before, observed_at, look.event_id, occasion)
        self._remind(look, occasion, gather=self._quiet_until())

    def of_snapshot(self, page: Snapshot, occasion: Occasion) -> None:
        """Remind by what is remembered of a page.

        Raises:
            StateConflict: another writer was faster.
        """
        if _concerns(page, occasion):
            self._remind(self._look(page.page_id, page, occasion), occasion, gather=None)

    def _look(self, page_id: str, before: Snapshot | None, occasion: Occasion) -> _Look:
        how = "-remembered" if occasion.remembered else ""
        name = f"{occasion.rule.name}-" if occasion.rule.name else ""
        return _Look(page_id, f"remind-{occasion.day:%Y%m%d}-{name}{page_id}{how}", before, self._calls())

    def _refresh(
        self,
        page: Page,
        before: Snapshot | None,
        observed_at: datetime | None,
        event_id: str,
        occasion: Occasion,
    ) -> None:
        """Let the row become what is known, or read the page where only a reading can tell."""
        source = occasion.source
        # Whatever else it shows has an event of its own, or is lost; the sweep counts that.
        silent = Reason(
            event_id, lambda _page, _source: News(False, None), self._quiet_until(), announced=False
        )
        if self._reconciler.take_row(page, source, observed_at, silent):
            return
        if before is None or not self._reconciler.differs(page, source, before):
            return
        try:
            self._reconciler.read(page.id, silent)
        except CallFailed as failure:
            if failure.failure in CONNECTION_WIDE:
                raise
            # What is remembered has to do.
            self._count(telemetry.CALL_FAILED, failure=str(failure.failure))
            self._logger.warning("a page can't be read", page_id=page.id, failure=str(failure))

    def _remind(self, look: _Look, occasion: Occasion, *, gather: datetime | None) -> None:
        quiet_hours = occasion.ladder.calendar.quiet_until(self._now())
        record = self._state.load(look.page_id)
        while record.snapshot is not None:
            plan = plan_reminders(
                record.snapshot,
                record.effects,
                reminders(record.snapshot, occasion),
                rule=occasion.source.rule_id(occasion.rule),
                event_id=look.event_id,
                now=self._now(),
                quiet=(gather, quiet_hours),
            )
            if plan is None:
                break
            with self._state.working(look.event_id):
                self._state.commit(record.snapshot, plan.snapshot, plan.effects, plan.obsolete)
            self._count(telemetry.REMINDERS, len(plan.effects))
            record = self._state.load(look.page_id)
        self._write_down(look, record, occasion)

    def _write_down(self, look: _Look, record: PageRecord, occasion: Occasion) -> None:
        # Also when nothing was planned just now: who planned it may have died before.
        effects = [e for e in record.effects if e.event_id == look.event_id]
        if record.snapshot is None or not effects:
            return
        was, became = changes(look.before, record.snapshot) if look.before else ({}, {})
        known = "what is remembered, because Notion can't be asked" if occasion.remembered else "a query"
        self._journal.record(
            Entry(
                Event(
                    look.event_id,
                    "reminder",
                    "reminder",
                    occasion.ladder.run_moment(occasion.day),
                    look.page_id,
                    "page",
                    data_source_id=occasion.source.id,
                ),
                Decision.OBSERVED,
                f"a deadline of {occasion.source.rule_id(occasion.rule)}, found by {known}",
                title=record.snapshot.title,
                effects=effects,
                calls=self._calls() - look.calls,
                received_at=None,
                finished_at=self._now(),
                before=was,
                after=became,
            )
        )


def _concerns(page: Snapshot, occasion: Occasion) -> bool:
    return any(True for _ in reminders(page, occasion))
