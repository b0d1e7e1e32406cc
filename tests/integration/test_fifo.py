"""One contract for the queues in memory and moto's, so that what is shown with the quick ones holds with the others."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.integration.aws import REGION
from tests.integration.clock import Clock
from tests.integration.fifo import FifoQueues


@pytest.fixture(params=["in memory", "moto"])
def queue(request: pytest.FixtureRequest) -> Iterator[tuple[Any, str, str]]:
    """A client, a queue that buries at the third receive, and its dead letters."""
    if request.param == "in memory":
        queues = FifoQueues(Clock().time)
        queues.make("dead")
        queues.make("lane", dead_letters="dead", max_receives=2)
        yield queues, "lane", "dead"
        return
    with mock_aws():
        sqs = boto3.client("sqs", region_name=REGION)
        fifo = {"FifoQueue": "true"}
        dead = sqs.create_queue(QueueName="dead.fifo", Attributes=fifo)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        redrive = f'{{"deadLetterTargetArn":"{arn}","maxReceiveCount":2}}'
        lane = sqs.create_queue(QueueName="lane.fifo", Attributes={**fifo, "RedrivePolicy": redrive})
        yield sqs, lane["QueueUrl"], dead


def send(sqs: Any, url: str, body: str, group: str = "g", key: str | None = None) -> None:
    sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=key or body)


def receive(sqs: Any, url: str, count: int = 1) -> list[dict[str, Any]]:
    answer = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=count, AttributeNames=["All"], MessageAttributeNames=["All"]
    )
    return list(answer.get("Messages", []))


def test_messages_come_in_order_and_a_hidden_head_holds_its_group(queue: tuple[Any, str, str]) -> None:
    sqs, url, _ = queue
    for body in ("a", "b"):
        send(sqs, url, body)
    send(sqs, url, "c", group="other")

    first = receive(sqs, url)
    assert [m["Body"] for m in first] == ["a"]
    assert [m["Body"] for m in receive(sqs, url)] == ["c"]
    assert receive(sqs, url) == []
    sqs.delete_message(QueueUrl=url, ReceiptHandle=first[0]["ReceiptHandle"])
    assert [m["Body"] for m in receive(sqs, url)] == ["b"]


def test_a_message_that_was_given_back_comes_again_and_counts_its_receives(
    queue: tuple[Any, str, str],
) -> None:
    sqs, url, _ = queue
    send(sqs, url, "a")
    first = receive(sqs, url)[0]
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=0)
    again = receive(sqs, url)[0]

    assert [m["Attributes"]["ApproximateReceiveCount"] for m in (first, again)] == ["1", "2"]
    assert again["MessageId"] == first["MessageId"]
    assert again["Attributes"]["MessageGroupId"] == "g"


def test_what_was_received_too_often_is_buried_with_its_group(queue: tuple[Any, str, str]) -> None:
    sqs, url, dead = queue
    send(sqs, url, "a")
    for _ in range(2):
        message = receive(sqs, url)[0]
        sqs.change_message_visibility(
            QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
        )
    assert receive(sqs, url) == []
    buried = receive(sqs, dead)[0]
    assert (buried["Body"], buried["Attributes"]["MessageGroupId"]) == ("a", "g")


def test_a_second_message_with_the_same_id_is_dropped(queue: tuple[Any, str, str]) -> None:
    sqs, url, _ = queue
    send(sqs, url, "a", key="same")
    send(sqs, url, "b", key="same")
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    assert answer["Attributes"]["ApproximateNumberOfMessages"] == "1"
    assert [m["Body"] for m in receive(sqs, url, 10)] == ["a"]


def test_what_is_hidden_does_not_count_as_waiting(queue: tuple[Any, str, str]) -> None:
    sqs, url, _ = queue
    for body in ("a", "b", "c"):
        send(sqs, url, body)
    receive(sqs, url)
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    assert answer["Attributes"]["ApproximateNumberOfMessages"] == "2"


def test_in_memory_the_hidden_head_of_a_group_shows_when_its_time_has_come() -> None:
    clock = Clock()
    queues = FifoQueues(clock.time)
    queues.make("lane", visibility=30)
    send(queues, "lane", "a")
    receive(queues, "lane")
    assert queues.next_visible("lane") == clock.time() + 30
    clock.sleep(29)
    assert receive(queues, "lane") == []
    clock.sleep(1)
    assert receive(queues, "lane")
