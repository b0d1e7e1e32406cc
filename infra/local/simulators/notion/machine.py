"""The simulator's parts put together, without a socket.

Promises one place that builds everything and builds it anew on `reset`, keeping what callers hold on to: the gateway,
the default connection's tokens, its bot and the seed.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .errors import SimulatorError
from .faults import Faults
from .gateway import Gateway
from .ids import Ids
from .limits import Limits
from .model import Capabilities, Change, Connection, Ref, User
from .webhooks import Webhooks
from .workspace import Workspace


@dataclass(frozen=True)
class Identity:
    """What a simulator is called."""

    workspace_name: str = "Northwind"
    connection_name: str = "Steward"
    tokens: tuple[str, ...] = ("ntn_local_simulator",)


class Machine:
    """All state of one simulator.

    Args:
        identity: names and the default connection's tokens.
        clock: seconds since the epoch.
        seed: of every random decision.
    """

    def __init__(self, identity: Identity, clock: Callable[[], float], seed: int) -> None:
        self._identity = identity
        self._clock = clock
        self._seed = seed
        self._build()
        self.gateway = Gateway(self.workspace, self.limits, self.faults, Ids(seed, "requests"))

    def _build(self) -> None:
        ids = Ids(self._seed)
        self.workspace = Workspace(self._identity.workspace_name, self._clock, ids, self._announce)
        self.webhooks = Webhooks(ids, self.workspace.now_ms, self._seed)
        self.limits = Limits(self._clock)
        self.faults = Faults(self._seed)
        self.default = self.add_connection(self._identity.connection_name, set(self._identity.tokens))

    def reset(self) -> None:
        """Begin anew with an empty workspace."""
        self.webhooks.engine.close()
        with self.workspace.lock:
            self._build()
            self.gateway.workspace, self.gateway.limits = self.workspace, self.limits
            self.gateway.faults, self.gateway.page_cap = self.faults, None
            self.gateway.log.clear()
            self.gateway.refused.clear()
        self.gateway.release()

    def close(self) -> None:
        """End the delivery workers."""
        self.webhooks.engine.close()

    def add_connection(
        self,
        name: str,
        tokens: set[str],
        capabilities: Capabilities | None = None,
        connection_id: str | None = None,
    ) -> Connection:
        """A connection and its bot user."""
        ids = self.workspace.ids
        bot = User(ids.uuid(), name, "bot")
        made = Connection(connection_id or ids.uuid(), name, bot.id, tokens, capabilities or Capabilities())
        self.workspace.users[bot.id] = bot
        self.workspace.connections[made.id] = made
        return made

    def connection(self, connection_id: str | None) -> Connection:
        """A connection, the default one without an id.

        Raises:
            SimulatorError: when there is none.
        """
        if connection_id is None:
            return self.default
        found = self.workspace.connections.get(connection_id)
        if found is None:
            raise SimulatorError(f"no connection {connection_id}")
        return found

    def _announce(self, change: Change) -> None:
        author = self.workspace.users.get(change.author_id)
        kind = author.kind if author else "person"
        fixed = {"workspace_id": self.workspace.id, "workspace_name": self.workspace.name}

        def sees(connection_id: str) -> Connection | None:
            connection = self.workspace.connections[connection_id]
            return connection if connection.hidden.isdisjoint(change.about) else None

        self.webhooks.publish(change, {"id": change.author_id, "type": kind}, fixed, sees)

    def person(self, by: str | None) -> str:
        """The id of whoever acts: ``by``, or the first person.

        Raises:
            SimulatorError: when there is no such user, or nobody yet.
        """
        if by is not None:
            if by not in self.workspace.users:
                raise SimulatorError(f"no user {by}")
            return by
        found = next((user.id for user in self.workspace.users.values() if user.kind == "person"), None)
        if found is None:
            raise SimulatorError("nobody is in the workspace yet: add_user first")
        return found

    def target(self, data_source_id: str | None, page_id: str | None) -> Ref:
        """A parent: a data source, a page, or the workspace."""
        if data_source_id is not None:
            return Ref("data_source", self.workspace.data_source(data_source_id).id)
        if page_id is not None:
            return Ref("page", self.workspace.page(page_id).id)
        return Ref("workspace", self.workspace.id)
