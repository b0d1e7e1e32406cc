"""The schema watch: looks whether the properties of a data source still fit the automations, and says when not (A10).

It looks when Notion tells that a schema changed, and once an hour, because a webhook can be lost and because Notion tells
nothing of what is not shared any more. One look is one call.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from processor import schema_words
from processor.known import Known
from processor.schema_plan import Standing, broken_in, mark_of, plan_schema, schema_in
from processor.settle import Settler
from steward import schema_memory, telemetry
from steward.clients.notion import Answer
from steward.errors import CallFailed
from steward.events import Event
from steward.journal import Decision, Entry, Journal
from steward.outcomes import CONNECTION_WIDE, TABLE, Then
from steward.rules import DataSource, Rules
from steward.schema import ChangeKind, compare, decode_schema
from steward.schema_check import Break, Why, check
from steward.snapshots import Snapshot
from steward.state import State

EVERY = timedelta(minutes=55)
"""Time after a look from which the next sweep looks again: the sweep comes every few minutes, and not to the second."""

_TOLD = (ChangeKind.RENAMED, ChangeKind.RETYPED)


@dataclass(frozen=True, slots=True)
class Look:
    """What one look gave.

    Attributes:
        why: one sentence for the journal.
        before: what changed, as it was: label → readable value.
        after: the same, as it became.
    """

    why: str
    before: Mapping[str, str]
    after: Mapping[str, str]


class SchemaWatch:
    """Looks at data sources."""

    def __init__(
        self,
        *,
        rules: Rules,
        state: State,
        journal: Journal,
        known: Known,
        settler: Settler,
        read: Callable[[DataSource], Answer],
        mine: Callable[[str], bool],
        now: Callable[[], datetime],
        calls: Callable[[], int],
        logger: Logger,
        count: telemetry.Count,
    ) -> None:
        """Make a watch.

        Args:
            rules: the rules file.
            state: the table.
            journal: where a look that no event led to is written down when it shows something.
            known: learns the properties' ids, so that a rename breaks nothing.
            settler: settles what may have been told, before something else is.
            read: asks Notion for a data source.
            mine: whether a data source belongs to the lane that is being worked.
            now: our clock.
            calls: Notion calls spent so far.
            logger: logs.
            count: counts.
        """
        self._rules = rules
        self._state = state
        self._journal = journal
        self._known = known
        self._settler = settler
        self._read = read
        self._mine = mine
        self._now = now
        self._calls = calls
        self._logger = logger
        self._count = count

    def look_if_due(self, source: DataSource) -> None:
        """Look, when the last look is an hour ago, gave nothing, or was at other rules.

        Raises:
            CallFailed: as ``look``.
        """
        if not self._mine(source.id) or not self._is_due(source, self._state.load(source.id).snapshot):
            return
        now, calls = self._now(), self._calls()
        event = Event(
            f"schema-{now:%Y%m%dT%H%M%S}-{source.id}", "schema", "sweep", None, source.id, "data_source"
        )
        with self._state.working(event.id):
            look = self.look(source, event.id)
            self._settler.settle(self._state.load(source.id))
        if look.before or look.after:
            record = self._state.load(source.id)
            self._journal.record(
                Entry(
                    event,
                    Decision.OBSERVED,
                    f"{look.why}; found without an event",
                    title=source.name,
                    effects=[e for e in record.effects if e.event_id == event.id],
                    calls=self._calls() - calls,
                    received_at=None,
                    finished_at=self._now(),
                    before=look.before,
                    after=look.after,
                )
            )

    def look(self, source: DataSource, event_id: str) -> Look:
        """Read a data source's schema, and commit what has to be told of it.

        Raises:
            CallFailed: it could not be read, and may be another time.
            StateConflict: another writer was faster.
        """
        record = self._state.load(source.id)
        if self._settler.settle(record, only_started=True):
            record = self._state.load(source.id)
        standing = self._standing(source, record.snapshot)
        plan = plan_schema(
            record.snapshot, standing, record.still_open, self._rules, source, event_id, self._now()
        )
        self._state.commit(record.snapshot, plan.snapshot, plan.effects, plan.obsolete)
        broken = {rule for names in broken_in(plan.snapshot).values() for rule in names}
        if broken:
            self._count(telemetry.RULES_BROKEN, len(broken))
        return self._changed(record.snapshot, plan.snapshot, standing)

    def _is_due(self, source: DataSource, snapshot: Snapshot | None) -> bool:
        if snapshot is None or snapshot.observed_at is None:
            return True
        return self._now() - snapshot.observed_at >= EVERY or snapshot.values.get("rules") != mark_of(
            self._rules, source
        )

    def _standing(self, source: DataSource, snapshot: Snapshot | None) -> Standing:
        before, mark = schema_in(snapshot), mark_of(self._rules, source)
        try:
            answer = self._read(source)
        except CallFailed as failure:
            if failure.failure in CONNECTION_WIDE or TABLE[failure.failure].observing is Then.WAIT:
                raise
            why = f"Notion does not show the data source ({failure.code or failure.failure}): "
            what = "share it with the connection, or correct its id"
            return Standing(self._unreadable(source, why + what), False, None, None, before, mark)
        if answer.body.get("in_trash") or answer.body.get("archived"):
            what = "the data source is in the trash: take it out, or take it out of the rules file"
            return Standing(self._unreadable(source, what), False, answer.observed_at, None, before, mark)
        schema = decode_schema(answer.body)
        self._known.learn_schema(source, schema)
        ids = self._known.ids_of(source)
        breaks = check(self._rules, {source.id: schema}, {source.id: ids}, {source.id: before})
        kept = schema_memory.remembered(self._rules, source, schema, ids, before)
        url = answer.body.get("url")
        return Standing(breaks, True, answer.observed_at, url if isinstance(url, str) else None, kept, mark)

    def _unreadable(self, source: DataSource, text: str) -> tuple[Break, ...]:
        place = ("data_source", self._rules.data_source.index(source), "id")
        broken = tuple(source.rule_id(rule) for rule in source.automation if rule.kind != "schema")
        return (Break(source.name, broken, place, Why.UNREADABLE, text),)

    def _changed(self, previous: Snapshot | None, snapshot: Snapshot, standing: Standing) -> Look:
        """What changed, for the journal: what is new, what is mended, and renames, which need nobody."""
        was, now = broken_in(previous), broken_in(snapshot)
        texts = {rule: one.text for one in standing.breaks for rule in one.rules}
        mended = {rule for key in was.keys() - now.keys() for rule in was[key]}
        fresh = {rule for key in now.keys() - was.keys() for rule in now[key]}
        before = dict.fromkeys(mended, "broken") | dict.fromkeys(fresh - mended, "fits")
        after = dict.fromkeys(mended, "fits") | {rule: texts[rule] for rule in fresh}
        for rule in sorted(fresh):
            self._logger.error("an automation breaks", severity="P3", rule=rule, why=texts[rule])
        for change in compare(schema_in(previous), standing.schema) if previous else ():
            if change.kind in _TOLD:
                label = f"property {change.property_id}"
                before[label], after[label] = change.was, change.now
        return Look(schema_words.in_short(now), before, after)
