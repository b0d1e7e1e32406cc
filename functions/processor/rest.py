"""A further connection's rest: its breaker, which stops nothing but the calls of this connection.

The main connection's breaker pauses the whole lane, because nothing goes on without it. Without a further one almost
everything does. What it made wait comes back by itself, see ``processor.aside``.
"""

from collections.abc import Callable
from datetime import datetime

from processor.remembered_rest import TRIP, UNPROBED, RememberedRest
from steward.budget import Purse
from steward.errors import Failure
from steward.memory import Memory
from steward.pauses import Pause, rest_name

__all__ = ["TRIP", "UNPROBED", "Rest"]


class Rest(RememberedRest):
    """Implements ``Purse`` around the connection's own, and watches the end of its calls."""

    def __init__(
        self,
        connection: str,
        purse: Purse,
        memory: Memory,
        now: Callable[[], datetime],
        tell: Callable[[Pause], None] = lambda _: None,
    ) -> None:
        """Make it.

        Args:
            connection: its name.
            purse: its budget.
            memory: where the rest is remembered.
            now: our clock.
            tell: is told when a rest begins, and each time it goes on.
        """
        super().__init__(rest_name(connection), memory, now, tell)
        self._purse = purse

    def spend(self) -> None:
        """See ``Budget.spend``.

        Raises:
            CallFailed: RESTING, with the seconds until the next probe; or as ``Budget.spend``.
        """
        self.refuse("notion", "notion.rest")
        self._purse.spend()

    def block(self, seconds: float, *, by: Failure | None = None) -> None:
        """See ``Budget.block``."""
        self._purse.block(seconds, by=by)
