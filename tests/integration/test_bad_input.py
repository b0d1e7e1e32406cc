"""Input that nobody can work is parked or ignored with a reason, and the good event behind it is worked."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from steward.dialects import normalise
from steward.envelope import VERSION, encode
from tests.integration.stand import Stand, standing

PAGE = "Review the contract"


@pytest.fixture
def stand() -> Iterator[Stand]:
    with standing(quick=True) as stand:
        yield stand


def put_on_the_lane(stand: Stand, body: str) -> None:
    stand.sqs.send_message(
        QueueUrl=stand.environ["LANE_QUEUE_URL"],
        MessageBody=body,
        MessageGroupId="lane-0",
        MessageDeduplicationId="bad",
    )


def assert_a_good_event_is_worked(stand: Stand, told_before: int = 0) -> None:
    page = stand.demo.tasks[PAGE]
    stand.clock.sleep(60)
    stand.assign(page, stand.demo.ben)
    payload = stand.send(page)
    stand.work()

    assert stand.journal(payload["id"])["decision"] == "observed"
    assert len(stand.comments(page)) == told_before + 1


def newer_envelope(stand: Stand) -> str:
    event = normalise(stand.payload(stand.demo.tasks[PAGE]))
    return json.dumps({**json.loads(encode(event, stand.clock.now())), "v": VERSION + 1})


@pytest.mark.req("P4")
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("hello", "not JSON"),
        ("[" * 5000, "not JSON"),
        ("[]", "no envelope"),
        ('{"Type":"Notification","Message":"from somewhere else"}', "no envelope"),
        ('{"v":"1","kind":"settle"}', "no envelope"),
        ('{"v":1,"kind":"dance"}', "unknown kind"),
        ('{"v":1}', "unknown kind"),
        ('{"v":1,"kind":"event"}', "no event with an id and a type"),
        ('{"v":1,"kind":"event","event":{"id":"e"}}', "no event with an id and a type"),
        ('{"v":1,"kind":"event","event":{"id":"e","type":"t","entity_id":7}}', "wrong type"),
    ],
    ids=lambda value: value[:40],
)
def test_a_message_that_is_no_envelope_is_parked_with_its_reason(
    stand: Stand, body: str, reason: str
) -> None:
    put_on_the_lane(stand, body)

    assert stand.work() == 1
    [parked] = stand.dead_letters()
    assert parked["Body"] == body
    assert reason in parked["MessageAttributes"]["reason"]["StringValue"]
    assert stand.notion.requests() == []
    assert_a_good_event_is_worked(stand)


@pytest.mark.req("P4")
def test_an_envelope_of_a_newer_version_is_parked_until_the_newer_processor_is_deployed(stand: Stand) -> None:
    put_on_the_lane(stand, newer_envelope(stand))

    assert stand.work() == 1
    [parked] = stand.dead_letters()
    assert "version 2, newer than 1" in parked["MessageAttributes"]["reason"]["StringValue"]
    assert_a_good_event_is_worked(stand)


def elsewhere(payload: dict[str, Any]) -> dict[str, Any]:
    other = "00000000-0000-4000-8000-000000000000"
    parent = {**payload["data"]["parent"], "data_source_id": other}
    return {**payload, "data": {**payload["data"], "parent": parent}}


@pytest.mark.req("P4", "P5")
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (elsewhere, "data source is not in the rules file"),
        (lambda payload: {**payload, "type": "moon.risen"}, "no automation watches moon.risen"),
        (lambda payload: {**payload, "entity": {"type": "page"}}, "does not say which page"),
        (lambda payload: {**payload, "entity": "page"}, "thing without type"),
    ],
    ids=["unknown data source", "unknown type", "no id", "no entity"],
)
def test_an_event_that_is_not_ours_is_ignored_with_its_reason_and_costs_no_call(
    stand: Stand, change: Any, why: str
) -> None:
    payload = change(stand.payload(stand.demo.tasks[PAGE]))
    assert stand.deliver(json.dumps(payload).encode()) == 200
    stand.work()

    row = stand.journal(payload["id"])
    assert row["decision"] == "ignored"
    assert why in row["why"]
    assert stand.notion.requests() == []
    assert_a_good_event_is_worked(stand)


@pytest.mark.req("P4")
@pytest.mark.parametrize(
    "stamp",
    [
        "1970-01-01T00:00:00.000Z",
        "2200-01-01T00:00:00.000Z",
        "9999-12-31T23:59:59.999-12:00",
        "-2026-11-20T12:00:00.000Z",
        "0001-01-01T00:00:00+14:00",
        -1,
        1_795_176_000,
        1e308,
        True,
        None,
        {"start": "2026-11-20"},
    ],
    ids=str,
)
def test_an_event_with_an_absurd_time_is_worked_as_one_without_a_time(stand: Stand, stamp: object) -> None:
    page = stand.demo.tasks[PAGE]
    stand.assign(page, stand.demo.ann)
    payload = stand.send(page, timestamp=stamp)
    stand.work()

    row = stand.journal(payload["id"])
    assert (row["decision"], "occurred_at" in row) == ("observed", False)
    assert len(stand.comments(page)) == 1
    assert stand.dead_letters() == []
    assert_a_good_event_is_worked(stand, told_before=1)


@pytest.mark.req("P4")
@pytest.mark.parametrize("stamp", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", -1, 1e308])
def test_an_absurd_time_of_receipt_on_the_lane_harms_nothing(stand: Stand, stamp: object) -> None:
    page = stand.demo.tasks[PAGE]
    stand.assign(page, stand.demo.ann)
    event = normalise(stand.payload(page, id="odd"))
    put_on_the_lane(stand, json.dumps({**json.loads(encode(event, stand.clock.now())), "received_at": stamp}))
    stand.work()

    assert stand.journal("odd")["decision"] == "observed"
    assert_a_good_event_is_worked(stand, told_before=1)
