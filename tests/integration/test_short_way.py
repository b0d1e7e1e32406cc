"""One contract for the short way to a simulator and HTTP's, so that what is shown with the quick one holds with the other."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from itertools import count
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import requests

from infra.local.simulators.notion import NotionSimulator, faults, seed_demo
from infra.local.simulators.slack import SlackSimulator
from tests.integration.short_way import short_ways, to_notion, to_slack

Seen = tuple[int, dict[str, str], Any]
"""Status, headers by name in lower case, document."""

NOON = 1_795_262_400.0
OF_THE_WIRE = ("server", "date")
"""Slack's simulator names its software, and the real time."""


class World:
    """A Notion and a Slack, reached in one of the ways."""

    def __init__(self, notion: NotionSimulator, slack: SlackSimulator) -> None:
        self.notion, self.slack = notion, slack
        self.demo = seed_demo(notion)
        slack.seed_demo()
        self.session = requests.Session()
        self.session.trust_env = False

    def ask_notion(self, method: str, path: str, body: Any = None, token: str | None = None) -> Seen:
        """With requests."""
        headers = {"Authorization": f"Bearer {token or self.notion.token}", "Notion-Version": "2026-03-11"}
        answer = self.session.request(method, self.notion.url + path, json=body, headers=headers, timeout=5)
        return answer.status_code, small(answer.headers), answer.json()

    def ask_slack(self, method: str, **arguments: str) -> Seen:
        """With urllib, as slack_sdk does."""
        headers = {
            "Authorization": f"Bearer {self.slack.bot_token}",
            "Content-Type": "application/json;charset=utf-8",
        }
        request = Request(self.slack.api_url + method, json.dumps(arguments).encode(), headers, method="POST")
        try:
            with urlopen(request, timeout=5) as answer:
                return answer.status, small(dict(answer.headers)), json.loads(answer.read())
        except HTTPError as error:
            with error:
                return error.code, small(dict(error.headers)), json.loads(error.read())


def small(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@pytest.fixture
def worlds() -> Iterator[tuple[World, World]]:
    """Two of the same, one reached the short way."""
    with ExitStack() as stack:
        made = [
            World(
                stack.enter_context(NotionSimulator(clock=lambda: NOON)),
                stack.enter_context(SlackSimulator(clock=lambda: NOON)),
            )
            for _ in range(2)
        ]
        short, long = made
        ways = {short.notion.url: to_notion(short.notion), short.slack.url: to_slack(short.slack)}
        stack.enter_context(short_ways(ways))
        for each in made:
            stack.callback(each.session.close)
        yield short, long


def test_notion_answers_the_same_in_both_ways(worlds: tuple[World, World]) -> None:
    def said(world: World) -> list[Seen]:
        page = next(iter(world.demo.tasks.values()))
        source = f"/v1/data_sources/{world.demo.data_source_id}"
        world.notion.add_fault({"kind": "answer", "status": 529, "retry_after": 7}, after=6)
        comment = {"parent": {"page_id": page}, "rich_text": [{"text": {"content": "schön ✓"}}]}
        return [
            world.ask_notion("GET", f"/v1/pages/{page}"),
            world.ask_notion("GET", f"/v1/comments?block_id={page}&page_size=1"),
            world.ask_notion("POST", f"{source}/query", {"page_size": 2}),
            world.ask_notion("POST", "/v1/comments", comment),
            world.ask_notion("GET", "/v1/pages/none"),
            world.ask_notion("GET", "/v1/users", token="wrong"),
            world.ask_notion("GET", "/v1/users"),
        ]

    short, long = worlds
    found = said(short)
    assert [status for status, _, _ in found] == [200, 200, 200, 200, 400, 401, 529]
    assert found == said(long)
    assert short.notion.requests() == long.notion.requests()


def test_slack_answers_the_same_in_both_ways(worlds: tuple[World, World]) -> None:
    def said(world: World) -> list[Seen]:
        world.slack.add_fault({"kind": "answer", "status": 429, "retry_after": 30}, after=3)
        return [
            world.ask_slack("chat.postMessage", channel="#tasks", text="schön ✓"),
            world.ask_slack("chat.postMessage", channel="#nowhere", text="hello"),
            world.ask_slack("auth.test"),
            world.ask_slack("chat.postMessage", channel="#tasks", text="again"),
        ]

    def of_vendor(seen: list[Seen]) -> list[Seen]:
        assert all("date" in headers for _, headers, _ in seen)
        return [(s, {n: v for n, v in h.items() if n not in OF_THE_WIRE}, d) for s, h, d in seen]

    short, long = worlds
    found = of_vendor(said(short))
    assert [status for status, _, _ in found] == [200, 200, 200, 429]
    assert found == of_vendor(said(long))
    assert short.slack.messages("#tasks") == long.slack.messages("#tasks")


def test_an_incoming_webhook_takes_the_same_in_both_ways(worlds: tuple[World, World]) -> None:
    def said(world: World) -> list[tuple[int, str]]:
        answers = [
            world.session.post(world.slack.webhook_url, json={"text": text}, timeout=5)
            for text in ("hello", None)
        ]
        return [(answer.status_code, answer.text) for answer in answers]

    short, long = worlds
    assert said(short) == said(long) == [(200, "ok"), (400, "no_text")]


@pytest.mark.parametrize("saved", [False, True])
def test_a_cut_connection_is_cut_in_both_ways(worlds: tuple[World, World], saved: bool) -> None:
    for world in worlds:
        page = next(iter(world.demo.tasks.values()))
        world.notion.add_fault(faults.reset(after_saving=saved))
        world.slack.add_fault({"kind": "reset", "saved": saved})
        with pytest.raises(requests.ConnectionError):
            world.ask_notion("PATCH", f"/v1/pages/{page}", {"properties": {"Name": {"title": []}}})
        with pytest.raises(OSError, match=r"reset|closed|Remote"):
            world.ask_slack("chat.postMessage", channel="#tasks", text="hello")
        assert len(world.slack.messages("#tasks")) == saved
        assert world.ask_notion("GET", f"/v1/pages/{page}")[0] == 200


def test_only_the_short_way_opens_no_connection(
    worlds: tuple[World, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = count()
    for world in worlds:
        server = world.notion._server
        monkeypatch.setattr(server, "opened", lambda _: next(opened))
    short, long = worlds
    short.ask_notion("GET", "/v1/users")
    assert next(opened) == 0
    long.ask_notion("GET", "/v1/users")
    assert next(opened) == 2
