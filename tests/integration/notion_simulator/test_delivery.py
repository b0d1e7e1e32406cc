"""The delivery engine of the Notion simulator: aggregation, retries, duplicates, losses, order."""

from typing import Any

import pytest

from infra.local.simulators.notion import Demo, NotionSimulator, SimulatorError, seed_demo
from tests.integration.notion_simulator.stand import Clock, Receiver

pytestmark = pytest.mark.req("O1", "P3", "P5", "P6")
STATUSES = ("Blocked", "Done", "Not started", "In progress")


@pytest.fixture
def active(sim: NotionSimulator, demo: Demo, receiver: Receiver) -> str:
    types = ["page.created", "page.deleted", "page.undeleted", "page.properties_updated", "comment.created"]
    return str(sim.create_subscription(receiver.url, active=True, event_types=types)["id"])


def _edits(sim: NotionSimulator, page: str, count: int) -> None:
    for number in range(count):
        sim.edit(page, properties={"Status": STATUSES[number % len(STATUSES)]})


def test_a_window_merges_authors_and_properties(
    *, sim: NotionSimulator, receiver: Receiver, clock: Clock, demo: Demo, task: str, active: str
) -> None:
    sim.configure_webhooks(aggregation_seconds=3600)
    sim.edit(task, properties={"Status": "Done"}, by=demo.ann)
    clock.advance(1)
    sim.edit(task, properties={"Due": None, "Status": "Blocked"}, by=demo.ben)
    sim.edit(demo.tasks["Review the contract"], properties={"Status": "Done"})
    sim.add_comment(task, "comments are not aggregated")
    assert sim.drain(hurry=True)
    assert sorted(receiver.types()) == [
        "comment.created",
        "page.properties_updated",
        "page.properties_updated",
    ]
    merged = next(d.json for d in receiver.got if d.json["entity"]["id"] == task)
    assert [author["id"] for author in merged["authors"]] == [demo.ann, demo.ben]
    assert sorted(merged["data"]["updated_properties"]) == ["DbAu", "bDf%5B"]
    assert merged["timestamp"] == "2026-11-21T10:15:43.123Z"


def test_a_merged_event_may_name_its_first_moment(
    sim: NotionSimulator, receiver: Receiver, clock: Clock, task: str, active: str
) -> None:
    sim.configure_webhooks(aggregation_seconds=3600, aggregate_timestamp="first")
    _edits(sim, task, 1)
    clock.advance(30)
    sim.edit(task, properties={"Due": None})
    assert sim.drain(hurry=True)
    assert [d.json["timestamp"] for d in receiver.got] == ["2026-11-21T10:15:42.123Z"]


def test_what_returns_to_where_it_was_is_not_told(
    sim: NotionSimulator, receiver: Receiver, demo: Demo, task: str, active: str
) -> None:
    sim.configure_webhooks(aggregation_seconds=3600)
    short = sim.add_page(demo.data_source_id, {"Name": "Short life"}, by=demo.ann)
    sim.edit(short, properties={"Status": "Done"})
    sim.trash(short)
    sim.trash(task)
    sim.restore(task)
    sim.edit(task, properties={"Status": "Done"})
    stays = sim.add_page(demo.data_source_id, {"Name": "Stays"}, by=demo.ann)
    sim.trash(stays)
    sim.restore(stays)
    assert sim.drain(hurry=True)
    assert [(d.json["entity"]["id"], d.json["type"]) for d in receiver.got] == [
        (task, "page.properties_updated"),
        (stays, "page.created"),
    ]
    assert {event["state"] for event in sim.events()} == {"delivered", "collapsed"}


def test_a_failed_delivery_is_tried_eight_times_with_the_same_id(
    sim: NotionSimulator, receiver: Receiver, task: str, active: str
) -> None:
    receiver.answers = lambda _number: 500
    _edits(sim, task, 1)
    assert sim.drain(hurry=True)
    assert [d.json["attempt_number"] for d in receiver.got] == list(range(1, 9))
    assert len({d.json["id"] for d in receiver.got}) == 1
    assert len({d.body for d in receiver.got}) == 8
    assert [event["state"] for event in sim.events()] == ["failed"]
    assert [row["status"] for row in sim.deliveries()] == [500] * 8


def test_the_retry_schedule_is_compressed(
    sim: NotionSimulator, receiver: Receiver, task: str, active: str
) -> None:
    sim.configure_webhooks(retry_compression=1_000_000)
    receiver.answers = lambda number: 503 if number < 4 else 204
    _edits(sim, task, 1)
    assert sim.drain()
    assert [row["status"] for row in sim.deliveries()] == [503, 503, 503, 204]
    assert [event["state"] for event in sim.events()] == ["delivered"]


def test_nobody_listening_is_a_failed_attempt_too(sim: NotionSimulator, demo: Demo, task: str) -> None:
    sim.create_subscription("http://127.0.0.1:9/", active=True)
    _edits(sim, task, 1)
    assert sim.drain(hurry=True)
    rows = sim.deliveries()
    assert len(rows) == 8
    assert rows[0]["status"] is None
    assert "Error" in rows[0]["error"]


def test_duplicates_have_the_same_id_and_other_bytes(
    sim: NotionSimulator, receiver: Receiver, task: str, active: str
) -> None:
    sim.configure_webhooks(duplicate_probability=1.0)
    _edits(sim, task, 2)
    assert sim.drain()
    ids = [d.json["id"] for d in receiver.got]
    assert (len(ids), len(set(ids))) == (4, 2)
    assert sorted(d.json["attempt_number"] for d in receiver.got) == [1, 1, 2, 2]


def test_lost_events_are_never_sent_but_known(
    sim: NotionSimulator, receiver: Receiver, task: str, active: str
) -> None:
    sim.configure_webhooks(loss_probability=1.0)
    _edits(sim, task, 3)
    assert sim.drain()
    assert receiver.got == []
    assert len(sim.events(state="lost")) == 3


def _storm(seed: int, receiver: Receiver) -> list[tuple[str, int]]:
    receiver.got.clear()
    with NotionSimulator(seed=seed) as simulator:
        demo = seed_demo(simulator)
        simulator.create_subscription(receiver.url, active=True, event_types=["page.properties_updated"])
        simulator.configure_webhooks(
            delay_seconds=(100, 200),
            loss_probability=0.2,
            duplicate_probability=0.2,
            reorder_probability=0.3,
            reorder_seconds=500,
        )
        _edits(simulator, demo.tasks["Review the contract"], 40)
        assert simulator.drain(hurry=True)
    return [(d.json["id"], d.json["attempt_number"]) for d in receiver.got]


def test_the_same_seed_makes_the_same_storm(receiver: Receiver) -> None:
    first = _storm(3, receiver)
    assert first == _storm(3, receiver)
    assert first != _storm(4, receiver)


def test_events_overtake_one_another(receiver: Receiver) -> None:
    _storm(3, receiver)
    moments = [d.json["timestamp"] for d in receiver.got]
    assert moments != sorted(moments)


def test_an_event_is_redelivered_by_hand(
    sim: NotionSimulator, receiver: Receiver, task: str, active: str
) -> None:
    _edits(sim, task, 1)
    assert sim.drain()
    sim.redeliver(receiver.got[0].json["id"])
    assert sim.drain()
    first, second = receiver.got
    assert (first.json["id"], second.json["attempt_number"]) == (second.json["id"], 2)


def test_too_many_failures_pause_the_subscription(
    sim: NotionSimulator, receiver: Receiver, task: str, active: str
) -> None:
    sim.configure_webhooks(pause_after_failures=3)
    receiver.answers = lambda _number: 400
    _edits(sim, task, 1)
    assert sim.drain(hurry=True)
    assert len(receiver.got) == 3
    assert sim.subscriptions()[0]["state"] == "paused"
    assert [event["state"] for event in sim.events()] == ["dropped"]


def test_draining_gives_up_in_time(sim: NotionSimulator, task: str, active: str) -> None:
    sim.configure_webhooks(delay_seconds=(1000, 1000))
    _edits(sim, task, 1)
    assert sim.drain(0.01) is False
    assert sim.counters()["pending"] == 1


@pytest.mark.parametrize("settings", [{"speed": 1}, {"retry": 2}])
def test_an_unknown_setting_is_refused(sim: NotionSimulator, settings: dict[str, Any]) -> None:
    with pytest.raises(SimulatorError, match="unknown"):
        sim.configure_webhooks(**settings)
