"""One assignment, from the delivery to the telling, on moto and the simulators: who is told, how often, at what cost."""

import json
from collections.abc import Iterator
from random import Random

import pytest

from infra.local.simulators.notion import faults
from processor.ways.comment import CommentWay
from processor.ways.way import Prepared
from tests.integration.stand import Stand, standing


@pytest.fixture
def stand() -> Iterator[Stand]:
    with standing() as made:
        yield made


@pytest.fixture
def task(stand: Stand) -> str:
    return stand.demo.tasks["Review the contract"]


@pytest.mark.req("A1", "I6", "P8")
def test_an_assignment_is_told_by_one_comment_that_mentions_and_one_message_with_name_title_and_link(
    stand: Stand, task: str
) -> None:
    stand.assign(task, stand.demo.ann)
    event = stand.send(task)
    stand.work()

    comment = stand.notion.comments(task)[0]
    message = stand.messages()[0]
    row = stand.journal(event["id"])
    assert [run["mention"]["user"]["id"] for run in comment["rich_text"] if run["type"] == "mention"] == [
        stand.demo.ann
    ]
    assert stand.comments(task) == [comment["text"]]
    assert len(stand.messages()) == 1
    assert all(part in message for part in ("Ann", "Review the contract", "https://"))
    assert (row["decision"], row["calls"], len(row["effects"])) == ("observed", 2, 2)
    assert {e["status"] for e in row["effects"]} == {"done"}


@pytest.mark.req("P3", "P5")
def test_an_event_delivered_five_times_in_any_order_is_told_once(stand: Stand, task: str) -> None:
    stand.assign(task, stand.demo.ann)
    created = stand.payload(task, type="page.created", data={"parent": stand.payload(task)["data"]["parent"]})
    changed, content = stand.payload(task), stand.payload(task, type="page.content_updated")
    deliveries = [
        {**event, "attempt_number": n} for event in (created, changed, content) for n in range(1, 6)
    ]
    Random(3).shuffle(deliveries)
    for payload in deliveries:
        assert stand.deliver(json.dumps(payload).encode()) == 200
        stand.clock.sleep(400)  # past the queue's own memory
        stand.work()
    stand.gather()

    assert len(stand.comments(task)) == 1
    assert len(stand.messages()) == 1


@pytest.mark.req("P5")
def test_an_event_that_the_snapshot_covers_costs_no_call(stand: Stand, task: str) -> None:
    stand.assign(task, stand.demo.ann)
    older = stand.payload(task)
    stand.clock.sleep(10)
    stand.send(task)
    stand.work()
    spent = len(stand.notion.requests())

    assert stand.deliver(json.dumps(older).encode()) == 200
    stand.work()

    assert stand.journal(older["id"])["decision"] == "covered"
    assert len(stand.notion.requests()) == spent


@pytest.mark.req("P3")
def test_back_and_forth_is_told_each_time_it_was_observed(stand: Stand, task: str) -> None:
    for person in (stand.demo.ann, stand.demo.ben, stand.demo.ann):
        stand.assign(task, person)
        stand.send(task)
        stand.work()
        stand.clock.sleep(60)

    assert [text.split(",")[0] for text in stand.comments(task)] == ["@Ann", "@Ben", "@Ann"]
    assert len(stand.messages()) == 3


@pytest.mark.req("P3")
def test_a_baseline_made_by_an_overtaking_event_loses_no_notice(stand: Stand, task: str) -> None:
    stand.assign(task, stand.demo.ann)
    news = stand.payload(task)
    stand.clock.sleep(10)
    stand.send(task, type="page.undeleted", data={"parent": news["data"]["parent"]})
    stand.work()
    assert stand.comments(task) == []

    assert stand.deliver(json.dumps(news).encode()) == 200
    stand.work()

    assert len(stand.comments(task)) == 1


@pytest.mark.req("P5")
def test_a_change_of_another_property_costs_no_call_once_the_assignee_is_known(
    stand: Stand, task: str
) -> None:
    stand.send(task)
    stand.work()
    spent = len(stand.notion.requests())

    data = {**stand.payload(task)["data"], "updated_properties": ["bDf%5B"]}
    event = stand.send(task, data=data)
    stand.work()

    assert stand.journal(event["id"])["decision"] == "ignored"
    assert len(stand.notion.requests()) == spent


@pytest.mark.req("A10")
def test_a_renamed_property_keeps_working(stand: Stand, task: str) -> None:
    stand.send(task)
    stand.work()
    stand.notion.update_schema(stand.demo.data_source_id, rename={"Assignee": "Who"})
    stand.notion.edit(task, properties={"Who": [stand.demo.ann]}, silent=True)

    stand.clock.sleep(60)
    stand.send(task)
    stand.work()

    assert len(stand.comments(task)) == 1


@pytest.mark.req("P7")
def test_what_only_our_own_bot_wrote_is_ignored_and_mixed_authors_are_not(stand: Stand, task: str) -> None:
    bot = {"id": stand.notion.bot_id, "type": "bot"}
    stand.assign(task, stand.demo.ann)

    own = stand.send(task, authors=[bot])
    stand.work()
    mixed = stand.send(task, authors=[bot, {"id": stand.demo.ben, "type": "person"}])
    stand.work()

    assert stand.journal(own["id"])["decision"] == "ignored"
    assert stand.journal(mixed["id"])["decision"] == "observed"


@pytest.mark.req("P4", "P8")
@pytest.mark.parametrize("way", ["delete_forever", "unshare", "trash"])
def test_a_page_that_is_gone_is_an_outcome_and_the_lane_goes_on(stand: Stand, task: str, way: str) -> None:
    getattr(stand.notion, way)(task)
    event = stand.send(task)
    other = stand.demo.tasks["Café menu & prices"]
    stand.assign(other, stand.demo.ann)
    stand.send(other)
    stand.work()

    assert stand.journal(event["id"])["decision"] == "gone"
    assert len(stand.comments(other)) == 1
    assert "Café menu &amp; prices" in stand.messages()[0]
    assert stand.dead_letters() == []


@pytest.mark.req("A1", "P3", "P4")
@pytest.mark.parametrize(("goes", "comes"), [("trash", "restore"), ("unshare", "share")])
def test_a_comment_that_finds_its_page_gone_is_written_when_the_page_is_back(
    stand: Stand, task: str, monkeypatch: pytest.MonkeyPatch, goes: str, comes: str
) -> None:
    send, tries = CommentWay.send, list[str]()

    def after_it_went(way: CommentWay, prepared: Prepared) -> str:
        if not tries:
            getattr(stand.notion, goes)(task)
        tries.append(task)
        return send(way, prepared)

    monkeypatch.setattr(CommentWay, "send", after_it_went)
    stand.assign(task, stand.demo.ann)
    stand.send(task)
    stand.work()
    assert len(stand.messages()) == 1
    getattr(stand.notion, comes)(task)
    assert stand.comments(task) == []

    stand.clock.sleep(30)
    stand.send(task, type="page.undeleted")
    stand.work()

    assert len(stand.comments(task)) == len(stand.messages()) == 1
    assert len(tries) == 2


@pytest.mark.req("P4")
def test_a_missing_capability_fails_the_comment_with_its_name_and_the_message_still_goes(
    stand: Stand, task: str
) -> None:
    stand.notion.set_capabilities({"insert_comments": False})
    stand.assign(task, stand.demo.ann)
    event = stand.send(task)
    stand.work()

    effects = {e["kind"]: e for e in stand.journal(event["id"])["effects"]}
    assert effects["notion.comment"]["status"] == "failed"
    assert "restricted_resource" in effects["notion.comment"]["reason"]
    assert effects["slack.message"]["status"] == "done"


@pytest.mark.req("A12")
def test_a_name_that_the_page_does_not_tell_is_looked_up_once_and_remembered(stand: Stand, task: str) -> None:
    stand.notion.set_capabilities({"users": "none"})
    other = stand.demo.tasks["Café menu & prices"]
    for page in (task, other):
        stand.assign(page, stand.demo.ann)
        stand.send(page)
    stand.work()

    assert len(stand.notion.requests(path="/v1/users/.*")) == 1
    assert len(stand.messages()) == 2


@pytest.mark.req("P1", "P4")
def test_slack_being_down_holds_nothing_and_its_message_comes_later_once(stand: Stand, task: str) -> None:
    stand.slack.add_fault({"kind": "answer", "status": 500}, match={"path": "chat.postMessage"}, times=3)
    stand.assign(task, stand.demo.ann)
    event = stand.send(task)

    assert stand.work() == 1
    assert stand.journal(event["id"])["decision"] == "observed"
    assert len(stand.comments(task)) == 1
    for _ in range(12):
        stand.clock.sleep(60)
        stand.settle()
        stand.work()

    assert len(stand.messages()) == 1
    assert len(stand.comments(task)) == 1


@pytest.mark.req("A11")
def test_a_channel_that_is_gone_is_replaced_by_the_default_channel(stand: Stand, task: str) -> None:
    stand.slack.add_fault({"kind": "error", "error": "channel_not_found"}, match={"path": "chat.postMessage"})
    stand.assign(task, stand.demo.ann)
    stand.send(task)
    stand.work()

    assert stand.messages("#tasks") == []
    assert len(stand.messages("#team")) == 1


@pytest.mark.req("P4")
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("no json", "not JSON"),
        ('{"v":1,"kind":"dance"}', "unknown kind"),
        ('{"v":99,"kind":"event"}', "version 99"),
        ('{"v":1,"kind":"event","event":{}}', "no event"),
    ],
)
def test_a_message_that_is_no_envelope_is_parked_with_its_reason_and_the_lane_goes_on(
    stand: Stand, task: str, body: str, reason: str
) -> None:
    stand.sqs.send_message(
        QueueUrl=stand.environ["LANE_QUEUE_URL"],
        MessageBody=body,
        MessageGroupId="lane-0",
        MessageDeduplicationId="x",
    )
    stand.assign(task, stand.demo.ann)
    stand.send(task)
    stand.work()

    dead = stand.dead_letters()
    assert len(dead) == 1
    assert reason in dead[0]["MessageAttributes"]["reason"]["StringValue"]
    assert len(stand.comments(task)) == 1


@pytest.mark.req("P2")
def test_a_429_is_obeyed_to_the_second_and_is_no_error(stand: Stand, task: str) -> None:
    stand.notion.add_fault(faults.answer(429, retry_after=17))
    stand.assign(task, stand.demo.ann)
    stand.send(task)
    stand.work()

    assert stand.sqs.waits == [17]
    assert len(stand.comments(task)) == 1
