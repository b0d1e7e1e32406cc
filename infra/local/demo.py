"""The scenario of ``make run``: one assignment, told once; told again, told nobody; forged, refused. Seen, not claimed."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from rich.console import Console
from rich.markup import escape

from infra.local.simulators.notion import NotionAdmin, seed_demo
from infra.local.simulators.notion.demo import ASSIGNEE_ID, BEN, TASKS_DATA_SOURCE
from infra.local.simulators.slack import SlackAdmin
from infra.local.stack import LocalStack
from steward.envelope import encode
from steward.events import normalise
from steward.lane import FIRST, Lane
from steward.rules import AssignmentRule
from steward.signature import sign

T = TypeVar("T")

PATIENCE = 20.0
"""Seconds until something that should be seen is given up."""

TASK = "Review the contract"
NEXT_TASK = "7a5c0000-0000-4000-8000-000000000003"


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


@dataclass(frozen=True)
class _Telling:
    """What the rules make of the assignment: a comment or none, and messages in these channels."""

    comment: bool
    channels: tuple[str, ...]

    def seen(self, notion: NotionAdmin, slack: SlackAdmin | None, page: str) -> Mapping[str, list[str]]:
        """What people now see, by where they see it."""
        told = {"comment": [comment["text"] for comment in notion.comments(page)]}
        for channel in self.channels if slack else ():
            told[channel] = [message["text"] for message in slack.messages(channel)] if slack else []
        return told


def play(stack: LocalStack) -> None:
    """Play the scenario against a stack that is up, as far as Notion and Slack are simulated.

    Raises:
        DemoFailure: something was not seen in time.
    """
    story = _Story()
    telling = _telling(stack)
    if stack.notion is None:
        story.head("Notion is not simulated here, so nobody can be assigned: only the door is shown")
        _forged(stack, story, b'{"type":"page.created"}')
    elif telling is None:
        story.head(f"The rules do not watch the demo's tasks ({TASKS_DATA_SOURCE}): only the door is shown")
        _forged(stack, story, b'{"type":"page.created"}')
    else:
        _assignment(stack, story, stack.notion, telling)
    _what_next(stack, story, telling)


def _telling(stack: LocalStack) -> _Telling | None:
    source = stack.rules.source_of(TASKS_DATA_SOURCE) if stack.rules else None
    assignments = source.of_kind(AssignmentRule) if source else ()
    if stack.rules is None or source is None or not assignments:
        return None
    channels = {stack.rules.channel_for(source, rule): None for rule in assignments if rule.slack}
    return _Telling(any(rule.comment for rule in assignments), tuple(channels))


def _assignment(stack: LocalStack, story: _Story, notion: NotionAdmin, telling: _Telling) -> None:
    slack = stack.slack
    demo = seed_demo(notion)
    page = demo.tasks[TASK]
    for channel in telling.channels if slack else ():
        if slack and channel.startswith("#"):
            slack.add_channel(channel.removeprefix("#"))
    story.head(f"1 · Ben assigns “{TASK}” to Ann")
    notion.edit(page, properties={"Assignee": [demo.ann]}, by=demo.ben)
    story.tell("edit", "Notion's page has a new assignee; its webhook is on its way")
    delivery = _seen("a delivery that was accepted", lambda: next(iter(_accepted(notion)), None))
    event = json.loads(delivery["body"])
    size = len(delivery["body"].encode())
    story.tell("delivery", f"{event['type']}, {size} bytes: ids only, no names and no values")
    took = delivery["seconds"] * 1000
    story.tell("verification", f"the signature is right; answered {delivery['status']} in {took:.0f} ms")
    row = _seen("the event in the journal", lambda: _journal(stack, event["id"]))
    hop = int(row["latency_ms"])
    story.tell("queue hop", f"on the lane and worked off {hop} ms later: {row['decision']}, {row['why']}")
    for call in notion.requests():
        story.tell("to Notion", f"{call['method']} {call['path']} → {call['status']}")
    for call in slack.requests() if slack else []:
        story.tell("to Slack", f"POST {call['path']} → {call['status']}")
    told = telling.seen(notion, slack, page)
    _show(story, telling, told, slack is not None)

    story.head("2 · Notion delivers the same event again")
    calls = len(notion.requests())
    attempts = len(notion.deliveries(event_id=event["id"]))
    notion.redeliver(event["id"])
    again = _seen("the second delivery", lambda: notion.deliveries(event_id=event["id"])[attempts:])[-1]
    _must(again["status"] == 200, f"a 200 for the second delivery, but it was {again['status']}")
    story.tell("at once", "acknowledged with 200; the queue knows the id and drops it")
    _as_if_hours_later(stack, event)
    _seen("the second delivery in the journal", lambda: _deliveries(stack, event["id"]) >= 2)
    story.tell("hours later", "past the queue's memory (simulated by another queue id): the journal knows it")
    now = telling.seen(notion, slack, page)
    _must(now == told, f"that nobody is told twice, but it went from {told} to {now}")
    further = len(notion.requests()) - calls
    counts = ", ".join(f"{len(texts)} in {where}" for where, texts in now.items() if where != "comment")
    total = f"{len(now['comment'])} comment" + (f", {counts}" if counts else "")
    story.tell("nobody twice", f"still {total}; {further} further calls to Notion")

    story.head("3 · Somebody forges a delivery")
    _forged(stack, story, delivery["body"].encode())


def _show(story: _Story, telling: _Telling, told: Mapping[str, list[str]], simulated: bool) -> None:
    """Show what each reader sees, which has to be exactly one of each that the rules ask for."""
    wanted = {"comment": int(telling.comment), **dict.fromkeys(told.keys() - {"comment"}, 1)}
    for where, count in wanted.items():
        texts = told[where]
        _must(len(texts) == count, f"{count} in {where}, but there are {len(texts)}")
        for text in texts:
            story.tell(where, text)
    if telling.channels and not simulated:
        story.tell("Slack", "is not simulated here; look into the channel yourself")


def _as_if_hours_later(stack: LocalStack, event: dict[str, Any]) -> None:
    """Put the event on the lane with a new deduplication id, as Notion's retry after five minutes gets through."""
    lane = Lane(stack.client("sqs"), stack.resource("LaneQueue"))
    lane.republish(encode(normalise(event), datetime.now(UTC)), FIRST, f"{event['id']}-later")


def _deliveries(stack: LocalStack, event_id: str) -> int:
    return int((_journal(stack, event_id) or {"deliveries": 0})["deliveries"])


def _forged(stack: LocalStack, story: _Story, body: bytes) -> None:
    status, answer = _post(stack.url, body, sign(body, "secret_of_somebody_else"))
    _must(status == 401, f"a 401, but the answer was {status}")
    story.tell(f"{status}", json.loads(answer)["error"] + ": " + json.loads(answer)["message"])


def _what_next(stack: LocalStack, story: _Story, telling: _Telling | None) -> None:
    """Two commands that work when they are pasted."""
    story.head("Try next")
    print("  # an unsigned delivery is refused")
    print(f"  curl -i -X POST {stack.url}/webhooks/notion -d '{{}}'")
    if stack.notion is None or telling is None:
        return
    edit = json.dumps({"page_id": NEXT_TASK, "properties": {"Assignee": [BEN]}})
    look = f"curl -s {stack.notion.url}/_admin/comments -d '{json.dumps({'page_id': NEXT_TASK})}'"
    if stack.slack and telling.channels:
        where = json.dumps({"channel": telling.channels[0]})
        look = f"curl -s {stack.slack.url}/_admin/messages -d '{where}'"
    print("  # assign another task, to Ben, and look who was told")
    print(f"  curl -s {stack.notion.url}/_admin/edit -d '{edit}' && sleep 2 && {look}", flush=True)


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
