"""Whatever lies on the lane is worked, given back or parked, and ``receive`` never raises."""

import json
from contextlib import suppress
from typing import Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from processor.message import Message
from processor.orders import Orders
from processor.worker import Worker
from steward import telemetry
from steward.envelope import Comparison, Envelope, Order, decode
from steward.errors import CallFailed, Failure, StateConflict, Undecodable
from steward.events import Event
from steward.journal import Decision
from steward.lane import Lane, Parked
from steward.outcomes import TABLE, Then
from steward.pauses import Breaker, Cause, Pause
from tests.fuzz.strategies import JSON, TEXT
from tests.fuzz.strict_sqs import StrictSqs, can_carry
from tests.fuzz.test_envelope import almost_envelopes

FAILURES = st.builds(
    CallFailed,
    failure=st.sampled_from(list(Failure)),
    vendor=st.just("notion"),
    call=st.just("notion.page"),
    status=st.none() | st.integers(100, 599),
    code=st.none() | TEXT,
    message=TEXT,
    request_id=st.none() | TEXT,
    retry_after=st.none() | st.floats(0, 3600),
    maybe_done=st.booleans(),
)
ENDS = st.one_of(
    st.sampled_from(list(Decision)), FAILURES, st.builds(StateConflict), st.builds(RuntimeError, TEXT)
)
BODIES = st.one_of(TEXT, st.builds(json.dumps, JSON), st.builds(json.dumps, almost_envelopes())).filter(
    can_carry
)
MAX_RECEIVES = 6

pytestmark = pytest.mark.usefixtures("strict_log")


class Ending:
    """A pipeline in which everything ends in one way."""

    def __init__(self, end: Decision | Exception) -> None:
        self._end = end
        self.worked: list[Event | None] = []
        self.parked: list[Event] = []

    def work(self, event: Event, received_at: object) -> Decision:
        return self._ends(event)

    def park(self, event: Event, parked: Parked, received_at: object) -> None:
        self.parked.append(event)

    def _ends(self, event: Event | None) -> Decision:
        self.worked.append(event)
        if isinstance(self._end, Exception):
            raise self._end
        return self._end


class Ticking:
    """Ticks that end as the pipeline does."""

    def __init__(self, pipeline: Ending) -> None:
        self._pipeline = pipeline

    def work(self, envelope: Envelope, lane: str, message_id: str) -> None:
        self._pipeline._ends(None)


class Ordered:
    """Orders that end as the pipeline does."""

    def __init__(self, pipeline: Ending) -> None:
        self._pipeline = pipeline

    def work(self, order: Order | Comparison, part: int, lane: str, message_id: str) -> None:
        self._pipeline._ends(None)


class Running:
    """A lane that does not rest until somebody pauses it."""

    def read(self) -> Pause:
        return Pause()

    def pause(self, cause: Cause, detail: str) -> None:
        """Nobody looks."""


class Deaf:
    """A Notion that answers nobody."""

    def answers_without(self, page_id: str | None) -> bool:
        return False


def new_worker(pipeline: Any, sqs: Any) -> Worker:
    return Worker(
        pipeline=pipeline,
        ticks=cast("Any", Ticking(pipeline)),
        orders=Orders(cast("Any", Ordered(pipeline)), cast("Any", Ordered(pipeline))),
        switch=cast("Any", Running()),
        breaker=Breaker(),
        vitals=cast("Any", Deaf()),
        aside=cast("Any", None),  # no failure here is a further connection's
        stand_in=lambda _: None,
        enter=lambda _: None,
        lane=Lane(sqs, "lane", dead_letter_url="dead"),
        logger=telemetry.make_logger(),
        count=lambda *_, **__: None,
        jitter=lambda: 0.5,
        max_receives=MAX_RECEIVES,
    )


@pytest.mark.req("P1", "P4")
@given(body=BODIES, end=ENDS, receives=st.integers(1, 100))
@example(
    body='{"v":1,"kind":"event","event":{"id":"e","type":"t"}}',
    end=CallFailed(Failure.INVALID, "notion", "notion.page", message="a\x00b\ud83d"),
    receives=1,
)
def test_a_message_is_worked_once_and_then_acknowledged_given_back_or_parked(
    body: str, end: Decision | Exception, receives: int
) -> None:
    pipeline, sqs = Ending(end), StrictSqs()
    acknowledged = new_worker(pipeline, sqs).receive(Message("m", "r", body, "lane-0", receives))

    envelope = None
    with suppress(Undecodable):
        envelope = decode(body)
    parked = [m for m in sqs.sent if m["QueueUrl"] == "dead"]
    again = [m for m in sqs.sent if m["QueueUrl"] == "lane"]
    assert all(m["MessageBody"] == body for m in sqs.sent), "another message than was received"
    assert len(sqs.sent) + len(sqs.hidden) <= 1
    assert acknowledged is not bool(sqs.hidden)
    assert len(pipeline.worked) == (envelope is not None)
    if envelope is None:
        assert parked
        return
    is_failure = isinstance(end, CallFailed) and not envelope.comes_again
    parks = isinstance(end, CallFailed) and TABLE[end.failure].observing is Then.PARK
    if parks and envelope.event is not None:
        assert parked
        assert pipeline.parked == [envelope.event]
    elif isinstance(end, RuntimeError):
        # A tick that fails is not worked again: the next one comes soon.
        assert envelope.comes_again or (parked if receives >= MAX_RECEIVES else sqs.hidden)
    elif is_failure or isinstance(end, StateConflict):
        assert again or sqs.hidden, "what was not worked was acknowledged"
    else:
        assert not sqs.sent
