"""By writing into a page what its row in the mirror says (A8). Both sides are compared just before: either may have moved on.

What is written is what the row says then, not what it said when the write was planned. What the page says later than the
row goes into the row instead, and what both changed is settled by the newer time; see ``steward.mirror.merge``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from processor.connections import Connections
from processor.known import Known
from processor.seen import differ, shown
from processor.ways.way import Found, Instead, NotionWay, Prepared, Way, lapse_if_gone
from steward.clients.notion import Answer
from steward.effects import Effect, Kind, Status
from steward.errors import CallFailed, Failure
from steward.mirror.changed_rows import ChangedRows
from steward.mirror.mapping import CannotWrite, Shared, roles_of, shared_of
from steward.mirror.push import fitting, written_as
from steward.mirror.refusals import refusal
from steward.mirror.row_values import shared_in
from steward.pages import Page, decode_page
from steward.property_values import holds
from steward.rules import DataSource, MirrorRule, Rules
from steward.snapshots import Snapshot
from steward.state import State

PATIENCE = timedelta(minutes=2)
"""How long a write waits, where both sides changed a value, for the page's own event: only that knows the second."""

AGAIN = timedelta(minutes=1)


@dataclass(frozen=True)
class Side:
    """A page as it was just read, with what is needed to understand it."""

    page: Page
    snapshot: Snapshot
    source: DataSource
    rule: MirrorRule
    properties: Mapping[str, str]
    types: Mapping[str, str]

    @property
    def values(self) -> Shared:
        """What its row has, too."""
        return shared_of(self.snapshot, self.rule)


class PushWay(NotionWay):
    """See ``Way``; writes that are no mirror's go another way. To write the same again changes nothing that anybody sees."""

    def __init__(
        self,
        others: Way,
        rows: ChangedRows,
        *,
        rules: Rules,
        state: State,
        connections: Connections,
        known: Known,
        wrote: Callable[[Effect, Answer], None],
        came_across: Callable[[Effect, Answer], None],
        now: Callable[[], datetime],
    ) -> None:
        """Make it.

        Args:
            others: the way of any other write.
            rows: the mirror's.
            rules: the rules file.
            state: the table.
            connections: the clients.
            known: what is known of Notion's schemas.
            wrote: takes the page with what was written, see ``Reconciler.wrote``.
            came_across: takes a page that was found to be changed, see ``Reconciler.came_across``.
            now: our clock.
        """
        self._others = others
        self._rows = rows
        self._rules = rules
        self._state = state
        self._connections = connections
        self._known = known
        self._wrote = wrote
        self._came_across = came_across
        self._now = now

    def prepare(self, effect: Effect) -> Prepared:
        """What the row says and the page does not."""
        if not self._is_mirrored(effect):
            return self._others.prepare(effect)
        seen = self._state.load(effect.page_id)
        begun = (e for e in seen.still_open if e.rule == effect.rule and e.kind is Kind.WRITE)
        if any(e.status is Status.STARTED and e.id != effect.id for e in begun):
            raise Instead(Status.PLANNED, "an earlier write is looked for first", self._now() + AGAIN)
        if self._rows.of_page(effect.page_id) is None:  # asked first: it costs no call of Notion
            raise Instead(Status.CANCELLED, "no row shows the page any more")
        answer = self._connections.of_id(effect.source_id).page(effect.page_id)
        side = self._side(effect, answer)
        if isinstance(side, Instead):
            raise side
        moved_on = seen.snapshot is not None and differ(seen.snapshot, side.snapshot)
        patient = self._now() < effect.planned_at + PATIENCE
        compared = self._rows.compare(
            effect.id,
            effect.page_id,
            side.values,
            side.rule,
            side.page.last_edited_time,
            wait=moved_on and patient,
        )
        if compared is None:
            raise Instead(Status.CANCELLED, "no row shows the page any more")
        if not compared.settled:
            why = "the page was changed as well, and its own event will say when"
            raise Instead(Status.PLANNED, why, self._now() + AGAIN)
        columns, writes, refused = fitting(compared.merged.to_page, side.rule, side.types, side.snapshot)
        wanted = compared.merged.to_page
        self._rows.write_down(
            refusal(compared.row, why.column, wanted[why.column], why.why) for why in refused
        )
        if not columns:
            if moved_on:
                self._came_across(effect, answer)
            raise Instead(Status.CANCELLED, _why_not(refused, gave=bool(compared.merged.to_row)))
        return Prepared(replace(effect, writes={side.properties[role]: v for role, v in writes.items()}))

    def send(self, prepared: Prepared) -> str:
        """See ``Way.send``; the page's id."""
        effect = prepared.effect
        if not self._is_mirrored(effect):
            return self._others.send(prepared)
        notion, writes = self._connections.of_id(effect.source_id), effect.writes or {}
        try:
            answer = notion.update_page(effect.page_id, writes)
        except CallFailed as failure:
            if failure.committed_id is not None:
                answer = notion.page(effect.page_id)  # it was saved, and the answer does not show it
            elif failure.failure is Failure.INVALID and not failure.maybe_done:
                lapse_if_gone(notion, effect.page_id, failure)
                effect, answer = self._one_by_one(effect, failure)
            else:
                lapse_if_gone(notion, effect.page_id, failure)
                raise
        self._happened(effect, answer)
        return effect.page_id

    def look(self, effect: Effect) -> Found | None:
        """By the values that the page has now; None when it does not show them all."""
        if not self._is_mirrored(effect):
            return self._others.look(effect)
        answer = self._connections.of_id(effect.source_id).page(effect.page_id)
        held = holds(answer.body, effect.writes or {})
        if held:
            self._happened(effect, answer)
        return None if held is None else Found(effect.page_id if held else None)

    def _is_mirrored(self, effect: Effect) -> bool:
        source = self._rules.source_of(effect.source_id)
        return source is not None and any(
            source.rule_id(rule) == effect.rule for rule in source.of_kind(MirrorRule)
        )

    def _side(self, effect: Effect, answer: Answer) -> Side | Instead:
        """The page as it was just read, or what becomes of the effect when it is not where it was."""
        page = decode_page(answer.body)
        source = self._rules.source_of(page.data_source_id, page.database_id)
        rule = next(iter(source.of_kind(MirrorRule)), None) if source is not None else None
        if source is None or rule is None or source.id != effect.source_id:
            return Instead(Status.CANCELLED, "the page belongs to another data source now")
        if page.in_trash:
            return Instead(Status.LAPSED, "its page is gone")
        self._known.learn(source, page)
        properties = self._known.properties_of(source)
        snapshot = shown(None, page, source, properties, self._rules)
        return Side(page, snapshot, source, rule, properties, self._known.types_of(source))

    def _one_by_one(self, effect: Effect, refused: CallFailed) -> tuple[Effect, Answer]:
        """Notion takes all of a write or nothing: find the values that it does not take, and write the others."""
        notion, taken, answer = self._connections.of_id(effect.source_id), dict[str, Any](), None
        writes = effect.writes or {}
        for prop, value in writes.items():
            why = refused
            if len(writes) > 1:
                try:
                    answer = notion.update_page(effect.page_id, {prop: value})
                except CallFailed as failure:
                    if failure.failure is not Failure.INVALID or failure.maybe_done:
                        raise
                    why = failure
                else:
                    taken[prop] = value
                    continue
            self._refuse(effect, prop, why)
        if answer is None:
            raise refused
        return replace(effect, writes=taken), answer

    def _refuse(self, effect: Effect, prop: str, failure: CallFailed) -> None:
        """Write down that Notion does not take a value, if the row still has it: it is not tried again."""
        source, row = self._rules.source_of(effect.source_id), self._rows.of_page(effect.page_id)
        page = self._state.load(effect.page_id).snapshot
        if source is None or row is None or page is None:
            return
        properties, types = self._known.properties_of(source), self._known.types_of(source)
        for rule in source.of_kind(MirrorRule):
            values = shared_in(row, rule)
            for column, role in roles_of(rule).items():
                written = (effect.writes or {})[prop]
                if (
                    properties.get(role) == prop
                    and written_as(column, values[column], rule, types, page) == written
                ):
                    why = failure.message or str(failure)
                    self._rows.write_down([refusal(row, column, values[column], why)])

    def _happened(self, effect: Effect, answer: Answer) -> None:
        """The page is observed, and the row is told; whoever finds the write begun does both again."""
        self._wrote(effect, answer)
        if "properties" not in answer.body:
            answer = self._connections.of_id(effect.source_id).page(effect.page_id)
        side, writes = self._side(effect, answer), effect.writes or {}
        if isinstance(side, Instead):
            return  # it went away just after it was written to: there is nothing to agree on
        roles = roles_of(side.rule)
        taken = {column for column, role in roles.items() if side.properties.get(role) in writes}

        def said(column: str, value: Any) -> bool:
            prop = side.properties[roles[column]]
            return bool(written_as(column, value, side.rule, side.types, side.snapshot) == writes[prop])

        shows = {column: value for column, value in side.values.items() if column in taken}
        try:
            self._rows.pushed(effect.id, effect.page_id, shows, side.rule, said)
        except CallFailed as failure:
            failure.maybe_done = True  # it is in Notion already: whoever tries again looks first
            raise


def _why_not(refused: tuple[CannotWrite, ...], *, gave: bool) -> str:
    if refused:
        return "the page does not take " + "; ".join(map(str, refused))
    return "the page was changed later" if gave else "the page says the same already"
