"""The sweep on the whole stack, under the processor's own policy."""

import json
import uuid

import pytest

from infra.local.simulators.notion import Demo
from infra.local.stack import LocalStack
from tests.stack.test_stack import eventually, vendors

pytestmark = pytest.mark.stack

QUARTER = 900
"""Seconds: what is younger than a few minutes is left to its webhook."""


def tick(stack: LocalStack, kind: str) -> None:
    """What the scheduler sends."""
    stack.client("sqs").send_message(
        QueueUrl=stack.resource("LaneQueue"),
        MessageBody=json.dumps({"v": 1, "kind": kind, "at": None}),
        MessageGroupId="lane-0",
        MessageDeduplicationId=str(uuid.uuid4()),
    )


def known(stack: LocalStack, page: str) -> bool:
    return "Item" in stack.table("StateTable").get_item(Key={"pk": f"PAGE#{page}", "sk": "SNAPSHOT"})


@pytest.mark.req("P6", "O3")
def test_a_change_whose_webhook_was_lost_is_told_by_the_sweep(stack: LocalStack, demo: Demo) -> None:
    notion, _ = vendors(stack)
    notion.set_clock_offset(-QUARTER)
    page = notion.add_page(demo.data_source_id, {"Name": "Water the plants"})
    notion.set_clock_offset(0)
    tick(stack, "sweep")
    eventually(lambda: known(stack, page))
    notion.set_clock_offset(-QUARTER + 120)
    notion.edit(page, properties={"Assignee": [demo.chloe]}, by=demo.ben, silent=True)
    notion.set_clock_offset(0)
    assert notion.comments(page) == []

    tick(stack, "sweep")

    eventually(lambda: notion.comments(page))
