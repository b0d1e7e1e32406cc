"""The scenario of ``make run``: one assignment, told once; told again, told nobody; forged, refused. Seen, not claimed."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from rich.console import Console
from rich.markup import escape

from infra.local.simulators.notion import NotionAdmin, seed_demo
from infra.local.simulators.notion.demo import ASSIGNEE_ID
from infra.local.simulators.slack import SlackAdmin
from infra.local.stack import LocalStack
from steward.envelope import encode
from steward.events import normalise
from steward.lane import Lane
from steward.signature import sign

T = TypeVar("T")

PATIENCE = 20.0
"""Seconds until something that should be seen is given up."""

TASK = "Review the contract"


class DemoFailure(Exception):
    """Something that should be seen was not."""


class _Story:
    """Prints steps with the time since the story began."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._began = time.monotonic()

    def tell(self, step: str, what: str) -> None:
        self._console.print(
            f"  [dim]{time.monotonic() - self._began:6.2f} s[/]  [bold]{step:<13}[/]{escape(what)}"
        )

    def head(self, text: str) -> None:
        self._console.print(f"\n[bold]{escape(text)}[/]")


def play(stack: LocalStack) -> None:
    """Play the scenario against a stack that is up.

    Raises:
        DemoFailure: something was not seen in time.
    """
    story = _Story()
    notion, slack = stack.notion, stack.slack
    if notion is None:
        story.head("Notion is not simulated here: only the door is shown")
        _forged(stack, story, b'{"type":"page.created"}')
    else:
        _assignment(stack, story, notion, slack)
    _what_next(stack, story)


def _assignment(stack: LocalStack, story: _Story, notion: NotionAdmin, slack: SlackAdmin | None) -> None:
    demo = seed_demo(notion)
    page = demo.tasks[TASK]
    story.head(f"1 · Ben assigns “{TASK}” to Ann")
    notion.edit(page, properties={"Assignee": [demo.ann]}, by=demo.ben)
    story.tell("edit", "Notion's page has a new assignee; its webhook is on its way")
    delivery = _seen("a delivery that was accepted", lambda: next(iter(_accepted(notion)), None))
    event = json.loads(delivery["body"])
    story.tell(
        "delivery",
        f"{event['type']} of page {page}: {len(delivery['body'].encode())} bytes, no names, no values",
    )
    took = delivery["seconds"] * 1000
    story.tell(
        "verification",
        f"signature right, event on the lane, acknowledged with {delivery['status']} in {took:.0f} ms",
    )
    row = _seen("the event in the journal", lambda: _journal(stack, event["id"]))
    story.tell(
        "queue hop",
        f"worked {int(row['latency_ms'])} ms after it was taken in: {row['decision']}, {row['why']}",
    )
    for call in notion.requests():
        story.tell("call", f"{call['method']} {call['path']} → {call['status']}")
    comments = notion.comments(page)
    _must(len(comments) == 1, f"one comment on the page, but there are {len(comments)}")
    story.tell("comment", comments[0]["text"])
    messages = slack.messages("#tasks") if slack else []
    if slack:
        _must(len(messages) == 1, f"one message in #tasks, but there are {len(messages)}")
        story.tell("#tasks", messages[0]["text"])

    story.head("2 · Notion delivers the same event again")
    attempts = len(notion.deliveries(event_id=event["id"]))
    notion.redeliver(event["id"])
    again = _seen("the second delivery", lambda: notion.deliveries(event_id=event["id"])[attempts:])[-1]
    _must(again["status"] == 200, f"a 200 for the second delivery, but it was {again['status']}")
    story.tell("delivery", "the same id within five minutes: acknowledged, and dropped by the queue itself")
    _as_if_hours_later(stack, event)
    _seen("the second delivery in the journal", lambda: _deliveries(stack, event["id"]) >= 2)
    story.tell(
        "hours later",
        "past the queue's memory (sent with another deduplication id): the journal knows the event",
    )
    _must(len(notion.comments(page)) == 1, "still one comment")
    _must(slack is None or len(slack.messages("#tasks")) == 1, "still one message")
    story.tell("told nobody", "still one comment, still one message, no call made")

    story.head("3 · Somebody forges a delivery")
    _forged(stack, story, delivery["body"].encode())


def _as_if_hours_later(stack: LocalStack, event: dict[str, Any]) -> None:
    """Put the event on the lane with a new deduplication id, as Notion's retry after five minutes gets through."""
    lane = Lane(stack.client("sqs"), stack.resource("LaneQueue"))
    lane.republish(encode(normalise(event), datetime.now(UTC)), "lane-0", f"{event['id']}-later")


def _deliveries(stack: LocalStack, event_id: str) -> int:
    return int((_journal(stack, event_id) or {"deliveries": 0})["deliveries"])


def _forged(stack: LocalStack, story: _Story, body: bytes) -> None:
    status, answer = _post(stack.url, body, sign(body, "secret_of_somebody_else"))
    _must(status == 401, f"a 401, but the answer was {status}")
    story.tell(f"{status}", answer)


def _what_next(stack: LocalStack, story: _Story) -> None:
    story.head("Try next")
    print(f"curl -i -X POST {stack.url}/webhooks/notion -d '{{}}'")
    if stack.notion is not None:
        body = json.dumps(
            {
                "page_id": "7a5c0000-0000-4000-8000-000000000003",
                "properties": {"Assignee": [_ben(stack.notion)]},
            }
        )
        print(f"curl -s {stack.notion.url}/_admin/edit -d '{body}'   # assigns another task, to Ben")
    if stack.slack is not None:
        print(f"curl -s '{stack.slack.url}/_admin/messages?channel=%23tasks'   # what the channel shows then")
    print(flush=True)


def _ben(notion: NotionAdmin) -> str:
    return str(next(u["id"] for u in notion.users() if u["name"] == "Ben"))


def _accepted(notion: NotionAdmin) -> list[dict[str, Any]]:
    mark = json.dumps(ASSIGNEE_ID)
    return [d for d in notion.deliveries() if d["status"] == 200 and mark in str(d["body"])]


def _journal(stack: LocalStack, event_id: str) -> dict[str, Any] | None:
    answer = stack.table("JournalTable").get_item(
        Key={"pk": f"EVENT#{event_id}", "sk": "RECORD"}, ConsistentRead=True
    )
    item: dict[str, Any] | None = answer.get("Item")
    return item


def _seen(what: str, look: Callable[[], T | None]) -> T:
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        if time.monotonic() > end:
            raise DemoFailure(f"{what}, within {PATIENCE:.0f} s")
        time.sleep(0.02)
    return found


def _must(true: bool, what: str) -> None:
    if not true:
        raise DemoFailure(what)


def _post(url: str, body: bytes, signature: str) -> tuple[int, str]:
    headers = {"X-Notion-Signature": signature, "Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/webhooks/notion", body, headers)  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return int(answer.status), answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
