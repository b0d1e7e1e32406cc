"""The page that is written to keep it in step: compared just before, because people may have changed it, too."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from processor.connections import Connections
from processor.known import Known
from processor.ways.way import Instead
from steward.effects import Effect, Status
from steward.pages import Page, Property, decode_page
from steward.rules import Rules
from steward.snapshots import Snapshot, minute_of
from steward.state import State
from steward.values import same, texts, value_of

PATIENCE = timedelta(minutes=2)
"""How long a write waits for the event of a change that was made on the other page, too. Most come within one minute."""

AGAIN = timedelta(minutes=1)


class OtherSide:
    """Reads before a write."""

    def __init__(
        self,
        *,
        rules: Rules,
        state: State,
        connections: Connections,
        known: Known,
        now: Callable[[], datetime],
    ) -> None:
        self._rules = rules
        self._state = state
        self._connections = connections
        self._known = known
        self._now = now

    def compared(self, effect: Effect) -> Effect:
        """The effect as it is to be written, when there is something to write.

        Raises:
            CallFailed: the page can't be read.
            Instead: it has the value, was changed by people as well, is gone, or is another page than was meant.
        """
        source = self._rules.source_of(effect.source_id)
        ((reference, value),) = (effect.writes or {}).items()
        ((_, option),) = value.items()
        if source is None:
            raise Instead(Status.CANCELLED, "its data source is not in the rules file any more")
        page = decode_page(self._connections.of(source).page(effect.done_on).body)
        prop = page.find(reference)
        if self._rules.source_of(page.data_source_id, page.database_id) is not source:
            raise Instead(Status.FAILED, f"the linked page does not belong to {source.name}")
        if page.in_trash:
            raise Instead(Status.CANCELLED, "the linked page is in the trash")
        if prop is None or prop.type not in ("status", "select"):
            raise Instead(Status.FAILED, f"{source.name} has no status that can be written")
        if texts(value_of(prop)) == (option["name"],):
            raise Instead(Status.CANCELLED, f"the page has {option['name']} already")
        self._compare_changes(effect, page, prop)
        return replace(effect, writes={prop.id: {prop.type: option}})

    def _compare_changes(self, effect: Effect, page: Page, prop: Property) -> None:
        """Whether the page was changed by people since it was last seen, and who was later."""
        known = self._state.snapshots(list({effect.page_id, effect.done_on}))
        about, other = known.get(effect.page_id), known.get(effect.done_on)
        if about is None or other is None:
            return
        role = next((r for r, ref in self._properties(other).items() if ref in (prop.id, prop.name)), None)
        if role is not None and role in other.values and not same(value_of(prop), other.values[role]):
            if self._now() < effect.planned_at + PATIENCE:
                why = "the other page was changed as well, and its own event will say when"
                raise Instead(Status.PLANNED, why, self._now() + AGAIN)
            edited = page.last_edited_time
            if edited is not None and about.status_at is not None and edited > minute_of(about.status_at):
                raise Instead(Status.CANCELLED, "the other page was changed later, as the sweep will find")
        elif effect.done_on != effect.page_id and other.changed_after(about):
            raise Instead(Status.CANCELLED, "the other page was changed later")

    def _properties(self, snapshot: Snapshot) -> dict[str, str]:
        source = self._rules.source_of(snapshot.source_id)
        return {} if source is None else dict(self._known.properties_of(source))
