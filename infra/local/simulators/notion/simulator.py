"""The simulator in this process: `with NotionSimulator() as sim: sim.url`.

Promises that leaving the block ends every thread and socket.
"""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from .control import NotionControl
from .machine import Identity, Machine
from .operations import run
from .server import SimulatorServer


class NotionSimulator(NotionControl):
    """A Notion of one's own.

    Args:
        clock: seconds since the epoch; deliveries keep real time whatever it says.
        seed: of every id and every random decision.
        tokens: accepted from the default connection, whose bot is `bot_id`.
        port: on 127.0.0.1; 0 for any.
        workspace_name: as events and the bot user carry it.
        connection_name: the default connection's and its bot's name.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        seed: int = 0,
        tokens: tuple[str, ...] = ("ntn_local_simulator",),
        port: int = 0,
        workspace_name: str = "Northwind",
        connection_name: str = "Steward",
    ) -> None:
        self._machine = Machine(Identity(workspace_name, connection_name, tokens), clock, seed)
        self._server = SimulatorServer(port, self._machine.gateway, self._operate, self._now)
        self.token = tokens[0]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """Origin of the API, without `/v1`."""
        return self._server.url

    @property
    def bot_id(self) -> str:
        """The default connection's bot user."""
        return self._machine.default.bot_id

    @property
    def connection_id(self) -> str:
        """The default connection: `integration_id` of its events."""
        return self._machine.default.id

    def start(self) -> None:
        """Serve."""
        self._server.start()

    def close(self) -> None:
        """Stop serving and delivering."""
        self._server.close()
        self._machine.close()

    def _now(self) -> float:
        return self._machine.workspace.now_ms() / 1000

    def _operate(self, operation: str, arguments: dict[str, Any]) -> Any:
        return run(self._machine, operation, arguments)

    def _call(self, operation: str, **arguments: object) -> Any:
        return self._operate(operation, arguments)
