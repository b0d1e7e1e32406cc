"""One message of the lane at a time: acknowledge it, give it back for later, or park it. The one place that decides.

A message that only waits must never reach the dead letters: before its receive count does, it is put on the lane again
as a new message with the same event, and only then acknowledged.
"""

from collections.abc import Callable
from math import ceil

from aws_lambda_powertools import Logger

from processor.aside import Aside
from processor.culprit import culprit
from processor.message import Message
from processor.orders import Orders
from processor.pipeline import Pipeline
from processor.stand_in import UNREAD
from processor.ticks import Ticks
from processor.vitals import Vitals
from steward import telemetry
from steward.aws_trouble import passes
from steward.envelope import Envelope, decode
from steward.errors import CallFailed, StateConflict, Undecodable
from steward.events import Event
from steward.lane import Lane, Parked
from steward.lane_switch import LaneSwitch
from steward.outcomes import TABLE, Then, wait_for, waits_beside
from steward.pauses import NOT_MADE, Breaker, Cause

SPARE_RECEIVES = 2
"""Receives that waiting leaves unspent: they are for crashes."""

LONGEST = 43_200
"""Seconds; SQS hides a message for at most twelve hours."""

_ONLY_NOT_NOW = NOT_MADE
"""A call that was not made, so nothing is wrong: a tick goes on as soon as it can."""

HELD = 60
"""Seconds for which a message is hidden while the lane rests; AWS takes about so long to stop delivering."""


class Worker:
    """Works messages off. ``receive`` never raises: what it can't work, it gives back or parks."""

    def __init__(
        self,
        *,
        pipeline: Pipeline,
        ticks: Ticks,
        orders: Orders,
        lane: Lane,
        switch: LaneSwitch,
        breaker: Breaker,
        vitals: Vitals,
        aside: Aside,
        stand_in: Callable[[Event], None],
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
            orders: works what operators order.
            lane: the queue.
            switch: pauses the lane.
            breaker: says when it may have to be paused.
            vitals: says whether it is Notion or just one page.
            aside: where events wait for a further connection.
            stand_in: takes an event that can't be worked now because Notion can't be read.
            enter: told the lane of each message, before it is worked.
            logger: logs.
            count: counts.
            jitter: a number in [0, 1) for the waits.
            max_receives: the lane's maxReceiveCount.
        """
        self._pipeline = pipeline
        self._ticks = ticks
        self._orders = orders
        self._lane = lane
        self._switch = switch
        self._breaker = breaker
        self._vitals = vitals
        self._aside = aside
        self._stand_in = stand_in
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
            self._park(message, Parked(error.reason, message.sent_at, message.receives, "Undecodable"))
            return True
        try:
            pause = self._switch.read()
            if pause.holds:
                self._switch.hold()
                if envelope.event is not None and pause.cause is not Cause.OPERATOR:
                    self._stand_in(envelope.event)
                # The next tick comes soon: a stale one is useless.
                return envelope.comes_again or self._rest(message)
            return self._work(message, envelope)
        except StateConflict:
            self._logger.info("another writer was first", message_id=message.id)
            return self._later(message, 1)
        except Exception as error:  # noqa: BLE001 - the last line: a bug must not take the message with it
            return self._unexpected(message, envelope, error)

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
            if self._orders.work(envelope, own, message.id):
                return True
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
        if envelope.event is not None and failure.vendor == "notion" and failure.failure in UNREAD:
            self._stand_in(envelope.event)
        if waits_beside(failure):
            return self._wait_beside(message, envelope, failure)
        tripped = self._breaker.take()
        if tripped is not None:
            return self._tripped(message, envelope, failure, tripped)
        if envelope.comes_again and failure.failure not in _ONLY_NOT_NOW:
            return True  # the next tick comes soon: a stale one is useless
        if row.observing is Then.PARK and envelope.event is not None:
            return self._park_event(message, envelope, envelope.event, failure)
        return self._later(message, wait_for(failure, message.receives, self._jitter))

    def _tripped(
        self, message: Message, envelope: Envelope, failure: CallFailed, tripped: tuple[Cause, str]
    ) -> bool:
        cause, detail = tripped
        if cause is Cause.VENDOR and self._alive(envelope):
            if envelope.event is not None:
                return self._park_event(message, envelope, envelope.event, failure)
            return envelope.comes_again or self._later(message, HELD)
        self._switch.pause(cause, detail)
        self._count(telemetry.PAUSED, cause=str(cause))
        self._logger.error("the lane rests", cause=str(cause), detail=detail)
        return envelope.comes_again or self._rest(message)

    def _wait_beside(self, message: Message, envelope: Envelope, failure: CallFailed) -> bool:
        event = envelope.event
        if event is None:
            return envelope.comes_again or self._later(message, HELD)
        if self._aside.put(event, envelope.received_at or message.sent_at, failure):
            return True
        return self._park_event(message, envelope, event, failure)

    def _alive(self, envelope: Envelope) -> bool:
        return self._vitals.answers_without(envelope.event.entity_id if envelope.event else None)

    def _park_event(self, message: Message, envelope: Envelope, event: Event, failure: CallFailed) -> bool:
        parked = Parked(
            str(failure),
            envelope.received_at or message.sent_at,
            message.receives,
            f"CallFailed/{failure.failure}",
            failure.call,
        )
        self._park(message, parked)
        self._pipeline.park(event, parked, envelope.received_at)
        return True

    def _rest(self, message: Message) -> bool:
        self._count(telemetry.HELD)
        return self._later(message, HELD)

    def _later(self, message: Message, seconds: float) -> bool:
        if message.receives >= self._max_receives - SPARE_RECEIVES:
            # One id for each message: should we die before the acknowledgement, SQS drops the second copy.
            self._lane.republish(message.body, message.group, f"{message.id}.again")
            self._count(telemetry.REPUBLISHED)
            return True
        self._lane.hide(message.receipt, min(ceil(seconds), LONGEST))
        return False

    def _unexpected(self, message: Message, envelope: Envelope, error: Exception) -> bool:
        if passes(error):
            self._count(telemetry.AWS_TROUBLE)
            self._logger.warning("AWS is in trouble", error=type(error).__name__, message_id=message.id)
            return self._later(message, min(2**message.receives, 60))
        self._count(telemetry.BUG)
        self._logger.error(
            "unexpected failure", message_id=message.id, receives=message.receives, exc_info=error
        )
        if envelope.comes_again:
            return True  # the next tick comes soon: a stale one is useless
        if message.receives >= self._max_receives:
            return self._give_up(message, envelope, error)
        self._lane.hide(message.receipt, min(2**message.receives, 60))
        return False

    def _give_up(self, message: Message, envelope: Envelope, error: Exception) -> bool:
        """Park a message at its last receive: SQS would move it too, but could not say why."""
        where, kind = culprit(error), type(error).__name__
        parked = Parked(
            f"a bug: {kind} in {where}", envelope.received_at or message.sent_at, message.receives, kind
        )
        self._park(message, parked)
        if envelope.event is not None:
            try:
                self._pipeline.park(envelope.event, parked, envelope.received_at)
            except Exception:  # it may be the bug itself, and the message is safe already
                self._logger.exception("the journal has no row of a parked event", message_id=message.id)
        return True

    def _park(self, message: Message, parked: Parked) -> None:
        self._lane.park(message.body, message.id, parked)
        self._count(telemetry.PARKED)
        self._logger.error("parked among the dead letters", reason=parked.reason, message_id=message.id)
