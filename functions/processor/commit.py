"""Committing plans: one transaction after the other until all is planned, and again where another lane took the turn."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from processor.context import Context
from processor.drafted import MOST_EFFECTS, Plan
from steward import telemetry
from steward.effects import GIVE_UP, Effect
from steward.errors import StateConflict
from steward.rules import OnCreationRule
from steward.snapshots import Snapshot
from steward.state import PageRecord, State

MOST_ATTEMPTS = 8
"""At a commit for which other lanes take the turn first."""

Planner = Callable[[Snapshot | None, Sequence[Effect], Context], Plan | None]


class Committer:
    """Commits what is planned."""

    def __init__(
        self,
        state: State,
        count: telemetry.Count,
        skipped: Callable[[str], None],
        now: Callable[[], datetime],
    ) -> None:
        """Make it.

        Args:
            state: the table.
            count: counts.
            skipped: told of every automation that was left out.
            now: our clock.
        """
        self._state = state
        self._count = count
        self._skipped = skipped
        self._now = now

    def commit(
        self, record: PageRecord, context: Context, planner: Planner, noted: list[str] | None = None
    ) -> int:
        """Plan and commit until the plan is complete; returns how many effects were planned.

        Args:
            record: what is known of the page.
            context: what else is known.
            planner: plans.
            noted: filled with what the automations leave undone, or decided.

        Raises:
            StateConflict: another writer was faster.
        """
        planned, conflicts = 0, 0
        while True:
            given = replace(context, turns=self._state.turns_taken(_in_turns(context)))
            plan = planner(record.snapshot, self._owed(record), given)
            if plan is None:
                return planned
            try:
                self._write_ahead(plan, record)
                self._state.commit(
                    record.snapshot, plan.snapshot, plan.effects, plan.obsolete, plan.turns, plan.revived
                )
            except StateConflict:
                conflicts += 1
                if (
                    not plan.turns
                    or conflicts == MOST_ATTEMPTS
                    or self._state.load(plan.snapshot.page_id) != record
                ):
                    raise
                continue  # another lane took the turn: the next one is ours
            planned += len(plan.effects)
            self._count_skipped(plan)
            if noted is not None:
                noted += (note.text for note in plan.notes)
            if plan.complete:
                return planned
            record = self._state.load(plan.snapshot.page_id)

    def _write_ahead(self, plan: Plan, record: PageRecord) -> None:
        """Write what does not fit into the commit before it: should we die in between, the same step plans the same ids."""
        known = {effect.id for effect in record.effects}
        for start in range(0, len(plan.surplus), MOST_EFFECTS):
            self._state.add([e for e in plan.surplus[start : start + MOST_EFFECTS] if e.id not in known])

    def _owed(self, record: PageRecord) -> tuple[Effect, ...]:
        """What is still open, and what lapsed and would still be news."""
        return record.still_open + tuple(e for e in record.lapsed if self._now() < e.planned_at + GIVE_UP)

    def _count_skipped(self, plan: Plan) -> None:
        for rule in plan.skipped:
            self._skipped(rule)
        for note in plan.notes:
            self._count(telemetry.NOTES, reason=note.reason)


def _in_turns(context: Context) -> list[str]:
    """The rules that may take a turn; nothing but a page's creation takes one."""
    if not context.news.created:
        return []
    rules = context.source.of_kind(OnCreationRule)
    return [context.source.rule_id(rule) for rule in rules if rule.assign and rule.assign.round_robin]
