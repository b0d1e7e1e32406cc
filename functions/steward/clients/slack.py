"""Slack, by bot token or by incoming webhook: one port, two ways.

An incoming webhook answers ``ok`` and keeps no history that its owner can read: it can post, and not look.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from steward.clients.pacing import Pacer
from steward.clients.secret_address import is_private
from steward.clients.slack_answers import webhook_refused, word
from steward.clients.transport import Transport
from steward.errors import CallFailed, Failure


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
        """Post a message.

        Args:
            channel: a channel's id or ``#name``, or the id of a direct message from ``direct_channel``.
            text: for notifications and screen readers.
            blocks: Block Kit, see ``steward.mrkdwn.messages``.
            effect_id: what ``find`` looks for.
            thread_ts: the ``ts`` of a thread's first message; a thread that is gone is begun anew in the channel.
            broadcast: show a reply in the channel, too.

        Raises:
            CallFailed: with ``maybe_done`` when it may have been posted all the same.
        """

    def edit(self, channel_id: str, ts: str, text: str, blocks: Sequence[Mapping[str, Any]]) -> None:
        """Put other words into a message of our own; doing it twice is doing it once.

        Args:
            channel_id: the channel's id; a name does not do.
            ts: the message's.
            text: see ``post``.
            blocks: see ``post``.

        Raises:
            CallFailed: it stands as it was, or nobody knows; FORBIDDEN where messages can't be changed.
        """

    def find(
        self, channel_id: str, effect_id: str, since: datetime, *, thread_ts: str | None = None
    ) -> Posted | None:
        """The message of an effect in a channel and, where one is given, in its thread; None when it is not there.

        Raises:
            CallFailed: it could not be looked for.
        """

    def channel_id(self, name: str) -> str | None:
        """The id of the channel with a name, ``#`` included or not; None when there is none to be seen.

        Raises:
            CallFailed: it could not be looked for.
        """

    @property
    def can_direct(self) -> bool:
        """Whether people can be looked up, mentioned and written to directly."""

    def user_id(self, email: str) -> str | None:
        """The id of the active user with an e-mail address, or None when there is none.

        Raises:
            CallFailed: it could not be looked for; FORBIDDEN without the scope.
        """

    def direct_channel(self, user_id: str) -> str | None:
        """The id of the direct message to a user, the same every time; None when none can be had with them.

        Raises:
            CallFailed: it could not be opened; FORBIDDEN without the scope.
        """


class SlackWebhook:
    """Slack by an incoming webhook: one URL, one channel, no way to look."""

    can_find = False
    can_direct = False

    def __init__(self, transport: Transport, url: str, pacer: Pacer) -> None:
        self._transport = transport
        self._url = url
        self._pacer = pacer

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
        """See ``Slack.post``; the webhook's own channel is used, without metadata and without threads."""
        del channel, effect_id, thread_ts, broadcast
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

    def edit(self, channel_id: str, ts: str, text: str, blocks: Sequence[Mapping[str, Any]]) -> None:
        """Never possible: what a webhook posted can't be named."""
        del channel_id, ts, text, blocks
        raise CallFailed(
            Failure.FORBIDDEN, "slack", "slack.webhook", message="an incoming webhook changes no message"
        )

    def find(
        self, channel_id: str, effect_id: str, since: datetime, *, thread_ts: str | None = None
    ) -> Posted | None:
        """Never possible: ``can_find`` is False."""
        del channel_id, effect_id, since, thread_ts
        raise CallFailed(
            Failure.FORBIDDEN, "slack", "slack.webhook", message="an incoming webhook keeps no history"
        )

    def channel_id(self, name: str) -> str | None:  # noqa: ARG002 - a webhook shows no channel
        """Never known."""
        return None

    def user_id(self, email: str) -> str | None:  # noqa: ARG002 - a webhook shows nobody
        """Never known."""
        return None

    def direct_channel(self, user_id: str) -> str | None:  # noqa: ARG002 - a webhook has one channel
        """Never had."""
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
        return self._way().post(channel, text, blocks, effect_id, thread_ts=thread_ts, broadcast=broadcast)

    def edit(self, channel_id: str, ts: str, text: str, blocks: Sequence[Mapping[str, Any]]) -> None:
        """See ``Slack.edit``."""
        self._way().edit(channel_id, ts, text, blocks)

    def find(
        self, channel_id: str, effect_id: str, since: datetime, *, thread_ts: str | None = None
    ) -> Posted | None:
        """See ``Slack.find``."""
        return self._way().find(channel_id, effect_id, since, thread_ts=thread_ts)

    def channel_id(self, name: str) -> str | None:
        """See ``Slack.channel_id``."""
        return self._way().channel_id(name)

    @property
    def can_direct(self) -> bool:
        """Whether the configured way can."""
        return _key(self._secret().get("bot_token")) is not None

    def user_id(self, email: str) -> str | None:
        """See ``Slack.user_id``."""
        return self._way().user_id(email)

    def direct_channel(self, user_id: str) -> str | None:
        """See ``Slack.direct_channel``."""
        return self._way().direct_channel(user_id)

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
        if not token and not is_private(key):  # somebody may have written the secret without `rotate`
            message = (
                "the webhook URL is no https address, so nothing is sent there; look at the Slack secret"
            )
            raise CallFailed(Failure.UNAUTHORIZED, "slack", "slack.configure", message=message)
        if self._made is None or self._made[0] != key:
            self._made = (key, self._bot(token) if token else self._webhook(key))
        return self._made[1]


def _key(value: object) -> str | None:
    return word(value.strip()) if isinstance(value, str) else None
