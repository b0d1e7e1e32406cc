"""Whatever is delivered becomes an event that survives the lane; whatever lies on the lane is read or undecodable."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from steward.dialects import normalise
from steward.envelope import VERSION, Envelope, decode, encode, encode_comparison, encode_order
from steward.errors import Undecodable
from steward.events import Event, from_json, to_json
from steward.lane import Lane, Parked, lane_of
from tests.fuzz.strategies import JSON, NOW, OBJECTS, TEXT, almost_events, graft
from tests.fuzz.strict_sqs import StrictSqs


def texts_of(event: Event) -> list[str]:
    """Every text of an event but those that an older dialect brought inline."""
    optional: tuple[str | None, ...] = (
        event.entity_id,
        event.entity_type,
        event.workspace_id,
        event.subscription_id,
    )
    optional += (
        event.integration_id,
        event.parent_id,
        event.parent_type,
        event.data_source_id,
        event.api_version,
    )
    found = [
        event.id,
        event.type,
        event.dialect,
        *event.updated_properties,
        *(t for t in optional if t is not None),
    ]
    return found + [text for author in event.authors for text in (author.id, author.type)]


@pytest.mark.req("I5", "I7")
@given(almost_events() | OBJECTS)
@example({"entity": {"id": "\ud83d"}})
@example({"timestamp": "2026-11-20T12:00:00.008888Z"})
def test_any_payload_is_an_event_of_proper_text_that_survives_the_lane(payload: dict[str, Any]) -> None:
    event = normalise(payload)

    assert from_json(json.loads(json.dumps(to_json(event)))) == event
    assert decode(encode(event, NOW)) == Envelope("event", NOW, event)
    assert all(text == text.encode().decode() and 0 < len(text) <= 500 for text in texts_of(event))


@pytest.mark.req("P3")
@given(almost_events() | OBJECTS, st.integers(0, 9))
def test_a_redelivery_is_the_same_event(payload: dict[str, Any], attempt: int) -> None:
    assert normalise({**payload, "attempt_number": attempt}).id == normalise(payload).id


@st.composite
def almost_envelopes(draw: st.DrawFn) -> Any:
    document: dict[str, Any] = {
        "v": VERSION,
        "kind": draw(st.sampled_from(["event", "settle", "baseline", "compare"])),
        "source": draw(TEXT),
        "run": draw(TEXT),
        "grace": draw(st.integers() | JSON),
        "received_at": NOW.isoformat(),
        "event": draw(OBJECTS | st.builds(lambda p: to_json(normalise(p)), almost_events())),
    }
    for _ in range(draw(st.integers(0, 3))):
        graft(draw, document, JSON)
    return document


@pytest.mark.req("P4")
@given(st.one_of(TEXT, st.builds(json.dumps, JSON), st.builds(json.dumps, almost_envelopes())))
@example('{"v":1,"kind":"event","event":{"id":"e","type":"t","entity_id":"\\ud83d"}}')
def test_a_message_is_read_or_undecodable_with_a_reason(body: str) -> None:
    try:
        envelope = decode(body)
    except Undecodable as error:
        reason = error.reason
    else:
        assert_readable(envelope)
        return
    assert reason


def assert_readable(envelope: Envelope) -> None:
    assert (envelope.event is not None) is (envelope.kind == "event")
    assert (envelope.order is not None) is (envelope.kind == "baseline")
    assert envelope.received_at is None or envelope.received_at.tzinfo is not None
    if envelope.event is not None:
        assert all(text == text.encode().decode() and text for text in texts_of(envelope.event))
        assert hash(envelope.event.authors) is not None
        assert decode(encode(envelope.event, NOW)).event == envelope.event
    if envelope.order is not None:
        assert envelope.order.source_id.encode()
        assert decode(encode_order(envelope.order, 3)) == replace(envelope, part=3)
    assert (envelope.comparison is not None) is (envelope.kind == "compare")
    if envelope.comparison is not None:
        assert decode(encode_comparison(envelope.comparison, 3)) == replace(envelope, part=3)


@pytest.mark.req("P1", "P3")
@given(st.lists(almost_events() | OBJECTS, min_size=1, max_size=5), st.integers(1, 8))
def test_sqs_takes_every_event_and_tells_two_ids_apart(payloads: list[dict[str, Any]], lanes: int) -> None:
    sqs = StrictSqs()
    lane = Lane(sqs, "lane", lanes)  # type: ignore[arg-type]  # as much of SQS as a lane needs
    events = [normalise(payload) for payload in payloads]
    for event in events:
        lane.publish(event, NOW)

    sent = {event.id: message for event, message in zip(events, sqs.sent, strict=True)}
    assert len({message["MessageDeduplicationId"] for message in sent.values()}) == len(sent)
    for event in events:
        assert 0 <= lane_of(event.entity_id, lanes) < lanes


@pytest.mark.req("P4")
@given(body=st.just("{}"), reason=TEXT, message_id=TEXT)
def test_sqs_takes_every_reason_for_parking(body: str, reason: str, message_id: str) -> None:
    sqs = StrictSqs()
    lane = Lane(sqs, "lane", dead_letter_url="dead")  # type: ignore[arg-type]  # as above

    lane.park(body, message_id, Parked(reason, NOW, 6, reason, reason))
    lane.republish(body, "lane-0", message_id)

    assert [message["QueueUrl"] for message in sqs.sent] == ["dead", "lane"]
