"""Events that can't be worked because a further connection is in trouble: put aside, and given back to the lane later.

The lane is everybody's, so nothing may stand at its head and wait for a workspace that only some rules concern. Such an
event is acknowledged when it is safe on the siding; the tick that settles puts it on the lane again as a new message,
where everything else goes on as ever. While the connection rests one event is given back in its time, as the probe.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from processor.rest import Rest
from steward import telemetry
from steward.envelope import encode
from steward.errors import CallFailed
from steward.events import Event
from steward.lane import Lane
from steward.outcomes import waits_beside
from steward.siding import Siding, Waiting

AT_ONCE = 100
"""Events of a connection that one tick gives back."""

SOONEST, LATEST = timedelta(minutes=1), timedelta(minutes=5)
"""Between two tries; the time grows with the event's age."""

GIVE_UP = timedelta(days=7)
"""Age from which an event is not put aside again but parked, so that a person sees it."""


class Aside:
    """Puts events aside and gives them back."""

    def __init__(
        self,
        *,
        siding: Siding,
        lane: Lane,
        rests: Mapping[str, Rest],
        now: Callable[[], datetime],
        count: telemetry.Count,
    ) -> None:
        self._siding = siding
        self._lane = lane
        self._rests = rests
        self._now = now
        self._count = count

    def put(self, event: Event, received_at: datetime | None, failure: CallFailed) -> bool:
        """Put an event aside; False when its failure, or its age, asks for something else."""
        received = received_at or self._now()
        age = self._now() - received
        if failure.connection is None or not waits_beside(failure) or age > GIVE_UP:
            return False
        wait = min(max(age / 4, SOONEST), LATEST)
        if failure.retry_after is not None:
            wait = timedelta(seconds=max(failure.retry_after, 0.0))
        elif failure.connection in self._rests:
            # Behind those that the rest made wait: the next probe should not ask for what has just failed.
            wait += self._rests[failure.connection].left
        due_at = int((self._now() + wait).timestamp())
        self._siding.put(
            failure.connection, Waiting(event.id, event.entity_id, encode(event, received), due_at)
        )
        self._count(telemetry.ASIDE, connection=failure.connection)
        return True

    def give_back(self, lane: str) -> None:
        """Put this lane's events that may be tried again on the lane."""
        for connection, rest in self._rests.items():
            if rest.holds:
                continue
            most = 1 if rest.probes else AT_ONCE
            for waiting in self._siding.due(
                connection, lambda page_id: self._lane.group_of(page_id) == lane, most, self._now()
            ):
                # One id for each time that it waits: should we die in between, SQS drops the second copy.
                self._lane.republish(waiting.body, lane, f"aside.{waiting.event_id}.{waiting.due_at}")
                self._siding.clear(waiting)
