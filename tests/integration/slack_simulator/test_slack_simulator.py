"""The simulated Slack answers slack_sdk, unchanged, as Slack does."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from infra.local.simulators.slack import SlackAdmin, SlackSimulator
from infra.local.simulators.small_wire import SimulatorError
from tests.integration.clock import Clock


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


@pytest.mark.parametrize("reference", ["#tasks", "tasks", "C00000002"])
def test_a_message_goes_to_a_channel_by_name_or_id_and_its_id_comes_back(
    slack: SlackSimulator, web: WebClient, reference: str
) -> None:
    answer = web.chat_postMessage(channel=reference, text="hello")

    assert answer["channel"] == "C00000002"
    assert [m["ts"] for m in slack.messages("#tasks")] == [answer["ts"]]


def test_history_wants_an_id_pages_newest_first_and_tells_metadata_only_when_asked(
    web: WebClient, clock: Clock
) -> None:
    metadata = {"event_type": "steward_effect", "event_payload": {"effect_id": "e"}}
    for number in range(5):
        clock.sleep(1)
        web.chat_postMessage(channel="#tasks", text=str(number), metadata=metadata)

    assert refused(lambda: web.conversations_history(channel="#tasks")) == "channel_not_found"
    first = web.conversations_history(channel="C00000002", limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    second = web.conversations_history(channel="C00000002", limit=3, cursor=cursor, include_all_metadata=True)
    assert [m["text"] for m in [*first["messages"], *second["messages"]]] == ["4", "3", "2", "1", "0"]
    assert "metadata" not in first["messages"][0]
    assert second["messages"][0]["metadata"] == metadata
    since = web.conversations_history(channel="C00000002", oldest=str(clock.time() - 1.5))
    assert [m["text"] for m in since["messages"]] == ["4", "3"]


def test_a_thread_is_not_in_the_history_and_can_be_read_by_its_first_message(web: WebClient) -> None:
    first = web.chat_postMessage(channel="#tasks", text="first")["ts"]
    web.chat_postMessage(channel="#tasks", text="reply", thread_ts=first)

    assert [m["text"] for m in web.conversations_history(channel="C00000002")["messages"]] == ["first"]
    assert [m["text"] for m in web.conversations_replies(channel="C00000002", ts=first)["messages"]] == [
        "first",
        "reply",
    ]
    assert refused(lambda: web.conversations_replies(channel="C00000002", ts="1.0")) == "thread_not_found"


def test_a_message_can_be_changed_and_deleted(slack: SlackSimulator, web: WebClient) -> None:
    posted = web.chat_postMessage(channel="#tasks", text="before")
    web.chat_update(channel=posted["channel"], ts=posted["ts"], text="after")
    assert [m["text"] for m in slack.messages("#tasks")] == ["after"]

    web.chat_delete(channel=posted["channel"], ts=posted["ts"])
    assert slack.messages("#tasks") == []
    assert (
        refused(lambda: web.chat_update(channel=posted["channel"], ts="1.0", text="x")) == "message_not_found"
    )


@pytest.mark.req("T6")
def test_a_change_is_marked_keeps_metadata_and_leaves_no_old_blocks_under_a_new_text(
    slack: SlackSimulator, web: WebClient
) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "before"}}]
    metadata = {"event_type": "e", "event_payload": {"id": "1"}}
    posted = web.chat_postMessage(channel="#tasks", text="before", blocks=blocks, metadata=metadata)
    (before,) = slack.messages("#tasks")

    web.chat_update(channel=posted["channel"], ts=posted["ts"], text="after")

    (after,) = slack.messages("#tasks")
    assert "edited" not in before
    assert after["edited"]["ts"] > posted["ts"]
    assert (after["ts"], after["text"], after["metadata"]) == (posted["ts"], "after", metadata)
    assert "blocks" not in after


@pytest.mark.req("T6")
def test_what_cant_be_changed_is_refused_in_slacks_words(slack: SlackSimulator, web: WebClient) -> None:
    posted = web.chat_postMessage(channel="#tasks", text="ours")
    slack.set_webhook_channel("#tasks")
    WebhookClient(slack.webhook_url).send(text="by webhook")
    theirs = slack.messages("#tasks")[1]["ts"]

    def change(**arguments: Any) -> str:
        wanted = {"channel": posted["channel"], "ts": posted["ts"], "text": "x", **arguments}
        return refused(lambda: web.api_call("chat.update", json=wanted))

    assert change(ts=theirs) == "cant_update_message"
    assert change(ts="1.0") == "message_not_found"
    assert change(ts=None) == change(channel=None) == "invalid_arguments"
    assert change(channel="#tasks") == "channel_not_found"  # a name does not do
    assert change(text=None) == "no_text"
    slack.archive("#tasks")
    assert change() == "is_inactive"
    assert slack.messages("#tasks")[0]["text"] == "ours"


def test_people_are_found_by_their_address(web: WebClient) -> None:
    user = web.users_lookupByEmail(email="ann@example.com")["user"]

    assert user["real_name"] == "Ann"
    assert web.users_info(user=user["id"])["user"]["id"] == user["id"]
    assert web.chat_postMessage(channel=user["id"], text="hello")["channel"].startswith("D")
    assert refused(lambda: web.users_lookupByEmail(email="nobody@example.com")) == "users_not_found"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "#nowhere", "text": "x"}, "channel_not_found"),
        ({"channel": "#tasks"}, "no_text"),
        ({"channel": "#tasks", "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": "#tasks", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        (
            {
                "channel": "#tasks",
                "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}],
            },
            "invalid_blocks",
        ),
        (
            {
                "channel": "#tasks",
                "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
            },
            "invalid_blocks",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:The top-level `text` argument is missing")
def test_what_slack_refuses_is_refused_by_its_name(
    web: WebClient, arguments: dict[str, Any], error: str
) -> None:
    assert refused(lambda: web.chat_postMessage(**arguments)) == error


def test_tokens_and_scopes_are_looked_at(slack: SlackSimulator, web: WebClient) -> None:
    assert refused(lambda: WebClient("xoxb-other", base_url=slack.api_url).auth_test()) == "invalid_auth"
    slack.set_scopes(["chat:write"])
    assert refused(web.conversations_list) == "missing_scope"
    slack.set_scopes(None)
    assert [c["name"] for c in web.conversations_list()["channels"]] == ["team", "tasks"]


def test_a_channel_takes_one_message_a_second_after_a_burst(
    slack: SlackSimulator, web: WebClient, clock: Clock
) -> None:
    slack.set_rate_limit(True)
    for _ in range(5):
        web.chat_postMessage(channel="#tasks", text="x")

    with pytest.raises(SlackApiError) as caught:
        web.chat_postMessage(channel="#tasks", text="x")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "1")
    web.chat_postMessage(channel="#team", text="x")
    clock.sleep(1)
    web.chat_postMessage(channel="#tasks", text="x")
    assert len(slack.messages("#tasks")) == 6


def test_an_incoming_webhook_answers_in_plain_text(slack: SlackSimulator) -> None:
    hook = WebhookClient(slack.webhook_url, retry_handlers=[])

    assert (hook.send(text="hello").status_code, slack.messages("#team")[0]["text"]) == (200, "hello")
    answers = [
        (a.status_code, a.body)
        for a in (hook.send_dict({"username": "x"}), WebhookClient(slack.webhook_url + "x").send(text="x"))
    ]
    assert answers == [(400, "no_text"), (404, "no_service")]
    slack.archive("#team")
    assert hook.send(text="x").body == "channel_is_archived"


def test_the_admin_api_does_the_same_from_another_process(slack: SlackSimulator, web: WebClient) -> None:
    admin = SlackAdmin(slack.url)
    web.chat_postMessage(channel="#tasks", text="é")

    assert admin.messages("#tasks") == slack.messages("#tasks")
    admin.reset()
    assert admin.messages("#tasks") == []


@pytest.mark.parametrize("action", [{"kind": "status", "status": 503}, {}])
def test_a_fault_of_no_known_kind_is_refused_instead_of_doing_nothing(
    slack: SlackSimulator, action: dict[str, Any]
) -> None:
    with pytest.raises(SimulatorError, match="answer, error, reset"):
        slack.add_fault(action)
