"""Notion is away, the token is wrong, the connection is blocked: the lane rests, nothing is lost, and it goes on by itself."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from infra.local.simulators.notion import faults
from tests.integration.stand import Stand, standing


@pytest.fixture
def stand() -> Iterator[Stand]:
    with standing(quick=True) as made:
        yield made


@pytest.fixture
def task(stand: Stand) -> str:
    return stand.demo.tasks["Review the contract"]


def wait(stand: Stand, minutes: int) -> list[str]:
    """Let minutes pass, with the triage's look and the scheduler's tick in each; what the triage saw."""
    looks = []
    for _ in range(minutes):
        stand.clock.sleep(60)
        stand.settle()
        looks.append(stand.look())
        stand.work()
    return looks


@pytest.mark.req("T5", "P4")
def test_when_notion_is_away_the_lane_is_paused_and_goes_on_by_itself(stand: Stand, task: str) -> None:
    stand.notion.add_fault(faults.answer(503), times="forever")
    stand.assign(task, stand.demo.ann)
    stand.send(task)
    stand.work()
    assert not stand.functions.enabled
    assert stand.functions.mappings["another"]["State"] == "Enabled"

    assert set(wait(stand, 5)) == {"resting", "still down"}
    stand.notion.clear_faults()
    looks = wait(stand, 5)

    assert "resumed" in looks
    assert looks[-1] == "running"
    assert len(stand.comments(task)) == len(stand.notices()) == 1
    assert stand.dead_letters() == []


@pytest.mark.req("T5", "T10", "P4")
@pytest.mark.timeout(300)
def test_six_hours_of_outage_with_2000_events_lose_nothing_and_end_in_a_digest() -> None:
    with standing(quick=True) as stand:
        outage(stand)


def outage(stand: Stand) -> None:
    pages = stand.add_tasks(200)
    stand.clock.sleep(600)
    for page in pages:  # a first sight of each, so that the outage's changes are changes
        stand.send(page, type="page.created")
    stand.work()
    stand.clock.sleep(120)
    before = len(stand.notion.requests())
    stand.notion.add_fault(faults.answer(503), times="forever")

    for number in range(2000):
        page = pages[number % len(pages)]
        if number >= 1800:
            stand.assign(page, stand.demo.ann)
        stand.send(page)
        stand.clock.sleep(6 * 3600 / 2000)
        if number % 6 == 0:
            stand.settle()
            stand.look()
            stand.work()
    during = [r["path"] for r in stand.notion.requests()[before:]]
    probes = during.count("/v1/users/me")
    assert len(during) - probes <= 14
    assert probes <= 40
    assert stand.dead_letters() == []
    receives = waiting_receives(stand)
    assert max(receives) <= 3

    stand.notion.clear_faults()
    began, calls = stand.clock.now(), len(stand.notion.requests())
    wait(stand, 20)
    while stand.work():
        wait(stand, 1)
    drained = stand.clock.now() - began

    spent = len(stand.notion.requests()) - calls
    assert stand.dead_letters() == []
    assert all(len(stand.comments(page)) == 1 for page in pages)
    assert sorted(stand.notices()) == sorted(set(stand.notices()))
    assert len(stand.notices()) == 200
    assert len(stand.messages()) <= 8
    assert spent <= 200 + 2000 / 100 + 40
    assert drained < timedelta(minutes=30)
    assert stand.notion.counters()["rate_limited"] == {}


def waiting_receives(stand: Stand) -> list[int]:
    """How often each of the first messages of the lane was received so far, this look included."""
    answer = stand.sqs.receive_message(
        QueueUrl=stand.environ["LANE_QUEUE_URL"],
        AttributeNames=["All"],
        MaxNumberOfMessages=10,
        VisibilityTimeout=0,
    )
    return [int(m["Attributes"]["ApproximateReceiveCount"]) for m in answer["Messages"]]


@pytest.mark.req("T5")
def test_a_deploy_during_the_pause_enables_the_event_source_and_the_processor_shuts_it_again(
    stand: Stand, task: str
) -> None:
    stand.notion.add_fault(faults.answer(503), times="forever")
    stand.assign(task, stand.demo.ann)
    stand.send(task)
    stand.work()
    calls = len(stand.notion.requests())

    stand.functions.deploy()
    stand.step()
    assert not stand.functions.enabled
    assert len(stand.notion.requests()) == calls
    stand.functions.deploy()
    stand.look()
    assert not stand.functions.enabled

    stand.notion.clear_faults()
    wait(stand, 5)
    assert len(stand.comments(task)) == 1


@pytest.mark.req("T5", "T9")
def test_a_wrong_token_pauses_the_lane_at_once_until_the_secret_holds_a_right_one(
    stand: Stand, task: str
) -> None:
    stand.notion.revoke_token(stand.notion.token)
    stand.assign(task, stand.demo.ann)
    stand.send(task)
    stand.work()
    assert not stand.functions.enabled
    wait(stand, 30)
    assert stand.comments(task) == []

    stand.notion.add_token(stand.notion.token)
    wait(stand, 15)

    assert len(stand.comments(task)) == len(stand.notices()) == 1
    assert stand.dead_letters() == []


@pytest.mark.req("T5", "P2")
def test_a_blocked_connection_is_never_probed(stand: Stand, task: str) -> None:
    stand.notion.block()
    stand.assign(task, stand.demo.ann)
    stand.send(task)
    stand.work()
    calls = len(stand.notion.requests())

    assert set(wait(stand, 300)) == {"resting"}
    assert len(stand.notion.requests()) == calls


@pytest.mark.req("T5")
def test_slack_being_away_does_not_pause_the_lane(stand: Stand, task: str) -> None:
    stand.slack.add_fault({"kind": "answer", "status": 503}, times="forever")
    other = stand.demo.tasks["Café menu & prices"]
    for page in (task, other):
        stand.assign(page, stand.demo.ann)
        stand.send(page)
    stand.work()

    assert stand.functions.enabled
    assert [len(stand.comments(page)) for page in (task, other)] == [1, 1]
    assert stand.messages() == []


@pytest.mark.req("T5")
def test_an_event_source_that_is_off_for_no_reason_is_enabled_again(stand: Stand) -> None:
    stand.functions.update_event_source_mapping(UUID="mapping-processor", Enabled=False)

    assert stand.look() == "enabled"
    assert stand.functions.enabled
    assert stand.look() == "running"


@pytest.mark.req("T5", "P4")
def test_a_page_that_notion_can_not_read_is_parked_and_does_not_pause_the_lane(
    stand: Stand, task: str
) -> None:
    other = stand.demo.tasks["Café menu & prices"]
    stand.notion.add_fault(faults.answer(500), match={"path": task}, times="forever")
    for page in (task, other):
        stand.assign(page, stand.demo.ann)
        stand.send(page)
    stand.work()

    assert stand.functions.enabled
    assert [letter["MessageAttributes"]["exception"]["StringValue"] for letter in stand.dead_letters()] == [
        "CallFailed/unavailable"
    ]
    assert len(stand.comments(other)) == 1


@pytest.mark.req("T5", "P3")
def test_trouble_with_comments_alone_lets_the_comments_wait_and_the_events_go_on(
    stand: Stand, task: str
) -> None:
    other = stand.demo.tasks["Café menu & prices"]
    stand.notion.add_fault(faults.answer(503), match={"path": "comments"}, times="forever")
    for page in (task, other):
        stand.assign(page, stand.demo.ann)
        stand.send(page)
    wait(stand, 30)
    assert stand.dead_letters() == []
    assert len(stand.notices()) == 2

    stand.notion.clear_faults()
    wait(stand, 40)

    assert len(stand.comments(task)) == len(stand.comments(other)) == 1
    assert stand.functions.enabled
