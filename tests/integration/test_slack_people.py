"""People and threads in Slack, over the simulated Slack and the State table."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from moto import mock_aws

from infra.local.simulators.slack import SlackSimulator
from steward.clients.pacing import Pacer
from steward.clients.slack import SlackWebhook
from steward.clients.slack_bot import SlackBot, web_client
from steward.clients.transport import Transport, plain_session
from steward.deadline import Deadline
from steward.errors import CallFailed, Failure
from steward.memory import Memory
from steward.mrkdwn import escape, mention, messages
from steward.slack_people import SlackPeople
from steward.slack_threads import SlackThreads
from tests.integration.aws import make_resources, session_of_all
from tests.integration.clock import Clock

pytestmark = pytest.mark.req("A11")
ANN, BEN, DAN, EVE = (f"{name}@example.com" for name in ("ann", "ben", "dan", "eve"))
HOUR = 3600
BLOCKS = messages(["hello"])[0].blocks


class World:
    """A Slack, a State table, and the people known from both."""

    def __init__(self, slack: SlackSimulator, clock: Clock, table: Any) -> None:
        self.slack, self.clock, self.table = slack, clock, table
        slack.seed_demo()
        self.memory = Memory(table, clock.now)
        self.bot = SlackBot(
            web_client(slack.bot_token, slack.api_url), Pacer(clock.time, clock.sleep), Deadline()
        )
        transport = Transport(plain_session(), "slack", Deadline(), clock.sleep, Random(1))
        self.webhook = SlackWebhook(transport, slack.webhook_url, Pacer(clock.time, clock.sleep))
        self.people = SlackPeople(self.memory, self.bot)

    def id_of(self, name: str) -> str:
        return next(str(u["id"]) for u in self.slack.users() if u["real_name"] == name)

    @property
    def calls(self) -> list[str]:
        return [r["path"].rpartition("/")[2] for r in self.slack.requests()]


@pytest.fixture
def world() -> Iterator[World]:
    clock = Clock()
    with mock_aws(), SlackSimulator(clock=clock.time) as slack:
        session = session_of_all()
        make_resources(session)
        yield World(slack, clock, session.resource("dynamodb").Table("StateTable"))


@pytest.mark.req("A12")
def test_a_person_is_found_by_address_once_a_day_and_can_be_mentioned(world: World) -> None:
    found = [world.people.user_id(email) for email in (ANN, " Ann@Example.com ", ANN)]

    assert found == [world.id_of("Ann")] * 3
    assert mention(found[0] or "") == f"<@{found[0]}>"
    assert world.calls == ["users.lookupByEmail"]
    world.clock.sleep(25 * HOUR)
    assert world.people.user_id(ANN) == found[0]
    assert len(world.calls) == 2


def test_a_direct_message_reaches_one_person_and_can_be_found_again(world: World) -> None:
    channel = world.people.channel(ANN)
    assert channel is not None
    world.slack.add_fault({"kind": "reset", "saved": True}, match={"path": "chat.postMessage"})
    since = world.clock.now()
    with pytest.raises(CallFailed) as lost:
        world.bot.post(channel, "hello", BLOCKS, "effect-1")

    assert lost.value.maybe_done
    assert world.bot.find(channel, "effect-1", since) is not None
    assert world.bot.find(channel, "effect-2", since) is None
    assert [m["text"] for m in world.slack.messages(world.id_of("Ann"))] == ["hello"]
    assert world.people.channel(ANN) == channel
    assert world.calls.count("conversations.open") == 1


@pytest.mark.parametrize("email", [DAN, EVE, "", " ", None])
def test_nobody_there_is_no_error_and_not_asked_for_again_soon(world: World, email: str | None) -> None:
    assert [world.people.channel(email), world.people.user_id(email)] == [None, None]
    assert len(world.calls) <= 1
    world.clock.sleep(7 * HOUR)
    world.slack.add_user("Eve", email=EVE)
    if email == EVE:
        assert world.people.channel(EVE) is not None


def test_without_the_scope_for_addresses_everybody_is_told_in_the_channel(world: World) -> None:
    world.slack.set_scopes(["chat:write", "im:write"])

    assert [world.people.channel(ANN), world.people.user_id(BEN)] == [None, None]
    assert world.calls == ["users.lookupByEmail"]
    world.slack.set_scopes(None)
    world.clock.sleep(HOUR + 1)
    assert world.people.channel(ANN) is not None


def test_without_the_scope_for_direct_messages_people_are_still_mentioned(world: World) -> None:
    world.slack.set_scopes(["chat:write", "users:read.email"])

    assert world.people.channel(ANN) is None
    assert world.people.user_id(ANN) == world.id_of("Ann")
    assert world.people.channel(BEN) is None
    assert world.calls.count("conversations.open") == 1


def test_somebody_who_was_deactivated_meanwhile_is_forgotten_when_a_message_is_refused(world: World) -> None:
    channel = world.people.channel(ANN)
    assert channel is not None
    world.slack.deactivate("Ann")

    with pytest.raises(CallFailed) as refused:
        world.bot.post(channel, "hello", BLOCKS, "effect-1")
    assert (refused.value.failure, refused.value.maybe_done) == (Failure.REJECTED, False)
    world.people.forget(ANN)
    assert world.people.channel(ANN) is None


def test_somebody_deactivated_between_the_two_look_ups_gets_no_direct_message(world: World) -> None:
    world.people.user_id(ANN)
    world.slack.deactivate("Ann")

    assert world.people.channel(ANN) is None


@pytest.mark.parametrize("method", ["users.lookupByEmail", "conversations.open"])
def test_trouble_is_told_and_not_remembered(world: World, method: str) -> None:
    world.slack.add_fault({"kind": "answer", "status": 429, "retry_after": 5}, match={"path": method})

    with pytest.raises(CallFailed) as failed:
        world.people.channel(ANN)
    assert (failed.value.failure, failed.value.retry_after) == (Failure.RATE_LIMITED, 5)
    assert world.people.channel(ANN) is not None


def test_a_webhook_has_one_channel_and_leaves_nothing_remembered(world: World) -> None:
    people = SlackPeople(world.memory, world.webhook)

    assert [people.channel(ANN), people.user_id(ANN)] == [None, None]
    assert world.calls == []
    assert world.people.channel(ANN) is not None, "a bot token that comes later finds people at once"


@pytest.mark.req("O5")
def test_no_address_stands_in_the_table(world: World) -> None:
    world.people.channel(ANN)
    world.people.channel(EVE)

    assert "@example.com" not in str(world.table.scan()["Items"])


def test_each_direct_message_has_a_pace_of_its_own(world: World) -> None:
    world.slack.set_rate_limit(True)
    ann, ben = world.people.channel(ANN), world.people.channel(BEN)
    assert ann is not None
    assert ben is not None
    began = world.clock.time()
    for number in range(8):
        world.bot.post(ann if number % 2 else ben, "hello", BLOCKS, f"effect-{number}")

    assert world.clock.time() - began == pytest.approx(3, abs=1)
    assert {r["status"] for r in world.slack.requests()} == {200}


@pytest.mark.parametrize("typed", ["<!channel>", "<@U00000003>", "`*_~", "a\nb"])
def test_a_name_in_a_message_pings_only_who_was_looked_up(world: World, typed: str) -> None:
    user_id = world.people.user_id(ANN)
    assert user_id is not None
    message = messages([f"{mention(user_id)}: *{escape(typed)}*"])[0]
    world.bot.post("#tasks", message.text, message.blocks, "effect-1")

    said = world.slack.messages("#tasks")[0]
    for text in (said["text"], said["blocks"][0]["text"]["text"]):
        assert text.count("<") == text.count(">") == 1
        assert text.startswith(f"<@{user_id}>: *")


def test_what_is_told_of_a_page_stands_in_one_thread_for_as_long_as_it_is_remembered(world: World) -> None:
    threads = SlackThreads(world.memory)
    assert threads.of("page", "C00000002") is None
    first = world.bot.post("C00000002", "first", BLOCKS, "e1", thread_ts=threads.of("page", "C00000002"))
    threads.begin("page", "C00000002", first.ts or "")
    reply = world.bot.post("C00000002", "reply", BLOCKS, "e2", thread_ts=threads.of("page", "C00000002"))
    threads.begin("page", "C00000002", reply.ts or "")

    assert threads.of("page", "C00000002") == first.ts
    assert threads.of("page", "C00000001") is None
    found = world.bot.find("C00000002", "e2", world.clock.now() - timedelta(hours=1), thread_ts=first.ts)
    assert found == reply
    assert [m.get("thread_ts") for m in world.slack.messages("#tasks")] == [first.ts, first.ts]
    world.clock.sleep(91 * 24 * HOUR)
    assert threads.of("page", "C00000002") is None


def test_a_reply_to_a_message_that_was_deleted_is_found_where_it_went(world: World) -> None:
    first = world.bot.post("C00000002", "first", BLOCKS, "e1")
    client = web_client(world.slack.bot_token, world.slack.api_url)
    client.chat_delete(channel="C00000002", ts=first.ts or "")
    since = world.clock.now()

    posted = world.bot.post("C00000002", "reply", BLOCKS, "e2", thread_ts=first.ts)

    assert world.bot.find("C00000002", "e2", since, thread_ts=first.ts) == posted
    assert [m["text"] for m in world.slack.messages("#tasks")] == ["reply"]
