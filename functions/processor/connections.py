"""Which Notion connection a call is made with: that of the data source that it is about."""

from collections.abc import Mapping
from typing import Any

from steward.clients.notion import NotionClient
from steward.errors import CallFailed, Failure
from steward.rules import MAIN, DataSource, Rules

_UNKNOWN = (Failure.NOT_FOUND, Failure.FORBIDDEN, Failure.INVALID)


class Connections:
    """The clients, by the connection's name."""

    def __init__(self, clients: Mapping[str, NotionClient], rules: Rules) -> None:
        """Make it.

        Args:
            clients: one for each of ``rules.connections()``.
            rules: says which data source is read by which.
        """
        self._clients = clients
        self._rules = rules

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, the main one first."""
        return self._rules.connections()

    @property
    def main(self) -> NotionClient:
        """The main one."""
        return self._clients[MAIN]

    def named(self, name: str) -> NotionClient:
        """The one of this name."""
        return self._clients[name]

    def of(self, source: DataSource) -> NotionClient:
        """The one that reads and writes a data source."""
        return self._clients[source.connection]

    def name_of(self, source_id: str) -> str:
        """The name of the one of a data source's id; the main one when that is not in the rules file (any more)."""
        source = self._rules.source_of(source_id)
        return MAIN if source is None else source.connection

    def of_id(self, source_id: str) -> NotionClient:
        """The one of a data source's id, as ``name_of``."""
        return self._clients[self.name_of(source_id)]

    def users(self, name: str, start_cursor: str | None) -> Mapping[str, Any]:
        """The users of a connection's workspace, see ``NotionClient.users``."""
        return self.named(name).users(start_cursor).body

    def user(self, user_id: str) -> Mapping[str, Any]:
        """A user of whichever workspace.

        Raises:
            CallFailed: as the main connection has it; whoever is not found there may be found by another one, whose own
                trouble means no more than that it does not know.
        """
        try:
            return self.main.user(user_id).body
        except CallFailed as failure:
            if failure.failure not in _UNKNOWN:
                raise
            for name in self.names[1:]:
                try:
                    return self.named(name).user(user_id).body
                except CallFailed:
                    continue
            raise
