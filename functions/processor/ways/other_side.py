"""The page that is written to keep it in step: compared just before, because people may have changed it, too."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from processor.automations.sync import STATUS
from processor.connections import Connections
from processor.ways.way import Instead
from steward.clients.notion import Answer
from steward.effects import Effect, Status
from steward.pages import Page, Property, decode_page
from steward.rules import DataSource, Rules
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
        came_across: Callable[[Effect, Answer], None],
        now: Callable[[], datetime],
    ) -> None:
        """Make it.

        Args:
            rules: the rules file.
            state: the table.
            connections: the clients.
            came_across: takes a page that was found to be changed, see ``Reconciler.came_across``.
            now: our clock.
        """
        self._rules = rules
        self._state = state
        self._connections = connections
        self._came_across = came_across
        self._now = now

    def compared(self, effect: Effect) -> Effect:
        """The effect as it is to be written, when there is something to write.

        Raises:
            CallFailed: the page can't be read.
            Instead: it has the value, was changed by people as well, is gone, or is another page than was meant.
            StateConflict: another writer was faster.
        """
        source = self._rules.source_of(effect.source_id)
        if source is None:
            raise Instead(Status.CANCELLED, "its data source is not in the rules file any more")
        ((reference, value),) = (effect.writes or {}).items()
        (option,) = value.values()
        answer = self._connections.of(source).page(effect.done_on)
        page = decode_page(answer.body)
        prop = self._status(page, source, reference)
        known = self._state.snapshots(list({effect.page_id, effect.done_on}))
        about, other = known.get(effect.page_id), known.get(effect.done_on)
        changed = other is not None and not same(value_of(prop), other.values.get(STATUS))
        if texts(value_of(prop)) == (option["name"],):
            if changed:
                # By the time that its event comes, people may have taken it back: it would show no change.
                self._came_across(effect, answer)
            raise Instead(Status.CANCELLED, f"the page has {option['name']} already")
        if changed and about is not None:
            self._wait_for_its_event(effect, answer, page, about)
        elif about is not None and other is not None and effect.done_on != effect.page_id:
            _must_be_older(other, about)
        return replace(effect, writes={prop.id: {prop.type: option}})

    def _status(self, page: Page, source: DataSource, reference: str) -> Property:
        if self._rules.source_of(page.data_source_id, page.database_id) is not source:
            raise Instead(Status.FAILED, f"the linked page does not belong to {source.name}")
        if page.in_trash:
            raise Instead(Status.CANCELLED, "the linked page is in the trash")
        prop = page.find(reference)
        if prop is None or prop.type not in ("status", "select"):
            raise Instead(Status.FAILED, f"{source.name} has no status that can be written")
        return prop

    def _wait_for_its_event(self, effect: Effect, answer: Answer, page: Page, about: Snapshot) -> None:
        """The page was changed since it was last seen: only its own event knows whether that was later."""
        if self._now() < effect.planned_at + PATIENCE:
            why = "the other page was changed as well, and its own event will say when"
            raise Instead(Status.PLANNED, why, self._now() + AGAIN)
        edited = page.last_edited_time
        if edited is not None and about.status_at is not None and edited > minute_of(about.status_at):
            self._came_across(effect, answer)
            raise Instead(Status.CANCELLED, "the other page was changed later")


def _must_be_older(other: Snapshot, about: Snapshot) -> None:
    if other.changed_after(about):
        raise Instead(Status.CANCELLED, "the other page was changed later")
