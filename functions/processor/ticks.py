"""The scheduler's ticks: handed on to every lane, worked, and gone on with where one message is not enough.

Ticks that waited behind a pause come all at once, so of those that settle only one is worked in a while; behind a backlog
each comes among the events of its minute and is worked, because nothing else sends what waits to be gathered. A sweep
that waited for longer than until the next one is acknowledged unworked, and so is one of the mirror. One that reminds is
never stale: it knows by itself what is left to do today.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from processor.aside import Aside
from processor.mirror_check import MirrorCheck
from processor.mirroring import Mirroring
from processor.outbox import Outbox
from processor.remind import Reminders
from processor.sweep import Sweeper
from steward.envelope import TICKS, Envelope, Tick, encode_tick
from steward.lane import Lane

MOST_PARTS = 50
"""Messages in which a tick goes on; what is left then is left to the next tick."""

SETTLED_FOR = timedelta(seconds=45)
"""Time after one tick that settled in which another finds nothing new; ticks come every minute."""

MIRROR_KEEPS = timedelta(minutes=2)
"""Age from which a tick of the mirror is stale: they come every minute, and each goes on where the last one ended."""


class Ticks:
    """Works ticks."""

    def __init__(
        self,
        *,
        lane: Lane,
        outbox: Outbox,
        aside: Aside,
        sweeper: Sweeper,
        reminders: Reminders,
        mirror_check: MirrorCheck,
        mirroring: Mirroring | None,
        sweep_keeps: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        """Make a worker of ticks.

        Args:
            lane: the queue.
            outbox: what ``settle`` works.
            aside: what ``settle`` gives back to the lane.
            sweeper: what ``sweep`` works.
            reminders: what ``remind`` works.
            mirror_check: is due once a day; a sweep orders it.
            mirroring: what ``mirror`` works; None where nothing is mirrored.
            sweep_keeps: age from which a sweep's tick is stale, longer than the time between two.
            now: our clock.
        """
        self._lane = lane
        self._outbox = outbox
        self._aside = aside
        self._sweeper = sweeper
        self._reminders = reminders
        self._mirror_check = mirror_check
        self._mirroring = mirroring
        self._sweep_keeps = sweep_keeps
        self._now = now
        self._settled: dict[str, datetime] = {}

    def work(self, envelope: Envelope, lane: str, message_id: str) -> None:
        """Work a tick in one lane.

        Raises:
            CallFailed: a vendor's trouble; the next tick goes on.
        """
        kind: Tick = next((tick for tick in TICKS if tick == envelope.kind), "settle")
        if self._is_stale(kind, envelope, lane):
            return
        if kind == "sweep" and envelope.part == 0:
            self._mirror_check.order_if_due(lane, message_id)
        if not envelope.handed_on:
            for other in self._lane.groups:
                if other != lane:
                    self._lane.republish(encode_tick(kind, envelope.at), other, f"{message_id}.{other}")
        if not self._work(kind, lane, envelope) and envelope.part < MOST_PARTS:
            part = envelope.part + 1
            self._lane.republish(encode_tick(kind, envelope.at, part), lane, f"{message_id}.{part}")

    def _work(self, kind: Tick, lane: str, envelope: Envelope) -> bool:
        """Work a tick; False when it has to go on."""
        match kind:
            case "sweep":
                return self._sweeper.sweep(lane, envelope.at)
            case "remind":
                return self._reminders.remind(lane)
            case "mirror":
                return self._mirroring is None or self._mirroring.follow(lane, envelope.part)
            case "settle":
                self._settled[lane] = self._now()
                self._aside.give_back(lane)
                return self._outbox.settle_due(lane)

    def _is_stale(self, kind: Tick, envelope: Envelope, lane: str) -> bool:
        if kind == "sweep":
            return envelope.at is not None and self._now() - envelope.at > self._sweep_keeps
        if kind == "mirror" and envelope.part == 0:
            return envelope.at is not None and self._now() - envelope.at > MIRROR_KEEPS
        if kind in ("remind", "mirror"):
            return False
        settled = self._settled.get(lane)
        return envelope.part == 0 and settled is not None and self._now() - settled < SETTLED_FOR
