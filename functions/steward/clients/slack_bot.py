"""Slack by its Web API, with a bot token.

A message carries its effect's id as metadata, so that it can be found again when an answer was lost. slack_sdk's own
retry handlers are off: the one that is on by default repeats a post whose connection broke after it was delivered.
"""

import logging
import socket
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from steward.clients.pacing import Pacer
from steward.clients.slack import Posted
from steward.clients.slack_answers import bot_refused, inner, word
from steward.clients.slack_web import Unredirected
from steward.clients.transport import RESERVE
from steward.deadline import Deadline
from steward.errors import CallFailed, Failure

EVENT_TYPE = "steward_effect"
"""The ``event_type`` of the metadata that a message carries."""

CLOCK_SLACK = 120.0
"""Seconds that Slack's clock may be behind ours when a message is looked for."""

HISTORY = "conversations.history"

_THREAD_GONE = frozenset({"thread_not_found", "message_not_found"})

_NOBODY = frozenset(
    {
        "users_not_found",
        "user_not_found",
        "user_disabled",
        "user_not_visible",
        "cannot_dm_bot",
        "channel_not_found",
    }
)
"""What Slack answers for people who are not there, were deactivated, or can't be written to."""

_QUIET = logging.getLogger("steward.slack_sdk")
"""slack_sdk logs whole answers when it can't read them, and they hold what people wrote: it logs into nothing."""
_QUIET.addHandler(logging.NullHandler())
_QUIET.propagate = False
_QUIET.setLevel(logging.CRITICAL + 1)


def web_client(token: str, base_url: str) -> WebClient:
    """slack_sdk's client as Steward needs it: it repeats nothing, follows nothing and logs nothing."""
    return Unredirected(token, base_url=base_url, retry_handlers=[], logger=_QUIET)


class SlackBot:
    """Slack by its Web API."""

    can_find = True
    can_direct = True

    def __init__(self, client: WebClient, pacer: Pacer, deadline: Deadline) -> None:
        self._client = client
        self._pacer = pacer
        self._deadline = deadline

    def post(
        self,
        channel: str,
        text: str,
        blocks: Sequence[Mapping[str, Any]],
        effect_id: str,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> Posted:
        """See ``Slack.post``."""
        message = {
            "channel": channel,
            "text": text,
            "blocks": list(blocks),
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"effect_id": effect_id}},
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if thread_ts is None:
            return self._post(channel, message)
        try:
            return self._post(
                channel,
                {**message, "thread_ts": thread_ts} | ({"reply_broadcast": True} if broadcast else {}),
            )
        except CallFailed as failure:
            if failure.code not in _THREAD_GONE:
                raise
            # Its first message was deleted. Refused is not posted, so it can be said once more, where it is seen.
            return self._post(channel, message)

    def _post(self, channel: str, message: Mapping[str, Any]) -> Posted:
        self._pacer.take_turn(channel)
        body = self._call("chat.postMessage", writes=True, arguments=message)
        return Posted(word(body.get("channel")), word(body.get("ts")))

    def edit(self, channel_id: str, ts: str, text: str, blocks: Sequence[Mapping[str, Any]]) -> None:
        """See ``Slack.edit``. The metadata is not sent, so Slack keeps it."""
        message = {"channel": channel_id, "ts": ts, "text": text, "blocks": list(blocks)}
        self._call("chat.update", writes=True, arguments=message)

    def find(
        self, channel_id: str, effect_id: str, since: datetime, *, thread_ts: str | None = None
    ) -> Posted | None:
        """See ``Slack.find``.

        Needs the scope ``channels:history``, ``groups:history`` for private channels and ``im:history`` for direct
        messages.
        """
        asked = {
            "channel": channel_id,
            "oldest": f"{since.timestamp() - CLOCK_SLACK:.6f}",
            "include_all_metadata": True,
            "limit": 200,
        }
        # The thread first, then the channel: a reply goes there when its thread is gone.
        for message in chain(self._thread(asked, thread_ts), self._rows(HISTORY, asked, "messages")):
            if inner(inner(message, "metadata"), "event_payload").get("effect_id") == effect_id:
                return Posted(channel_id, word(message.get("ts")))
        return None

    def _thread(self, asked: Mapping[str, Any], thread_ts: str | None) -> Iterator[Mapping[str, Any]]:
        if thread_ts is None:
            return
        try:
            yield from self._rows("conversations.replies", {**asked, "ts": thread_ts}, "messages")
        except CallFailed as failure:
            if failure.code not in _THREAD_GONE:
                raise

    def channel_id(self, name: str) -> str | None:
        """See ``Slack.channel_id``. Needs the scope ``channels:read``, and so sees no private channel."""
        for channel in self._rows("conversations.list", {"exclude_archived": True, "limit": 999}, "channels"):
            if channel.get("name") == name.removeprefix("#"):
                return word(channel.get("id"))
        return None

    def user_id(self, email: str) -> str | None:
        """See ``Slack.user_id``. Needs the scope ``users:read.email``."""
        try:
            body = self._call("users.lookupByEmail", writes=False, arguments={"email": email})
        except CallFailed as failure:
            if failure.code in _NOBODY:
                return None
            raise
        user = inner(body, "user")
        return None if user.get("deleted") else word(user.get("id"))

    def direct_channel(self, user_id: str) -> str | None:
        """See ``Slack.direct_channel``. Needs the scope ``im:write``.

        A user's id would do as a channel to post to, but then a lost answer to the first message leaves nobody knowing
        where to look for it.
        """
        try:
            # No write in our sense: opening what is open already gives the same one.
            body = self._call("conversations.open", writes=False, arguments={"users": user_id})
        except CallFailed as failure:
            if failure.code in _NOBODY:
                return None
            raise
        return word(inner(body, "channel").get("id"))

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
