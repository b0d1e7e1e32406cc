"""Threads, direct messages and people of the simulated Slack, asked by slack_sdk as it ships."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from infra.local.simulators.notion.demo import seed_demo as seed_notion
from infra.local.simulators.notion.simulator import NotionSimulator
from infra.local.simulators.slack import SlackSimulator
from tests.integration.clock import Clock

pytestmark = pytest.mark.req("O1", "A11")
EFFECT = {"event_type": "steward_effect", "event_payload": {"effect_id": "e"}}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slack(clock: Clock) -> Iterator[SlackSimulator]:
    with SlackSimulator(clock=clock.time) as simulator:
        simulator.seed_demo()
        yield simulator


@pytest.fixture
def web(slack: SlackSimulator) -> WebClient:
    return WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        call()
    return str(caught.value.response["error"])


def texts(answer: Any) -> list[str]:
    return [m["text"] for m in answer["messages"]]


def test_a_thread_is_paged_and_every_page_begins_with_its_first_message(web: WebClient, clock: Clock) -> None:
    first = web.chat_postMessage(channel="#tasks", text="first")["ts"]
    for number in range(5):
        clock.sleep(1)
        web.chat_postMessage(channel="#tasks", text=str(number), thread_ts=first, metadata=EFFECT)

    one = web.conversations_replies(channel="C00000002", ts=first, limit=3)
    cursor = one["response_metadata"]["next_cursor"]
    two = web.conversations_replies(
        channel="C00000002", ts=first, limit=3, cursor=cursor, include_all_metadata=True
    )

    assert (texts(one), texts(two)) == (["first", "0", "1", "2"], ["first", "3", "4"])
    assert "metadata" not in one["messages"][1]
    assert two["messages"][1]["metadata"] == EFFECT
    assert (two["has_more"], two["response_metadata"]["next_cursor"]) == (False, "")
    late = web.conversations_replies(channel="C00000002", ts=first, oldest=str(clock.time() - 0.5))
    assert texts(late) == ["first", "4"]


def test_a_thread_is_named_by_any_of_its_messages_and_its_first_knows_of_them(web: WebClient) -> None:
    first = web.chat_postMessage(channel="#tasks", text="first")["ts"]
    reply = web.chat_postMessage(channel="#tasks", text="a", thread_ts=first)["ts"]
    web.chat_postMessage(channel="#tasks", text="b", thread_ts=reply)

    found = web.conversations_replies(channel="C00000002", ts=reply)

    assert texts(found) == ["first", "a", "b"]
    assert {m["thread_ts"] for m in found["messages"]} == {first}
    assert found["messages"][0]["reply_count"] == 2
    assert texts(web.conversations_history(channel="C00000002")) == ["first"]


def test_a_reply_that_is_broadcast_is_in_the_channel_too(web: WebClient) -> None:
    first = web.chat_postMessage(channel="#tasks", text="first")["ts"]
    web.chat_postMessage(channel="#tasks", text="all", thread_ts=first, reply_broadcast=True)

    assert texts(web.conversations_history(channel="C00000002")) == ["all", "first"]


def test_a_thread_that_is_not_there_is_refused(web: WebClient) -> None:
    assert refused(lambda: web.chat_postMessage(channel="#tasks", text="x", thread_ts="1.0")) == (
        "thread_not_found"
    )
    assert refused(lambda: web.conversations_replies(channel="C00000002", ts="1.0")) == "thread_not_found"
    assert refused(lambda: web.conversations_replies(channel="C99", ts="1.0")) == "channel_not_found"


def test_a_direct_message_is_opened_once_and_taken_by_its_id_or_the_users(
    slack: SlackSimulator, web: WebClient
) -> None:
    ann = web.users_lookupByEmail(email="Ann@Example.com")["user"]["id"]
    opened = [web.conversations_open(users=ann)["channel"]["id"] for _ in range(2)]

    assert opened[0] == opened[1]
    assert opened[0].startswith("D")
    assert web.chat_postMessage(channel=ann, text="by user")["channel"] == opened[0]
    web.chat_postMessage(channel=opened[0], text="by id")
    assert texts(web.conversations_history(channel=opened[0])) == ["by id", "by user"]
    assert refused(lambda: web.conversations_history(channel=ann)) == "channel_not_found"
    assert [m["text"] for m in slack.messages(ann)] == ["by user", "by id"]


def test_somebody_deactivated_is_found_by_id_only_and_gets_nothing(
    slack: SlackSimulator, web: WebClient
) -> None:
    dan = next(u["id"] for u in slack.users() if u["real_name"] == "Dan")
    ann = web.users_lookupByEmail(email="ann@example.com")["user"]["id"]
    opened = web.conversations_open(users=ann)["channel"]["id"]
    slack.deactivate(ann)

    assert refused(lambda: web.users_lookupByEmail(email="dan@example.com")) == "users_not_found"
    assert web.users_info(user=dan)["user"]["deleted"] is True
    assert refused(lambda: web.conversations_open(users=dan)) == "user_disabled"
    assert refused(lambda: web.chat_postMessage(channel=dan, text="x")) == "channel_not_found"
    assert refused(lambda: web.chat_postMessage(channel=opened, text="x")) == "channel_not_found"


def test_wrong_users_are_refused_by_slacks_words(web: WebClient) -> None:
    assert refused(lambda: web.users_lookupByEmail(email="")) == "users_not_found"
    assert refused(lambda: web.users_info(user="U99")) == "user_not_found"
    assert refused(lambda: web.conversations_open(users="U99")) == "user_not_found"
    assert refused(lambda: web.conversations_open(users="")) == "users_list_not_supplied"


@pytest.mark.parametrize(
    ("scope", "call"),
    [
        ("chat:write", lambda web: web.chat_postMessage(channel="#tasks", text="x")),
        ("channels:history", lambda web: web.conversations_history(channel="C00000002")),
        ("channels:history", lambda web: web.conversations_replies(channel="C00000002", ts="1.0")),
        ("im:history", lambda web: web.conversations_history(channel="D00000003")),
        ("channels:read", lambda web: web.conversations_list()),
        ("im:write", lambda web: web.conversations_open(users="U00000003")),
        ("users:read.email", lambda web: web.users_lookupByEmail(email="ann@example.com")),
        ("users:read", lambda web: web.users_info(user="U00000003")),
    ],
)
def test_each_method_names_the_scope_that_it_misses(
    slack: SlackSimulator, web: WebClient, scope: str, call: Callable[[WebClient], Any]
) -> None:
    slack.set_scopes(["incoming-webhook"])
    with pytest.raises(SlackApiError) as caught:
        call(web)
    answer = caught.value.response
    assert (answer["error"], answer["needed"], answer["provided"]) == (
        "missing_scope",
        scope,
        "incoming-webhook",
    )


def test_an_address_needs_a_scope_of_its_own(slack: SlackSimulator, web: WebClient) -> None:
    slack.set_scopes(["users:read"])
    assert web.users_info(user="U00000003")["user"]["profile"] == {}


def test_all_blocks_together_have_a_limit_too(web: WebClient) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}
    assert web.chat_postMessage(channel="#tasks", text="x", blocks=[block] * 4)["ok"]
    assert refused(lambda: web.chat_postMessage(channel="#tasks", text="x", blocks=[block] * 5)) == (
        "msg_blocks_too_long"
    )


def test_the_demos_of_notion_and_slack_know_the_same_people(slack: SlackSimulator, web: WebClient) -> None:
    with NotionSimulator() as notion:
        seed_notion(notion)
        emails = {u["name"]: u["person"]["email"] for u in notion.users() if u["type"] == "person"}

    found = {name for name, email in emails.items() if _has(web, email)}

    assert found == {"Ann", "Ben", "Chloé"}
    assert set(emails) - found == {"Dan", "Eve"}


def _has(web: WebClient, email: str) -> bool:
    try:
        return bool(web.users_lookupByEmail(email=email)["ok"])
    except SlackApiError:
        return False
