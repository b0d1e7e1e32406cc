"""The sweep: finds the changes that no webhook brought, and says how many there were (P6).

Two looks at each data source, both through the same pipeline from *observe* on: what was edited since the last sweep
(``processor.edits``), and what is there at all (``processor.presence``). Values are compared, not times. Once an hour
a sweep also looks at the properties of each (``processor.schema_watch``).

What the sweep finds different, when everything that was delivered before it has been worked, is a lost change. So what
was edited within the last minutes before its tick is left to the next sweep: its webhook may be on its way, or waiting
in the lane behind the tick.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from processor.edits import Edits, Mark
from processor.listing import Chunk
from processor.presence import Presence
from processor.schema_watch import SchemaWatch
from steward import telemetry
from steward.errors import CallFailed
from steward.memory import Memory
from steward.outcomes import CONNECTION_WIDE, TABLE, Then, waits_beside
from steward.rules import DataSource, Rules
from steward.snapshots import minute_of

LAG = timedelta(minutes=6)
"""Notion aims at delivering within five minutes; what was edited since is not lost yet."""

PRESENCE_CALLS = 10
"""Calls that one sweep of one data source spends on listing what is there: a thousand pages."""

PRESENCE_IN_ALL = 30
"""Calls that one sweep spends so on all of them, in turns: events wait behind it."""

TIME_TO_STOP = 10.0
"""Seconds of the Lambda's time from which nothing more is begun."""


class Sweeper:
    """Sweeps one lane's pages."""

    def __init__(
        self,
        *,
        rules: Rules,
        memory: Memory,
        edits: Edits,
        presence: Presence,
        schemas: SchemaWatch,
        now: Callable[[], datetime],
        out_of_time: Callable[[], bool],
        logger: Logger,
        count: telemetry.Count,
    ) -> None:
        self._rules = rules
        self._memory = memory
        self._edits = edits
        self._presence = presence
        self._schemas = schemas
        self._now = now
        self._out_of_time = out_of_time
        self._logger = logger
        self._count = count

    def sweep(self, lane: str, at: datetime | None) -> bool:
        """Look at every data source; False when time ran out before all edits were compared: go on in a new message.

        Args:
            lane: whose pages.
            at: the tick's time; None for now.

        Raises:
            CallFailed: Notion is in trouble that passes; what was compared so far is remembered.
        """
        compared: list[tuple[DataSource, Mark]] = []
        troubles: list[CallFailed] = []
        for source in self._rules.data_source:
            with self._sparing_the_others(source, troubles):
                self._schemas.look_if_due(source)
        for source in self._rules.data_source:
            with self._sparing_the_others(source, troubles):
                mark = self._edits.compare(source, lane, lambda chunk: self._horizon(chunk, at))
                if mark is None:
                    return False
                compared.append((source, mark))
        self._list(lane, compared, troubles)
        if troubles:
            # What is everybody's before what is a further connection's.
            raise next((t for t in troubles if t.connection is None), troubles[0])
        return True

    def _list(
        self, lane: str, compared: Sequence[tuple[DataSource, Mark]], troubles: list[CallFailed]
    ) -> None:
        """Spend the sweep's calls on what is there, beginning with the source whose turn it is."""
        name, left = f"TURN#{lane}", PRESENCE_IN_ALL
        turn = self._memory.recall(name)
        first = next((n for n, (source, _) in enumerate(compared) if source.id == turn), 0)
        order = [*compared[first:], *compared[:first]]
        for (source, mark), (following, _) in zip(order, [*order[1:], *order[:1]], strict=True):
            # Before the look: should it not come back, the next sweep begins behind it.
            self._memory.remember(name, following.id)
            with self._sparing_the_others(source, troubles):
                left -= self._presence.compare(source, lane, mark, min(left, PRESENCE_CALLS))
            if left <= 0 or self._out_of_time():
                return

    @contextmanager
    def _sparing_the_others(self, source: DataSource, troubles: list[CallFailed]) -> Iterator[None]:
        """What is wrong with one source does not keep the others from being swept; trouble that passes is kept."""
        try:
            yield
        except CallFailed as failure:
            if failure.failure in CONNECTION_WIDE and not waits_beside(failure):
                raise
            self._count(telemetry.CALL_FAILED, failure=str(failure.failure))
            self._logger.warning(
                "a source is left out of the sweep", source=source.name, failure=str(failure)
            )
            if TABLE[failure.failure].observing is Then.WAIT:
                troubles.append(failure)

    def _horizon(self, chunk: Chunk, at: datetime | None) -> datetime:
        seen = chunk.observed_at or self._now()
        return minute_of(min(seen, at or seen) - LAG)
