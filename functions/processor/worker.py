"""One message of the lane at a time: acknowledge it, give it back for later, or park it. The one place that decides.

A message that only waits must never reach the dead letters: before its receive count does, it is put on the lane again
as a new message with the same event, and only then acknowledged.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from aws_lambda_powertools import Logger

from processor.pipeline import Pipeline
from processor.ticks import Ticks
from steward import telemetry
from steward.envelope import Envelope, decode
from steward.errors import CallFailed, StateConflict, Undecodable
from steward.lane import Lane
from steward.lane_switch import LaneSwitch
from steward.outcomes import TABLE, Then, wait_for
from steward.pauses import Breaker

SPARE_RECEIVES = 2
"""Receives that waiting leaves unspent: they are for crashes."""

LONGEST = 43_200
"""Seconds; SQS hides a message for at most twelve hours."""

HELD = 120
"""Seconds for which a message is hidden while the lane rests: longer than AWS takes to stop delivering."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the lane delivered it.

    Attributes:
        id: SQS message id.
        receipt: the handle of this receive.
        body: the text.
        group: its message group.
        receives: how often it was received, this time included.
    """

    id: str
    receipt: str
    body: str
    group: str
    receives: int


class Worker:
    """Works messages off. ``receive`` never raises: what it can't work, it gives back or parks."""

    def __init__(
        self,
        *,
        pipeline: Pipeline,
        ticks: Ticks,
        lane: Lane,
        switch: LaneSwitch,
        breaker: Breaker,
        enter: Callable[[str], None],
        logger: Logger,
        count: telemetry.Count,
        jitter: Callable[[], float],
        max_receives: int,
    ) -> None:
        """Make a worker.

        Args:
            pipeline: works events.
            ticks: works the scheduler's ticks.
            lane: the queue.
            switch: pauses the lane.
            breaker: says when it has to be paused.
            enter: told the lane of each message, before it is worked.
            logger: logs.
            count: counts.
            jitter: a number in [0, 1) for the waits.
            max_receives: the lane's maxReceiveCount.
        """
        self._pipeline = pipeline
        self._ticks = ticks
        self._lane = lane
        self._switch = switch
        self._breaker = breaker
        self._enter = enter
        self._logger = logger
        self._count = count
        self._jitter = jitter
        self._max_receives = max_receives

    def receive(self, message: Message) -> bool:
        """Work a message; True acknowledges it, False leaves it on the lane for later."""
        try:
            envelope = decode(message.body)
        except Undecodable as error:
            self._park(message, error.reason)
            return True
        try:
            if self._switch.read().holds:
                self._switch.hold()
                return self._rest(message)
            return self._work(message, envelope)
        except StateConflict:
            self._logger.info("another writer was first", message_id=message.id)
            return self._later(message, 1)
        except Exception:  # the last line: a bug must not take the message with it
            self._count(telemetry.BUG)
            self._logger.exception(
                "unexpected failure; the lane will deliver the message again", message_id=message.id
            )
            self._lane.hide(message.receipt, min(2**message.receives, 60))
            return False

    def _work(self, message: Message, envelope: Envelope) -> bool:
        event = envelope.event
        own = message.group if event is None else self._lane.group_of(event.entity_id)
        if message.group != own:
            # The number of lanes was changed while this message waited: only its own lane may work it.
            self._lane.republish(message.body, own, f"{message.id}.{own}")
            self._count(telemetry.FORWARDED)
            return True
        self._enter(own)
        try:
            if event is None:
                self._ticks.work(envelope, own, message.id)
                return True
            decision = self._pipeline.work(event, envelope.received_at)
        except CallFailed as failure:
            return self._failed(message, envelope, failure)
        self._count(telemetry.EVENTS, decision=str(decision))
        self._logger.info(
            "event", event_id=event.id, type=event.type, entity=event.entity_id, decision=str(decision)
        )
        return True

    def _failed(self, message: Message, envelope: Envelope, failure: CallFailed) -> bool:
        row = TABLE[failure.failure]
        self._count(telemetry.CALL_FAILED, failure=str(failure.failure))
        log = self._logger.error if row.severity else self._logger.warning
        log(
            "call failed",
            failure=str(failure),
            severity=row.severity,
            then=str(row.observing),
            message_id=message.id,
        )
        tripped = self._breaker.take()
        if tripped is not None:
            cause, detail = tripped
            self._switch.pause(cause, detail)
            self._count(telemetry.PAUSED, cause=str(cause))
            self._logger.error("the lane rests", cause=str(cause), detail=detail)
        if envelope.event is None:
            return True  # the next tick comes soon: a stale one is useless
        if tripped is not None:
            return self._rest(message)
        if row.observing is Then.PARK:
            self._park(message, str(failure))
            self._pipeline.park(envelope.event, str(failure), envelope.received_at)
            return True
        return self._later(message, wait_for(failure, message.receives, self._jitter))

    def _rest(self, message: Message) -> bool:
        self._count(telemetry.HELD)
        return self._later(message, HELD)

    def _later(self, message: Message, seconds: float) -> bool:
        if message.receives >= self._max_receives - SPARE_RECEIVES:
            # The id is made from this receive: should we die before the acknowledgement, SQS drops the second copy.
            self._lane.republish(message.body, message.group, f"{message.id}.{message.receives}")
            self._count(telemetry.REPUBLISHED)
            return True
        self._lane.hide(message.receipt, min(ceil(seconds), LONGEST))
        return False

    def _park(self, message: Message, reason: str) -> None:
        self._lane.park(message.body, reason, message.id)
        self._count(telemetry.PARKED)
        self._logger.error("parked among the dead letters", reason=reason, message_id=message.id)
