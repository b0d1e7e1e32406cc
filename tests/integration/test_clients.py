"""The vendor clients over the simulators: every trouble that a vendor can make, as the value that the table knows."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from infra.local.simulators.notion import Demo, NotionSimulator, faults, seed_demo
from infra.local.simulators.slack import SlackSimulator
from steward.budget import Budget
from steward.clients.notion import NotionClient
from steward.clients.pacing import Pacer
from steward.clients.slack import ConfiguredSlack, Slack, SlackWebhook
from steward.clients.slack_bot import SlackBot, web_client
from steward.clients.transport import Transport, plain_session
from steward.deadline import Deadline
from steward.errors import CallFailed, Failure
from tests.integration.clock import Clock

BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}]
HISTORY = {"path": "conversations.history"}
POST = {"path": "chat.postMessage"}


class Fixture:
    """A Notion, a Slack, and clients for both."""

    def __init__(self, notion: NotionSimulator, slack: SlackSimulator, clock: Clock) -> None:
        self.notion, self.slack, self.clock = notion, slack, clock
        self.demo: Demo = seed_demo(notion)
        slack.seed_demo()
        self.tokens = [notion.token]
        self.budget = Budget(180, clock.time)
        deadline = Deadline()
        transport = Transport(plain_session(), "notion", deadline, clock.sleep, Random(1))
        self.client = NotionClient(transport, notion.url, "2026-03-11", self.token, self.budget, clock.now)
        self.bot = SlackBot(
            web_client(slack.bot_token, slack.api_url),
            Pacer(clock.time, clock.sleep),
            deadline,
        )
        self.webhook = SlackWebhook(transport, slack.webhook_url, Pacer(clock.time, clock.sleep))
        self.page = self.demo.tasks["Review the contract"]

    def token(self, fresh: bool) -> str:
        return self.tokens[-1] if fresh else self.tokens[0]

    def comment(self) -> Any:
        return self.client.create_comment(self.page, [{"type": "text", "text": {"content": "hello"}}])


@pytest.fixture
def world() -> Iterator[Fixture]:
    clock = Clock()
    with NotionSimulator(clock=clock.time) as notion, SlackSimulator(clock=clock.time) as slack:
        yield Fixture(notion, slack, clock)


def failing(call: Callable[[], Any]) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        call()
    return caught.value


def test_a_page_is_observed_at_notions_own_time(world: Fixture) -> None:
    answer = world.client.page(world.page)

    assert answer.observed_at == world.clock.now()
    assert answer.body["properties"]["Assignee"]["id"] == "XGe%40"
    assert world.client.me().body["id"] == world.notion.bot_id


@pytest.mark.req("P3")
def test_more_comments_than_a_page_are_all_listed(world: Fixture) -> None:
    world.notion.set_page_cap(2)
    made = [world.comment().body["id"] for _ in range(5)]

    assert [c["id"] for c in world.client.comments(world.page)] == made


@pytest.mark.req("P2", "P3", "P4")
@pytest.mark.parametrize(
    ("fault", "failure", "maybe", "saved"),
    [
        (faults.answer(503), Failure.UNAVAILABLE, True, 0),
        (faults.answer(529), Failure.UNAVAILABLE, True, 0),
        (faults.saved(503), Failure.UNAVAILABLE, True, 1),
        (faults.saved(504), Failure.UNAVAILABLE, True, 1),
        (faults.html(), Failure.UNAVAILABLE, False, 0),
        (faults.malformed(), Failure.UNAVAILABLE, True, 1),
        (faults.reset(), Failure.UNREACHABLE, True, 0),
        (faults.reset(after_saving=True), Failure.UNREACHABLE, True, 1),
        (faults.answer(429, retry_after=9), Failure.RATE_LIMITED, False, 0),
        (
            faults.answer(429, reason="public_api_space_request_rate_limit"),
            Failure.WORKSPACE_LIMITED,
            False,
            0,
        ),
        (faults.answer(429, reason="public_api_request_blocked"), Failure.BLOCKED, False, 0),
        (faults.answer(403), Failure.FORBIDDEN, False, 0),
        (faults.answer(409), Failure.CONFLICT, False, 0),
    ],
    ids=str,
)
def test_a_comment_that_fails_says_whether_it_may_be_there(
    world: Fixture, fault: dict[str, Any], failure: Failure, maybe: bool, saved: int
) -> None:
    world.notion.add_fault(fault, match={"method": "POST"})

    found = failing(world.comment)

    assert (found.failure, found.maybe_done) == (failure, maybe)
    assert len(world.notion.comments(world.page)) == saved
    assert world.notion.token not in str(found)


@pytest.mark.req("P2")
def test_a_429_closes_the_budget_for_as_long_as_the_vendor_says(world: Fixture) -> None:
    world.notion.add_fault(faults.answer(429, retry_after=40))
    failing(lambda: world.client.page(world.page))
    asked = len(world.notion.requests())

    assert failing(lambda: world.client.page(world.page)).failure is Failure.BUDGET_SPENT
    assert len(world.notion.requests()) == asked
    world.clock.sleep(41)
    world.client.page(world.page)


@pytest.mark.req("T9")
def test_a_replaced_token_is_read_anew_once_and_a_write_goes_through_once(world: Fixture) -> None:
    world.tokens = ["ntn_old", world.notion.token]

    world.comment()

    assert len(world.notion.comments(world.page)) == 1
    world.tokens = ["ntn_old", "ntn_older"]
    assert failing(world.comment).failure is Failure.UNAUTHORIZED
    world.tokens = [""]
    asked = len(world.notion.requests())
    assert failing(world.comment).failure is Failure.UNAUTHORIZED
    assert len(world.notion.requests()) == asked


@pytest.mark.parametrize("page_id", ["../users/me", "x?y=1", "a/b", "é", "%2e%2e"])
def test_an_id_chooses_no_other_endpoint(world: Fixture, page_id: str) -> None:
    assert failing(lambda: world.client.page(page_id)).failure in (Failure.NOT_FOUND, Failure.INVALID)
    assert all(r["path"].startswith("/v1/pages/") for r in world.notion.requests())


@pytest.mark.req("P3", "A11")
def test_a_message_is_found_again_by_its_effect_among_many(world: Fixture) -> None:
    since = datetime.now(UTC) - timedelta(days=1)
    for number in range(250):
        world.clock.sleep(2)
        posted = world.bot.post("#tasks", "hello", BLOCKS, f"effect-{number}")
    assert posted.channel_id is not None

    found = world.bot.find(posted.channel_id, "effect-3", world.clock.now() - timedelta(hours=1))
    assert found is not None
    assert found.ts == world.slack.messages("#tasks")[3]["ts"]
    assert world.bot.find(posted.channel_id, "effect-999", since) is None


@pytest.mark.req("A11", "P4")
@pytest.mark.parametrize(
    ("fault", "failure", "maybe", "saved"),
    [
        ({"kind": "answer", "status": 429, "retry_after": 30}, Failure.RATE_LIMITED, False, 0),
        ({"kind": "answer", "status": 500}, Failure.UNAVAILABLE, True, 0),
        ({"kind": "saved", "status": 500}, Failure.UNAVAILABLE, True, 1),
        ({"kind": "reset"}, Failure.UNREACHABLE, True, 0),
        ({"kind": "reset", "saved": True}, Failure.UNREACHABLE, True, 1),
        ({"kind": "malformed"}, Failure.UNAVAILABLE, True, 1),
        ({"kind": "error", "error": "channel_not_found"}, Failure.REJECTED, False, 0),
        ({"kind": "error", "error": "is_archived"}, Failure.REJECTED, False, 0),
        ({"kind": "error", "error": "invalid_auth"}, Failure.UNAUTHORIZED, False, 0),
        ({"kind": "error", "error": "missing_scope"}, Failure.FORBIDDEN, False, 0),
        ({"kind": "error", "error": "fatal_error"}, Failure.UNAVAILABLE, True, 0),
    ],
    ids=str,
)
def test_a_message_that_fails_says_whether_it_may_be_there(
    world: Fixture, fault: dict[str, Any], failure: Failure, maybe: bool, saved: int
) -> None:
    world.slack.add_fault(fault, match=POST)

    found = failing(lambda: world.bot.post("#tasks", "hello", BLOCKS, "effect"))

    assert (found.failure, found.maybe_done) == (failure, maybe)
    assert len(world.slack.messages("#tasks")) == saved
    assert len(world.slack.requests()) == 1, "slack_sdk repeated it"
    assert world.slack.bot_token not in str(found)
    if failure is Failure.RATE_LIMITED:
        assert found.retry_after == 30


@pytest.mark.req("A11")
def test_an_incoming_webhook_posts_and_says_in_plain_text_what_is_wrong(world: Fixture) -> None:
    world.webhook.post("#ignored", "hello", BLOCKS, "effect")
    assert [m["text"] for m in world.slack.messages("#team")] == ["hello"]

    world.clock.sleep(2)
    world.slack.archive("#team")
    found = failing(lambda: world.webhook.post("#ignored", "hello", BLOCKS, "effect"))
    assert (found.failure, found.status, found.code) == (Failure.REJECTED, 410, "channel_is_archived")
    assert "services" not in str(found)


@pytest.mark.req("A11")
def test_the_bot_token_comes_before_the_webhook_and_a_changed_secret_is_followed(world: Fixture) -> None:
    secret: dict[str, str] = {}
    used: list[str] = []

    def way(kind: str, made: Slack) -> Callable[[str], Slack]:
        def choose(key: str) -> Slack:
            used.append(f"{kind} {key}")
            return made

        return choose

    slack = ConfiguredSlack(lambda: secret, way("bot", world.bot), way("webhook", world.webhook))
    assert failing(lambda: slack.post("#team", "a", BLOCKS, "e")).failure is Failure.UNAUTHORIZED
    assert slack.can_find is False

    secret |= {"webhook_url": "https://hooks.example/w"}
    slack.post("#team", "b", BLOCKS, "e")
    secret |= {"bot_token": "t"}
    slack.post("#tasks", "c", BLOCKS, "e")
    assert bool(slack.can_find)
    assert used == ["webhook https://hooks.example/w", "bot t"]


@pytest.mark.req("A11")
def test_a_channel_gets_one_message_a_second(world: Fixture) -> None:
    began = world.clock.time()
    for _ in range(3):
        world.bot.post("#tasks", "hello", BLOCKS, "effect")
    world.bot.post("#team", "hello", BLOCKS, "effect")

    assert world.clock.time() - began == pytest.approx(2)
