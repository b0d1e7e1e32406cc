"""What a Slack workspace holds, and the errors that its API names."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """An error of the Web API, by Slack's own name, e.g. ``channel_not_found``; ``more`` stands beside it."""

    def __init__(self, name: str, **more: str) -> None:
        super().__init__(name)
        self.more = more


@dataclass
class Channel:
    """A channel, or a direct message to a user; ``joined``: the app is a member."""

    id: str
    name: str
    archived: bool = False
    joined: bool = True
    messages: list[Json] = field(default_factory=list)
    free_at: float = 0.0


WEBHOOK_PATH = "/services/T00000001/B00000001/localwebhook"
"""Of the first incoming webhook."""


@dataclass
class Fault:
    """What goes wrong, for which paths, how often."""

    action: Json
    path: str
    times: int | None
    after: int


class Workspace:
    """Channels, people, tokens. Every access holds ``lock``."""

    def __init__(self, clock: Callable[[], float], bot_token: str) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.bot_token = bot_token
        self.clear()

    def clear(self) -> None:
        """Back to an empty workspace; the token stays."""
        with self.lock:
            self.channels: dict[str, Channel] = {}
            self.users: dict[str, Json] = {}
            self.scopes: set[str] | None = None
            self.faults: list[Fault] = []
            self.requests: list[Json] = []
            self.rate_limited = False
            self.webhook_channel = "#team"
            self.webhooks = {WEBHOOK_PATH}
            """Paths of the incoming webhooks that are not revoked."""
            self._last_ts = 0.0
            self._made = 0

    def empty_channels(self) -> None:
        """Forget every message."""
        with self.lock:
            for channel in self.channels.values():
                channel.messages.clear()

    def next_id(self, letter: str) -> str:
        """A new id, e.g. ``C00000001``."""
        self._made += 1
        return f"{letter}{self._made:08d}"

    def next_ts(self) -> str:
        """A message's timestamp: the clock, and never the same twice."""
        self._last_ts = max(self.clock(), self._last_ts + 0.000001)
        return f"{self._last_ts:.6f}"

    def channel(self, reference: str, *, by_name: bool = True) -> Channel:
        """A channel by id, or by name with or without ``#``, or a user's id for their direct message.

        Raises:
            SlackError: channel_not_found; for a deactivated user, too, for which Slack documents no word.
        """
        direct = f"D{reference[1:]}" if by_name and reference in self.users else reference
        user = self.users.get(f"U{direct[1:]}") if direct.startswith("D") else None
        if user is not None and user["deleted"]:
            raise SlackError("channel_not_found")
        if direct in self.channels:
            return self.channels[direct]
        if user is not None and by_name and reference in self.users:
            return self.channels.setdefault(direct, Channel(direct, user["name"]))
        if by_name:
            for channel in self.channels.values():
                if channel.name == reference.removeprefix("#"):
                    return channel
        raise SlackError("channel_not_found")
