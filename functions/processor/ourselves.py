"""Who we are in each workspace: our own bot users, so that what they wrote is not taken for news (P7)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from steward.errors import CallFailed
from steward.memory import Memory
from steward.outcomes import TABLE, Then
from steward.remembered_bot import bot_of, bot_record, remember_bot
from steward.rules import MAIN


@dataclass(frozen=True, slots=True)
class _Self:
    """Our bot's id and its workspace's, each None when Notion does not tell."""

    bot: str | None = None
    workspace: str | None = None


class Ourselves:
    """Asked of Notion once a week for each connection, and only when an event makes it matter."""

    def __init__(
        self, memory: Memory, connections: Sequence[str], me: Callable[[str], Mapping[str, Any]]
    ) -> None:
        """Make it.

        Args:
            memory: where the answers are remembered.
            connections: their names, the main one first.
            me: the bot user of a connection, as ``GET /v1/users/me`` describes it.
        """
        self._memory = memory
        self._connections = connections
        self._me = me
        self._known: dict[str, _Self] = {}

    def bots(self, connection: str) -> frozenset[str]:
        """The ids of our bot users: that of this connection, and those of the others as far as they are known.

        Raises:
            CallFailed: the connection's own is not known yet and Notion is in trouble that passes.
        """
        asked = self._of(connection)
        others = [self._recall(name) for name in self._connections if name != connection]
        return frozenset(one.bot for one in (asked, *others) if one is not None and one.bot is not None)

    def connection_in(self, workspace_id: str | None) -> str:
        """The connection of a workspace; the main one when no other is known to be in it.

        Raises:
            CallFailed: as ``bots``.
        """
        if len(self._connections) == 1 or workspace_id is None:
            return MAIN
        found = (name for name in self._connections if self._of(name).workspace == workspace_id)
        return next(found, MAIN)

    def _of(self, connection: str) -> _Self:
        known = self._recall(connection)
        if known is None:
            known = self._known[connection] = self._ask(connection)
        return known

    def _recall(self, connection: str) -> _Self | None:
        if connection not in self._known:
            remembered = self._memory.recall(bot_record(connection))
            if not isinstance(remembered, dict):
                return None
            self._known[connection] = _Self(remembered.get("bot"), remembered.get("workspace"))
        return self._known[connection]

    def _ask(self, connection: str) -> _Self:
        try:
            body = self._me(connection)
        except CallFailed as failure:
            if TABLE[failure.failure].observing is Then.WAIT:
                raise
            return _Self()
        found = _Self(*bot_of(body))
        if found.bot is not None:
            remember_bot(self._memory, connection, found.bot, found.workspace)
        return found
