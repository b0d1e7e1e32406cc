"""What the processor learns once and remembers: which property is the assignee, and who our own bot is.

Property ids are learnt from the pages themselves, so they cost no call; a property that is renamed in Notion keeps its
id and so keeps working.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from steward.errors import CallFailed
from steward.memory import Memory
from steward.outcomes import TABLE, Then
from steward.pages import Page
from steward.rules import DataSource, Rules

BOT_KEEP = timedelta(days=7)


class Known:
    """Remembered facts, read from memory once for each environment."""

    def __init__(self, memory: Memory, fetch_bot: Callable[[], str | None]) -> None:
        self._memory = memory
        self._fetch_bot = fetch_bot
        self._assignees: dict[str, str | None] = {}
        self._sources: dict[str, str] = {}
        self._bot: str | None = None

    def assignee_ids(self, rules: Rules) -> Mapping[str, str]:
        """Data source id → id of its assignee property, as far as known."""
        found = {source.id: self.assignee_of(source) for source in rules.data_source}
        return {source_id: prop for source_id, prop in found.items() if prop is not None}

    def assignee_of(self, source: DataSource) -> str | None:
        """The id of a data source's assignee property, or None until a page has shown it."""
        if source.id not in self._assignees:
            remembered = self._memory.recall(_memory(source))
            self._assignees[source.id] = None if remembered is None else str(remembered)
        return self._assignees[source.id]

    def query_id(self, source: DataSource) -> str:
        """The id that the source is queried by; a rules file may name its database instead."""
        if source.id not in self._sources:
            self._sources[source.id] = str(self._memory.recall(f"SOURCE#{source.id}") or source.id)
        return self._sources[source.id]

    def learn(self, source: DataSource, page: Page) -> None:
        """Learn the id of the assignee property, and of the data source itself, from a page."""
        if page.data_source_id is not None and page.data_source_id != self.query_id(source):
            self._sources[source.id] = page.data_source_id
            self._memory.remember(f"SOURCE#{source.id}", page.data_source_id)
        name = source.properties.assignee
        known = self.assignee_of(source)
        if name is None or (known is not None and page.find(known) is not None):
            return
        prop = page.find(name)
        if prop is not None:
            self._assignees[source.id] = prop.id
            self._memory.remember(_memory(source), prop.id)

    def own_bot(self) -> str | None:
        """The id of our own bot user, or None when Notion does not tell.

        Raises:
            CallFailed: it is not known yet and Notion is in trouble that passes.
        """
        if self._bot is None:
            remembered = self._memory.recall("BOT")
            self._bot = str(remembered) if remembered is not None else self._ask()
        return self._bot

    def _ask(self) -> str | None:
        try:
            bot = self._fetch_bot()
        except CallFailed as failure:
            if TABLE[failure.failure].observing is Then.WAIT:
                raise
            return None
        if bot is not None:
            self._memory.remember("BOT", bot, BOT_KEEP)
        return bot


def _memory(source: DataSource) -> str:
    """Tied to the name in the rules file: an operator who maps another property means another property."""
    return f"ASSIGNEE#{source.id}#{source.properties.assignee}"
