"""The scheduler's ticks: handed on to every lane, worked, and gone on with where one message is not enough.

A tick that waited behind a backlog or a pause is stale: a newer one is behind it, so it is acknowledged unworked.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from processor.outbox import Outbox
from processor.sweep import Sweeper
from steward.envelope import Envelope, Tick, encode_tick
from steward.lane import Lane

MOST_PARTS = 50
"""Messages in which a tick goes on; what is left then is left to the next tick."""

SETTLE_KEEPS = timedelta(minutes=3)
"""Ticks come every minute."""


class Ticks:
    """Works ticks."""

    def __init__(
        self,
        *,
        lane: Lane,
        outbox: Outbox,
        sweeper: Sweeper,
        sweep_keeps: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        """Make a worker of ticks.

        Args:
            lane: the queue.
            outbox: what ``settle`` works.
            sweeper: what ``sweep`` works.
            sweep_keeps: age from which a sweep's tick is stale, longer than the time between two.
            now: our clock.
        """
        self._lane = lane
        self._outbox = outbox
        self._sweeper = sweeper
        self._keeps: dict[Tick, timedelta] = {"settle": SETTLE_KEEPS, "sweep": sweep_keeps}
        self._now = now

    def work(self, envelope: Envelope, lane: str, message_id: str) -> None:
        """Work a tick in one lane.

        Raises:
            CallFailed: a vendor's trouble; the next tick goes on.
        """
        kind: Tick = "sweep" if envelope.kind == "sweep" else "settle"
        if envelope.at is not None and self._now() - envelope.at > self._keeps[kind]:
            return
        if not envelope.handed_on:
            for other in self._lane.groups:
                if other != lane:
                    self._lane.republish(encode_tick(kind, envelope.at), other, f"{message_id}.{other}")
        complete = self._outbox.settle_due(lane) if kind == "settle" else self._sweeper.sweep(lane)
        if not complete and envelope.part < MOST_PARTS:
            part = envelope.part + 1
            self._lane.republish(encode_tick(kind, envelope.at, part), lane, f"{message_id}.{part}")
