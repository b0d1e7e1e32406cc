"""One assignment, told once; told again by Notion, and nobody told twice."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.local.demo.seed import TASK
from infra.local.demo.stage import journal, posted
from infra.local.demo.story import Story, must, seen
from infra.local.simulators.notion import Demo, NotionAdmin
from infra.local.simulators.notion.demo import ASSIGNEE_ID, TASKS_DATA_SOURCE
from infra.local.simulators.slack import SlackAdmin
from infra.local.stack import LocalStack
from steward.dialects import normalise
from steward.envelope import encode
from steward.lane import FIRST, Lane
from steward.rules import AssignmentRule


@dataclass(frozen=True)
class Telling:
    """What the rules make of the assignment: a comment or none, and messages in these channels."""

    comment: bool
    channels: tuple[str, ...]

    def seen(self, notion: NotionAdmin, slack: SlackAdmin | None, page: str) -> Mapping[str, list[str]]:
        """What people now see, by where they see it."""
        told = {"comment": [comment["text"] for comment in notion.comments(page)]}
        for channel in self.channels if slack else ():
            told[channel] = posted(slack, channel) if slack else []
        return told


def telling_of(stack: LocalStack) -> Telling | None:
    """What the rules make of an assignment of one of the demo's tasks; None when they do not watch those."""
    source = stack.rules.source_of(TASKS_DATA_SOURCE) if stack.rules else None
    assignments = source.of_kind(AssignmentRule) if source else ()
    if stack.rules is None or source is None or not assignments:
        return None
    channels = {stack.rules.channel_for(source, rule): None for rule in assignments if rule.slack}
    return Telling(any(rule.comment for rule in assignments), tuple(channels))


def play(stack: LocalStack, story: Story, notion: NotionAdmin, telling: Telling, demo: Demo) -> bytes:
    """Assign a task, and deliver its event again; the delivery's body.

    Raises:
        DemoFailure: something was not seen in time, or was seen twice.
    """
    slack = stack.slack
    page = demo.tasks[TASK]
    for channel in telling.channels if slack else ():
        if slack and channel.startswith("#"):
            slack.add_channel(channel.removeprefix("#"))
    story.chapter(f"Ben assigns “{TASK}” to Ann")
    notion.edit(page, properties={"Assignee": [demo.ann]}, by=demo.ben)
    story.tell("edit", "Notion's page has a new assignee; its webhook is on its way")
    delivery = seen("a delivery that was accepted", lambda: next(iter(_accepted(notion)), None))
    event = json.loads(delivery["body"])
    size = len(delivery["body"].encode())
    story.tell("delivery", f"{event['type']}, {size} bytes: ids only, no names and no values")
    took = delivery["seconds"] * 1000
    story.tell("verification", f"the signature is right; answered {delivery['status']} in {took:.0f} ms")
    row = seen("the event in the journal", lambda: journal(stack, event["id"]))
    hop = int(row["latency_ms"])
    story.tell("queue hop", f"on the lane and worked off {hop} ms later: {row['decision']}, {row['why']}")
    for call in notion.requests():
        story.tell("to Notion", f"{call['method']} {call['path']} → {call['status']}")
    for call in slack.requests() if slack else []:
        story.tell("to Slack", f"POST {call['path']} → {call['status']}")
    told = telling.seen(notion, slack, page)
    _show(story, telling, told, slack is not None)

    story.chapter("Notion delivers the same event again")
    calls = len(notion.requests())
    attempts = len(notion.deliveries(event_id=event["id"]))
    notion.redeliver(event["id"])
    again = seen("the second delivery", lambda: notion.deliveries(event_id=event["id"])[attempts:])[-1]
    must(again["status"] == 200, f"a 200 for the second delivery, but it was {again['status']}")
    story.tell("at once", "acknowledged with 200; the queue knows the id and drops it")
    _as_if_hours_later(stack, event)
    seen("the second delivery in the journal", lambda: _deliveries(stack, event["id"]) >= 2)
    story.tell("hours later", "past the queue's memory (simulated by another queue id): the journal knows it")
    now = telling.seen(notion, slack, page)
    must(now == told, f"that nobody is told twice, but it went from {told} to {now}")
    further = len(notion.requests()) - calls
    counts = ", ".join(f"{len(texts)} in {where}" for where, texts in now.items() if where != "comment")
    total = f"{len(now['comment'])} comment" + (f", {counts}" if counts else "")
    story.tell("nobody twice", f"still {total}; {further} further calls to Notion")
    return str(delivery["body"]).encode()


def _show(story: Story, telling: Telling, told: Mapping[str, list[str]], simulated: bool) -> None:
    """Show what each reader sees, which has to be exactly one of each that the rules ask for."""
    wanted = {"comment": int(telling.comment), **dict.fromkeys(told.keys() - {"comment"}, 1)}
    for where, count in wanted.items():
        texts = told[where]
        must(len(texts) == count, f"{count} in {where}, but there are {len(texts)}")
        for text in texts:
            story.tell(where, text)
    if telling.channels and not simulated:
        story.tell("Slack", "is not simulated here; look into the channel yourself")


def _as_if_hours_later(stack: LocalStack, event: dict[str, Any]) -> None:
    """Put the event on the lane with a new deduplication id, as Notion's retry after five minutes gets through."""
    lane = Lane(stack.client("sqs"), stack.resource("LaneQueue"))
    lane.republish(encode(normalise(event), datetime.now(UTC)), FIRST, f"{event['id']}-later")


def _deliveries(stack: LocalStack, event_id: str) -> int:
    return int((journal(stack, event_id) or {"deliveries": 0})["deliveries"])


def _accepted(notion: NotionAdmin) -> list[dict[str, Any]]:
    mark = json.dumps(ASSIGNEE_ID)
    return [d for d in notion.deliveries() if d["status"] == 200 and mark in str(d["body"])]
