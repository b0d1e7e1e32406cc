"""Slack, by bot token or by incoming webhook: one port, two ways.

With a bot token a message carries its effect's id as metadata, so that it can be found again when an answer was lost.
An incoming webhook answers ``ok`` and keeps no history that its owner can read: it can post, and not look.
slack_sdk's own retry handlers are off: the one that is on by default repeats a post whose connection broke after it
was delivered.
"""

import logging
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from steward.clients.pacing import Pacer
from steward.clients.slack_answers import bot_refused, inner, webhook_refused, word
from steward.clients.transport import RESERVE, Transport
from steward.deadline import Deadline
from steward.errors import CallFailed, Failure

EVENT_TYPE = "steward_effect"
"""The ``event_type`` of the metadata that a message carries."""

CLOCK_SLACK = 120.0
"""Seconds that Slack's clock may be behind ours when a message is looked for."""

_QUIET = logging.getLogger("steward.slack_sdk")
"""slack_sdk logs whole answers when it can't read them, and they hold what people wrote: it logs into nothing."""
_QUIET.addHandler(logging.NullHandler())
_QUIET.propagate = False
_QUIET.setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message is; a webhook does not say."""

    channel_id: str | None
    ts: str | None


class Slack(Protocol):
    """What Steward needs of Slack."""

    @property
    def can_find(self) -> bool:
        """Whether a message can be looked for."""

    def post(self, channel: str, text: str, blocks: Sequence[Mapping[str, Any]], effect_id: str) -> Posted:
        """Post a message.

        Raises:
            CallFailed: with ``maybe_done`` when it may have been posted all the same.
        """

    def find(self, channel_id: str, effect_id: str, since: datetime) -> Posted | None:
        """The message of an effect in a channel, or None when it is not there.

        Raises:
            CallFailed: it could not be looked for.
        """

    def channel_id(self, name: str) -> str | None:
        """The id of the channel with a name, ``#`` included or not; None when there is none to be seen.

        Raises:
            CallFailed: it could not be looked for.
        """


def web_client(token: str, base_url: str) -> WebClient:
    """slack_sdk's client as Steward needs it: it repeats nothing and logs nothing."""
    return WebClient(token, base_url=base_url, retry_handlers=[], logger=_QUIET)


class SlackBot:
    """Slack by its Web API."""

    can_find = True

    def __init__(self, client: WebClient, pacer: Pacer, deadline: Deadline) -> None:
        self._client = client
        self._pacer = pacer
        self._deadline = deadline

    def post(self, channel: str, text: str, blocks: Sequence[Mapping[str, Any]], effect_id: str) -> Posted:
        """See ``Slack.post``."""
        self._pacer.take_turn(channel)
        body = self._call(
            "chat.postMessage",
            writes=True,
            arguments={
                "channel": channel,
                "text": text,
                "blocks": list(blocks),
                "metadata": {"event_type": EVENT_TYPE, "event_payload": {"effect_id": effect_id}},
                "unfurl_links": False,
                "unfurl_media": False,
            },
        )
        return Posted(word(body.get("channel")), word(body.get("ts")))

    def find(self, channel_id: str, effect_id: str, since: datetime) -> Posted | None:
        """See ``Slack.find``. Needs the scope ``channels:history``, ``groups:history`` for private channels."""
        asked = {
            "channel": channel_id,
            "oldest": f"{since.timestamp() - CLOCK_SLACK:.6f}",
            "include_all_metadata": True,
            "limit": 200,
        }
        for message in self._rows("conversations.history", asked, "messages"):
            if inner(inner(message, "metadata"), "event_payload").get("effect_id") == effect_id:
                return Posted(channel_id, word(message.get("ts")))
        return None

    def channel_id(self, name: str) -> str | None:
        """See ``Slack.channel_id``. Needs the scope ``channels:read``, and so sees no private channel."""
        for channel in self._rows("conversations.list", {"exclude_archived": True, "limit": 999}, "channels"):
            if channel.get("name") == name.removeprefix("#"):
                return word(channel.get("id"))
        return None

    def _rows(self, method: str, arguments: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
        cursors: list[str] = []
        while True:
            more = {"cursor": cursors[-1]} if cursors else {}
            body = self._call(method, writes=False, arguments={**arguments, **more})
            rows, cursor = body.get(name), inner(body, "response_metadata").get("next_cursor")
            if not isinstance(rows, list) or cursor in cursors or (body.get("has_more") and not cursor):
                # Ending here would say "not there", and a message that is there would be sent again.
                message = "a list that does not go on"
                raise CallFailed(Failure.UNAVAILABLE, "slack", f"slack.{method}", message=message)
            yield from (row for row in rows if isinstance(row, Mapping))
            if not cursor:
                return
            cursors.append(str(cursor))

    def _call(self, method: str, *, writes: bool, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        call = f"slack.{method}"
        left = self._deadline.remaining() - RESERVE
        if left < 1:
            raise CallFailed(
                Failure.OUT_OF_TIME, "slack", call, message="too little time is left for the call"
            )
        self._client.timeout = max(1, int(min(10.0, left)))
        try:
            response = (
                self._client.api_call(method, json=dict(arguments))
                if writes
                else self._client.api_call(method, http_verb="GET", params=dict(arguments))
            )
        except SlackApiError as error:
            raise bot_refused(call, error, writes=writes) from None
        except Exception as error:  # noqa: BLE001 - slack_sdk lets through whatever it stumbles over in an answer
            # The error's text may hold request data; its type is enough.
            never_sent = isinstance(getattr(error, "reason", None), ConnectionRefusedError | socket.gaierror)
            raise CallFailed(
                Failure.UNREACHABLE,
                "slack",
                call,
                message=type(error).__name__,
                maybe_done=writes and not never_sent,
            ) from None
        if not isinstance(response.data, dict):
            raise CallFailed(
                Failure.UNAVAILABLE, "slack", call, message="not the API's answer", maybe_done=writes
            )
        return response.data


class SlackWebhook:
    """Slack by an incoming webhook: one URL, one channel, no way to look."""

    can_find = False

    def __init__(self, transport: Transport, url: str, pacer: Pacer) -> None:
        self._transport = transport
        self._url = url
        self._pacer = pacer

    def post(self, channel: str, text: str, blocks: Sequence[Mapping[str, Any]], effect_id: str) -> Posted:  # noqa: ARG002 - a webhook has one channel and no metadata
        """See ``Slack.post``; the webhook's own channel is used."""
        self._pacer.take_turn("webhook")
        call = "slack.webhook"
        answer = self._transport.send(
            call,
            "POST",
            self._url,
            headers={},
            json={"text": text, "blocks": list(blocks), "unfurl_links": False, "unfurl_media": False},
        )
        if answer.status == 200 and answer.content.strip() == b"ok":
            return Posted(None, None)
        raise webhook_refused(call, answer)

    def find(self, channel_id: str, effect_id: str, since: datetime) -> Posted | None:
        """Never possible: ``can_find`` is False."""
        del channel_id, effect_id, since
        raise CallFailed(
            Failure.FORBIDDEN, "slack", "slack.webhook", message="an incoming webhook keeps no history"
        )

    def channel_id(self, name: str) -> str | None:  # noqa: ARG002 - a webhook shows no channel
        """Never known."""
        return None


class ConfiguredSlack:
    """The way that the Slack secret configures at the moment of the call: bot token first, else incoming webhook."""

    def __init__(
        self,
        secret: Callable[[], Mapping[str, Any]],
        bot: Callable[[str], Slack],
        webhook: Callable[[str], Slack],
    ) -> None:
        self._secret = secret
        self._bot = bot
        self._webhook = webhook
        self._made: tuple[str, Slack] | None = None

    @property
    def can_find(self) -> bool:
        """Whether the configured way can look."""
        return _key(self._secret().get("bot_token")) is not None

    def post(self, channel: str, text: str, blocks: Sequence[Mapping[str, Any]], effect_id: str) -> Posted:
        """See ``Slack.post``."""
        return self._way().post(channel, text, blocks, effect_id)

    def find(self, channel_id: str, effect_id: str, since: datetime) -> Posted | None:
        """See ``Slack.find``."""
        return self._way().find(channel_id, effect_id, since)

    def channel_id(self, name: str) -> str | None:
        """See ``Slack.channel_id``."""
        return self._way().channel_id(name)

    def _way(self) -> Slack:
        secret = self._secret()
        token, url = _key(secret.get("bot_token")), _key(secret.get("webhook_url"))
        key = token or url
        if key is None:
            message = "neither a bot token nor a webhook URL is configured; put one into the Slack secret"
            raise CallFailed(Failure.UNAUTHORIZED, "slack", "slack.configure", message=message)
        if not key.isascii() or not key.isprintable():
            message = "the configured bot token or webhook URL can't be sent; look at the Slack secret"
            raise CallFailed(Failure.UNAUTHORIZED, "slack", "slack.configure", message=message)
        if self._made is None or self._made[0] != key:
            self._made = (key, self._bot(token) if token else self._webhook(key))
        return self._made[1]


def _key(value: object) -> str | None:
    return word(value.strip()) if isinstance(value, str) else None
