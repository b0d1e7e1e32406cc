"""Slack by bot token and by incoming webhook, against a vendor that says exactly what the test wants."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any
from urllib.parse import parse_qsl

import pytest
from slack_sdk import WebClient

from steward.clients.pacing import Pacer
from steward.clients.slack import ConfiguredSlack, Posted, SlackWebhook
from steward.clients.slack_bot import SlackBot, web_client
from steward.clients.transport import Transport, plain_session
from steward.deadline import Deadline
from steward.errors import CallFailed, Failure
from tests.unit.clients.vendor import Turn, Vendor, hangs, raw, resets, says

TOKEN = "xoxb-made-up"
HUSH = "/services/T0/B0/hush"
SINCE = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OK = says(200, b'{"ok": true, "channel": "C1", "ts": "1.2"}')
HTML = b"<html>private words</html>"
BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}]


def bot(url: str, deadline: Deadline | None = None) -> SlackBot:
    return SlackBot(
        web_client(TOKEN, f"{url}/api/"), Pacer(lambda: 0.0, [0.0].append), deadline or Deadline()
    )


def webhook(url: str) -> SlackWebhook:
    transport = Transport(plain_session(), "slack", Deadline(), [0.0].append, Random(1))
    return SlackWebhook(transport, url + HUSH, Pacer(lambda: 0.0, [0.0].append))


def post(slack: Any) -> Posted:
    posted: Posted = slack.post("#tasks", "hello", BLOCKS, "effect-1")
    return posted


def failing(call: Callable[[], object]) -> CallFailed:
    with pytest.raises(CallFailed) as failed:
        call()
    found = failed.value
    assert found.vendor == "slack"
    assert found.__suppress_context__ or found.__context__ is None
    for secret in (TOKEN, "hush", "127.0.0.1", "private words"):
        assert secret not in repr(found)
        assert secret not in str(found)
    return found


def refuses(error: str, status: int = 200, *headers: str) -> Turn:
    return says(status, json.dumps({"ok": False, "error": error}).encode(), *headers)


def history(*effects: str, cursor: str = "", **more: object) -> Turn:
    messages = [
        {
            "ts": f"{n}.0",
            "metadata": {"event_type": "steward_effect", "event_payload": {"effect_id": effect}},
        }
        for n, effect in enumerate(effects)
    ]
    body = {"ok": True, "messages": messages, "response_metadata": {"next_cursor": cursor}, **more}
    return says(200, json.dumps(body).encode())


@pytest.mark.req("A11")
def test_a_message_carries_its_effect_and_unfurls_nothing(vendor: Vendor) -> None:
    vendor.turns = [OK]
    assert post(bot(vendor.url)) == Posted("C1", "1.2")
    assert vendor.lines == ["POST /api/chat.postMessage"]
    assert vendor.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert json.loads(vendor.requests[0].body) == {
        "channel": "#tasks",
        "text": "hello",
        "blocks": BLOCKS,
        "metadata": {"event_type": "steward_effect", "event_payload": {"effect_id": "effect-1"}},
        "unfurl_links": False,
        "unfurl_media": False,
    }


@pytest.mark.req("A11", "P4")
@pytest.mark.parametrize(
    ("turn", "failure", "maybe"),
    [
        (refuses("channel_not_found"), Failure.REJECTED, False),
        (refuses("is_archived"), Failure.REJECTED, False),
        (refuses("not_in_channel"), Failure.REJECTED, False),
        (refuses("msg_too_long"), Failure.REJECTED, False),
        (refuses("invalid_blocks"), Failure.REJECTED, False),
        (refuses("a_word_nobody_knows"), Failure.REJECTED, False),
        (refuses("missing_scope"), Failure.FORBIDDEN, False),
        (refuses("no_permission"), Failure.FORBIDDEN, False),
        (refuses("not_allowed_token_type"), Failure.FORBIDDEN, False),
        (refuses("not_authed"), Failure.UNAUTHORIZED, False),
        (refuses("invalid_auth"), Failure.UNAUTHORIZED, False),
        (refuses("account_inactive"), Failure.UNAUTHORIZED, False),
        (refuses("token_revoked"), Failure.UNAUTHORIZED, False),
        (refuses("token_expired"), Failure.UNAUTHORIZED, False),
        (refuses("ratelimited"), Failure.RATE_LIMITED, False),
        (refuses("rate_limited"), Failure.RATE_LIMITED, False),
        (refuses("ratelimited", 429), Failure.RATE_LIMITED, False),
        (says(429, HTML), Failure.RATE_LIMITED, False),
        (refuses("fatal_error"), Failure.UNAVAILABLE, True),
        (refuses("internal_error"), Failure.UNAVAILABLE, True),
        (refuses("service_unavailable"), Failure.UNAVAILABLE, True),
        (refuses("internal_error", 500), Failure.UNAVAILABLE, True),
        (says(502, HTML), Failure.UNAVAILABLE, True),
        (says(503, b""), Failure.UNAVAILABLE, True),
        (says(403, HTML), Failure.UNAVAILABLE, False),
        (says(200, HTML), Failure.UNAVAILABLE, True),
        (says(200, b""), Failure.UNAVAILABLE, True),
        (says(200, b'{"ok": tr'), Failure.UNAVAILABLE, True),
        (says(200, b"{}"), Failure.UNAVAILABLE, True),
        (says(200, b"[]"), Failure.UNAVAILABLE, True),
        (says(200, b"null"), Failure.UNAVAILABLE, True),
        (says(200, b"\xff\xfe"), Failure.UNREACHABLE, True),
        (resets, Failure.UNREACHABLE, True),
        (raw(b""), Failure.UNREACHABLE, True),
        (raw(b"nonsense\r\n\r\n"), Failure.UNREACHABLE, True),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"), Failure.UNREACHABLE, True),
        (
            raw(b"HTTP/1.1 500 No\r\nContent-Type: x; charset=odd\r\nContent-Length: 1\r\n\r\n{"),
            Failure.UNREACHABLE,
            True,
        ),
    ],
)
def test_every_answer_to_a_message_has_its_meaning_and_it_is_sent_once(
    vendor: Vendor, caplog: pytest.LogCaptureFixture, turn: Turn, failure: Failure, *, maybe: bool
) -> None:
    vendor.turns = [turn]
    caplog.set_level(logging.DEBUG)
    found = failing(lambda: post(bot(vendor.url)))
    assert (found.failure, found.maybe_done) == (failure, maybe)
    assert found.call == "slack.chat.postMessage"
    assert len(vendor.requests) == 1
    assert caplog.text == ""


@pytest.mark.req("A11")
@pytest.mark.parametrize(
    ("said", "seconds"),
    [("30", 30), ("99999", 3600), ("soon", None), ("nan", None), ("-1", None), ("²", None)],
)
def test_the_wait_that_slack_asks_for_is_told(vendor: Vendor, said: str, seconds: float | None) -> None:
    vendor.turns = [refuses("ratelimited", 429, f"retry-after: {said}")]
    assert failing(lambda: post(bot(vendor.url))).retry_after == seconds
    vendor.turns = [says(429, b"rate_limited", f"RETRY-AFTER: {said}")]
    assert failing(lambda: post(webhook(vendor.url))).retry_after == seconds


@pytest.mark.req("A11")
def test_a_refused_connection_did_certainly_not_post(closed_port: int) -> None:
    found = failing(lambda: post(bot(f"http://127.0.0.1:{closed_port}")))
    assert (found.failure, found.maybe_done) == (Failure.UNREACHABLE, False)
    found = failing(lambda: post(webhook(f"http://127.0.0.1:{closed_port}")))
    assert (found.failure, found.maybe_done) == (Failure.UNREACHABLE, False)


def test_a_message_without_an_answer_may_be_there(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    # The shortest time that the deadline can give is a second; the test needs not wait that long.
    shortest = property(lambda _: 0.05, lambda *_: None)
    monkeypatch.setattr(WebClient, "timeout", shortest, raising=False)
    vendor.turns = [hangs]
    found = failing(lambda: post(bot(vendor.url)))
    assert (found.failure, found.maybe_done) == (Failure.UNREACHABLE, True)
    assert len(vendor.requests) == 1


@pytest.mark.parametrize("left", [2.9, 0.0, -1.0])
def test_without_time_nothing_is_posted_or_looked_for(vendor: Vendor, left: float) -> None:
    slack = bot(vendor.url, Deadline(lambda: left))
    for call in (lambda: post(slack), lambda: slack.find("C1", "effect-1", SINCE)):
        found = failing(call)
        assert (found.failure, found.maybe_done) == (Failure.OUT_OF_TIME, False)
    assert vendor.requests == []


@pytest.mark.req("P3", "A11")
def test_a_message_is_looked_for_page_by_page(vendor: Vendor) -> None:
    vendor.turns = [history("x", "y", cursor="next", has_more=True), history("z", "effect-1")]
    assert bot(vendor.url).find("C1", "effect-1", SINCE) == Posted("C1", "1.0")
    assert vendor.lines == ["POST /api/conversations.history"] * 2
    first, second = (dict(parse_qsl(r.body.decode())) for r in vendor.requests)
    assert first == {
        "channel": "C1",
        "oldest": f"{SINCE.timestamp() - 120:.6f}",
        "include_all_metadata": "1",
        "limit": "200",
    }
    assert second == first | {"cursor": "next"}


@pytest.mark.req("P3")
def test_a_message_that_is_not_there_is_not_found(vendor: Vendor) -> None:
    vendor.turns = [history("x", "y")]
    assert bot(vendor.url).find("C1", "effect-1", SINCE) is None


@pytest.mark.req("P3")
def test_messages_of_other_shapes_are_passed_over(vendor: Vendor) -> None:
    odd: list[object] = [
        None,
        1,
        {},
        {"metadata": None},
        {"metadata": []},
        {"metadata": {"event_payload": "effect-1"}},
    ]
    vendor.turns = [says(200, json.dumps({"ok": True, "messages": odd}).encode())]
    assert bot(vendor.url).find("C1", "effect-1", SINCE) is None


@pytest.mark.req("P3")
@pytest.mark.parametrize(
    "turns",
    [
        [history("x", cursor="a", has_more=True)],
        [history(cursor="a"), history(cursor="b"), history(cursor="a")],
        [history("x", has_more=True)],
        [says(200, b'{"ok": true}')],
        [says(200, b'{"ok": true, "messages": {}}')],
        [says(200, HTML)],
        [refuses("internal_error")],
    ],
    ids=["same cursor", "round trip", "no cursor", "no messages", "no list", "HTML", "trouble"],
)
def test_a_history_that_breaks_off_does_not_mean_that_nothing_is_there(
    vendor: Vendor, turns: list[Turn]
) -> None:
    vendor.turns = turns
    found = failing(lambda: bot(vendor.url).find("C1", "effect-1", SINCE))
    assert (found.failure, found.maybe_done) == (Failure.UNAVAILABLE, False)
    assert len(vendor.requests) <= 3


@pytest.mark.req("P3")
@pytest.mark.parametrize("code", ["missing_scope", "not_in_channel", "channel_not_found"])
def test_a_history_that_may_not_be_read_is_told(vendor: Vendor, code: str) -> None:
    vendor.turns = [refuses(code)]
    assert failing(lambda: bot(vendor.url).find("C1", "effect-1", SINCE)).code == code


def channels(*names: str, cursor: str = "") -> Turn:
    rows = [{"id": f"C-{name}", "name": name} for name in names]
    body = {"ok": True, "channels": rows, "response_metadata": {"next_cursor": cursor}}
    return says(200, json.dumps(body).encode())


@pytest.mark.req("P3")
def test_a_channel_s_id_is_found_by_its_name_on_whatever_page_it_is(vendor: Vendor) -> None:
    vendor.turns = [channels("team", cursor="a"), channels("tasks")]
    assert bot(vendor.url).channel_id("#tasks") == "C-tasks"
    assert len(vendor.requests) == 2


@pytest.mark.req("P3")
def test_a_channel_that_is_not_shown_has_no_id(vendor: Vendor) -> None:
    vendor.turns = [channels("team")]
    assert bot(vendor.url).channel_id("#tasks") is None


@pytest.mark.req("A11")
def test_a_webhook_takes_the_message_and_says_ok(vendor: Vendor) -> None:
    vendor.turns = [says(200, b"ok")]
    assert post(webhook(vendor.url)) == Posted(None, None)
    assert vendor.lines == [f"POST {HUSH}"]
    body = {"text": "hello", "blocks": BLOCKS, "unfurl_links": False, "unfurl_media": False}
    assert json.loads(vendor.requests[0].body) == body


@pytest.mark.req("A11", "P4")
@pytest.mark.parametrize(
    ("turn", "failure", "code", "maybe"),
    [
        (says(400, b"invalid_payload"), Failure.REJECTED, "invalid_payload", False),
        (says(400, b"user_not_found"), Failure.REJECTED, "user_not_found", False),
        (says(403, b"action_prohibited"), Failure.REJECTED, "action_prohibited", False),
        (says(404, b"channel_not_found"), Failure.REJECTED, "channel_not_found", False),
        (says(410, b"channel_is_archived"), Failure.REJECTED, "channel_is_archived", False),
        (says(404, b"no_service"), Failure.UNAUTHORIZED, "no_service", False),
        (says(404, b"no_team"), Failure.UNAUTHORIZED, "no_team", False),
        (says(403, b"invalid_token"), Failure.UNAUTHORIZED, "invalid_token", False),
        (says(429, b"rate_limited"), Failure.RATE_LIMITED, "rate_limited", False),
        (says(500, b"rollup_error"), Failure.UNAVAILABLE, "rollup_error", True),
        (says(503, HTML), Failure.UNAVAILABLE, None, True),
        (says(403, HTML), Failure.UNAVAILABLE, None, False),
        (says(302, b"", "Location: http://127.0.0.1:1/hush"), Failure.UNAVAILABLE, None, False),
        (says(200, HTML), Failure.UNAVAILABLE, None, True),
        (says(200, b""), Failure.UNAVAILABLE, None, True),
        (resets, Failure.UNREACHABLE, None, True),
    ],
)
def test_every_answer_of_a_webhook_has_its_meaning_and_it_is_sent_once(
    vendor: Vendor, turn: Turn, failure: Failure, code: str | None, *, maybe: bool
) -> None:
    vendor.turns = [turn]
    found = failing(lambda: post(webhook(vendor.url)))
    assert (found.failure, found.code, found.maybe_done) == (failure, code, maybe)
    assert len(vendor.requests) == 1


@pytest.mark.req("P3", "A11")
def test_nobody_can_look_through_a_webhook(vendor: Vendor) -> None:
    slack = webhook(vendor.url)
    assert not slack.can_find
    assert failing(lambda: slack.find("C1", "effect-1", SINCE)).failure is Failure.FORBIDDEN
    assert vendor.requests == []


class Way:
    """One way to Slack, which writes down who used it."""

    def __init__(self, key: str, used: list[str]) -> None:
        self.key, self.used = key, used
        self.can_find = self.can_direct = key.startswith("xoxb")

    def post(
        self,
        channel: str,
        text: str,
        blocks: object,
        effect_id: str,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> Posted:
        self.used.append(self.key)
        return Posted(None, None)

    def edit(self, channel_id: str, ts: str, text: str, blocks: object) -> None:
        self.used.append(f"edit by {self.key}")

    def find(
        self, channel_id: str, effect_id: str, since: datetime, *, thread_ts: str | None = None
    ) -> Posted | None:
        self.used.append(f"find by {self.key}")
        return None

    def channel_id(self, name: str) -> str | None:
        self.used.append(f"channel by {self.key}")
        return None

    def user_id(self, email: str) -> str | None:
        self.used.append(f"user by {self.key}")
        return None

    def direct_channel(self, user_id: str) -> str | None:
        self.used.append(f"direct by {self.key}")
        return None


class Configured:
    def __init__(self, **secret: object) -> None:
        self.secret: dict[str, Any] = secret
        self.used: list[str] = []
        self.made: list[str] = []
        self.slack = ConfiguredSlack(lambda: self.secret, self.make, self.make)

    def make(self, key: str) -> Way:
        self.made.append(key)
        return Way(key, self.used)


@pytest.mark.req("A11")
def test_a_bot_token_comes_before_a_webhook() -> None:
    configured = Configured(bot_token="xoxb-1", webhook_url="https://hooks.example/1")
    post(configured.slack)
    configured.slack.find("C1", "effect-1", SINCE)
    assert configured.slack.can_find
    assert configured.used == ["xoxb-1", "find by xoxb-1"]
    assert configured.made == ["xoxb-1"]


@pytest.mark.req("A11")
def test_a_changed_secret_is_followed_at_the_next_call() -> None:
    configured = Configured(bot_token="", webhook_url=" https://hooks.example/1\n")
    post(configured.slack)
    assert not configured.slack.can_find
    configured.secret = {"bot_token": "xoxb-1\n", "webhook_url": "https://hooks.example/1"}
    post(configured.slack)
    configured.secret = {"bot_token": "xoxb-2"}
    post(configured.slack)
    assert configured.used == ["https://hooks.example/1", "xoxb-1", "xoxb-2"]


@pytest.mark.req("A11", "O5")
@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/services/T/B/x",
        "http://127.0.0.1.evil.example/x",
        "http://localhost@evil.example/x",
        "http://10.0.0.1/x",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "hooks.slack.com/services/T/B/x",
        "//hooks.slack.com/services/T/B/x",
        "https:///services/T/B/x",
        "https://[::1/x",
        "https://hooks.slack.com:port/x",
        "https://hooks.slack.com /x",
    ],
)
def test_an_address_that_others_could_read_on_the_way_is_asked_nothing(url: str) -> None:
    configured = Configured(webhook_url=url)

    found = failing(lambda: post(configured.slack))
    assert found.failure is Failure.UNAUTHORIZED
    assert "no https address" in found.message
    assert "hooks.slack.com" not in repr(found)
    assert (configured.made, configured.used) == ([], [])


@pytest.mark.req("A11")
@pytest.mark.parametrize(
    "url", ["https://hooks.slack.com/services/T/B/x", "http://127.0.0.1:8123/x", "http://[::1]:8123/x"]
)
def test_https_and_this_machine_are_asked(url: str) -> None:
    configured = Configured(webhook_url=url)
    post(configured.slack)

    assert configured.used == [url]


@pytest.mark.req("A11")
@pytest.mark.parametrize(
    "secret",
    [
        {},
        {"bot_token": "", "webhook_url": ""},
        {"bot_token": None, "webhook_url": 5},
        {"bot_token": " \n"},
        {"bot_token": "xoxb-…"},
        {"bot_token": "xoxb-1\nX: 2"},
    ],
)
def test_without_a_usable_way_it_is_said_what_to_do(secret: dict[str, Any]) -> None:
    configured = Configured(**secret)
    for call in (
        lambda: post(configured.slack),
        lambda: configured.slack.find("C1", "effect-1", SINCE),
    ):
        found = failing(call)
        assert found.failure is Failure.UNAUTHORIZED
        assert "Slack secret" in found.message
        assert "xoxb" not in repr(found)
    assert configured.made == []


@pytest.mark.req("A11")
def test_people_are_asked_for_by_the_configured_way() -> None:
    configured = Configured(bot_token="xoxb-1")
    assert configured.slack.can_direct
    configured.slack.user_id("ann@example.com")
    configured.slack.direct_channel("U1")
    assert configured.used == ["user by xoxb-1", "direct by xoxb-1"]


@pytest.mark.req("A11")
def test_a_webhook_knows_nobody_and_takes_a_reply_as_a_message(vendor: Vendor) -> None:
    vendor.turns = [says(200, b"ok")]
    slack = webhook(vendor.url)
    assert (slack.can_direct, slack.user_id("ann@example.com"), slack.direct_channel("U1")) == (
        False,
        None,
        None,
    )
    slack.post("#tasks", "hello", BLOCKS, "effect-1", thread_ts="1.2", broadcast=True)
    assert "thread_ts" not in json.loads(vendor.requests[0].body)
    assert len(vendor.requests) == 1


@pytest.mark.req("A11")
def test_a_reply_names_its_thread(vendor: Vendor) -> None:
    vendor.turns = [OK]
    bot(vendor.url).post("C1", "hello", BLOCKS, "effect-1", thread_ts="1.1")
    bot(vendor.url).post("C1", "hello", BLOCKS, "effect-1", thread_ts="1.1", broadcast=True)
    first, second = (json.loads(r.body) for r in vendor.requests)
    assert (first["thread_ts"], first.get("reply_broadcast")) == ("1.1", None)
    assert (second["thread_ts"], second["reply_broadcast"]) == ("1.1", True)


@pytest.mark.req("A11")
def test_a_reply_to_a_thread_that_is_gone_is_said_in_the_channel(vendor: Vendor) -> None:
    vendor.turns = [refuses("thread_not_found"), OK]
    posted = bot(vendor.url).post("C1", "hello", BLOCKS, "effect-1", thread_ts="1.1")
    assert posted == Posted("C1", "1.2")
    assert "thread_ts" not in json.loads(vendor.requests[1].body)


@pytest.mark.req("A11", "P3")
@pytest.mark.parametrize("turn", [refuses("channel_not_found"), refuses("internal_error"), resets])
def test_a_reply_that_fails_otherwise_is_not_said_twice(vendor: Vendor, turn: Turn) -> None:
    vendor.turns = [turn]
    failing(lambda: bot(vendor.url).post("C1", "hello", BLOCKS, "effect-1", thread_ts="1.1"))
    assert len(vendor.requests) == 1


@pytest.mark.req("P3", "A11")
def test_a_reply_is_looked_for_in_its_thread_and_then_in_the_channel(vendor: Vendor) -> None:
    vendor.turns = [history("x", cursor="next", has_more=True), history("x", "y"), history("effect-1")]
    assert bot(vendor.url).find("C1", "effect-1", SINCE, thread_ts="1.1") == Posted("C1", "0.0")
    methods = [line.rpartition(".")[2] for line in vendor.lines]
    assert methods == ["replies", "replies", "history"]
    assert dict(parse_qsl(vendor.requests[0].body.decode()))["ts"] == "1.1"

    vendor.turns = [refuses("thread_not_found"), history("x")]
    assert bot(vendor.url).find("C1", "effect-1", SINCE, thread_ts="1.1") is None


@pytest.mark.req("P3")
def test_a_thread_that_can_not_be_read_does_not_mean_that_nothing_is_there(vendor: Vendor) -> None:
    vendor.turns = [refuses("missing_scope"), history("x")]
    failing(lambda: bot(vendor.url).find("C1", "effect-1", SINCE, thread_ts="1.1"))
    assert len(vendor.requests) == 1


@pytest.mark.req("A11")
@pytest.mark.parametrize(
    ("turn", "found"),
    [
        (says(200, b'{"ok": true, "user": {"id": "U1", "deleted": false}}'), "U1"),
        (says(200, b'{"ok": true, "user": {"id": "U1", "deleted": true}}'), None),
        (says(200, b'{"ok": true, "user": null}'), None),
        (refuses("users_not_found"), None),
    ],
)
def test_a_person_is_found_by_address_or_is_not_there(vendor: Vendor, turn: Turn, found: str | None) -> None:
    vendor.turns = [turn]
    assert bot(vendor.url).user_id("ann@example.com") == found
    assert "ann" not in vendor.lines[0]


@pytest.mark.req("A11")
@pytest.mark.parametrize("code", ["user_disabled", "user_not_found", "user_not_visible"])
def test_a_person_who_takes_no_direct_message_has_none(vendor: Vendor, code: str) -> None:
    vendor.turns = [refuses(code), says(200, b'{"ok": true, "channel": {"id": "D1"}}')]
    assert bot(vendor.url).direct_channel("U1") is None
    assert bot(vendor.url).direct_channel("U1") == "D1"


@pytest.mark.req("A11")
@pytest.mark.parametrize(
    ("turn", "failure"),
    [
        (refuses("missing_scope"), Failure.FORBIDDEN),
        (refuses("ratelimited", 429), Failure.RATE_LIMITED),
        (refuses("internal_error"), Failure.UNAVAILABLE),
        (refuses("invalid_auth"), Failure.UNAUTHORIZED),
        (resets, Failure.UNREACHABLE),
    ],
)
def test_trouble_with_looking_somebody_up_is_told_and_did_nothing(
    vendor: Vendor, turn: Turn, failure: Failure
) -> None:
    vendor.turns = [turn]
    for call in (
        lambda: bot(vendor.url).user_id("a@b.example"),
        lambda: bot(vendor.url).direct_channel("U1"),
    ):
        found = failing(call)
        assert (found.failure, found.maybe_done) == (failure, False)


@pytest.mark.req("T6")
def test_a_message_is_changed_by_its_channel_and_time_and_keeps_its_metadata(vendor: Vendor) -> None:
    vendor.turns = [OK]
    bot(vendor.url).edit("C1", "1.2", "new", BLOCKS)
    assert vendor.lines == ["POST /api/chat.update"]
    assert json.loads(vendor.requests[0].body) == {
        "channel": "C1",
        "ts": "1.2",
        "text": "new",
        "blocks": BLOCKS,
    }


@pytest.mark.req("T6")
@pytest.mark.parametrize(
    ("turn", "failure", "code", "retry_after"),
    [
        (refuses("message_not_found"), Failure.REJECTED, "message_not_found", None),
        (refuses("cant_update_message"), Failure.REJECTED, "cant_update_message", None),
        (refuses("edit_window_closed"), Failure.REJECTED, "edit_window_closed", None),
        (refuses("missing_scope"), Failure.FORBIDDEN, "missing_scope", None),
        (refuses("token_revoked"), Failure.UNAUTHORIZED, "token_revoked", None),
        (refuses("ratelimited", 429, "Retry-After: 7"), Failure.RATE_LIMITED, "ratelimited", 7.0),
        (says(503, HTML), Failure.UNAVAILABLE, None, None),
        (resets, Failure.UNREACHABLE, None, None),
    ],
)
def test_a_change_that_fails_is_a_value(
    vendor: Vendor, turn: Turn, failure: Failure, code: str | None, retry_after: float | None
) -> None:
    vendor.turns = [turn]
    found = failing(lambda: bot(vendor.url).edit("C1", "1.2", "new", BLOCKS))
    assert (found.failure, found.code, found.retry_after) == (failure, code, retry_after)
    assert found.call == "slack.chat.update"
    assert len(vendor.requests) == 1


@pytest.mark.req("T6")
def test_what_a_webhook_posted_cant_be_changed(vendor: Vendor) -> None:
    found = failing(lambda: webhook(vendor.url).edit("C1", "1.2", "new", BLOCKS))
    assert found.failure is Failure.FORBIDDEN
    assert vendor.requests == []


@pytest.mark.req("T6")
def test_a_change_goes_the_configured_way() -> None:
    way = Configured(bot_token="xoxb-1", webhook_url="https://hooks")
    way.slack.edit("C1", "1.2", "new", BLOCKS)
    assert way.used == ["edit by xoxb-1"]
