"""The mirror's database with a breaker: while it is away nobody waits for its timeouts, and only what needs it waits."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from aws_lambda_powertools import Logger

from processor.remembered_rest import RememberedRest
from steward import telemetry
from steward.errors import CallFailed
from steward.lane_switch import MIRROR_REST
from steward.memory import Memory
from steward.mirror.connection import Transactions
from steward.mirror.database import TRANSACTION, Transaction
from steward.mirror.trouble import VENDOR
from steward.pauses import Pause

T = TypeVar("T")


class MirrorDatabase:
    """Implements ``Transactions``."""

    def __init__(
        self,
        database: Transactions,
        *,
        memory: Memory,
        now: Callable[[], datetime],
        logger: Logger,
        count: telemetry.Count,
    ) -> None:
        """Make it.

        Args:
            database: what rests.
            memory: where the rest is remembered.
            now: our clock.
            logger: logs.
            count: counts.
        """
        self._database = database
        self._logger = logger
        self._count = count
        self._rest = RememberedRest(MIRROR_REST, memory, now, self._tell)

    def refuse(self, call: str) -> None:
        """Do nothing while the database is used.

        Raises:
            CallFailed: RESTING, with the seconds until it is tried again.
        """
        self._rest.refuse(VENDOR, call)

    def run(self, call: str, work: Callable[[Transaction], T], seconds: float = TRANSACTION) -> T:
        """See ``Database.run``.

        Raises:
            CallFailed: RESTING, or as ``Database.run``.
        """
        self.refuse(call)
        try:
            result = self._database.run(call, work, seconds)
        except CallFailed as failure:
            self._rest.watch(failure)
            raise
        self._rest.watch(None)
        return result

    def _tell(self, pause: Pause) -> None:
        self._count(telemetry.MIRROR_RESTS)
        self._logger.error("the mirror rests", cause=str(pause.cause), detail=pause.detail, severity="P2")
