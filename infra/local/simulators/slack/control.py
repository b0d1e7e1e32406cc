"""The admin API: what a test or a demo may do to the simulated Slack, in this process or over HTTP."""

from abc import ABC, abstractmethod
from typing import Any, cast

from .model import Json


class SlackControl(ABC):
    """All operations; ``SlackSimulator`` runs them here, ``SlackAdmin`` in another process."""

    @abstractmethod
    def _call(self, operation: str, **arguments: object) -> Any:
        """Run one operation; what it answered."""

    def seed_demo(self) -> None:
        """Fill in the channels #team and #tasks, and the people of the simulated Notion's demo.

        Dan is deactivated here, and Eve was never here.
        """
        for name in ("team", "tasks"):
            self.add_channel(name)
        for name in ("Ann", "Ben", "Chloé", "Dan"):
            self.add_user(name, email=f"{name.lower().replace('é', 'e')}@example.com")
        self.deactivate("Dan")

    def add_channel(self, name: str) -> str:
        """Add a channel; its id."""
        return cast("str", self._call("add_channel", name=name))

    def add_user(self, name: str, *, email: str | None = None) -> str:
        """Add a user; their id."""
        return cast("str", self._call("add_user", name=name, email=email))

    def deactivate(self, user: str) -> None:
        """Deactivate a user, by id or name: nobody finds them by address, and no message reaches them."""
        self._call("deactivate", user=user)

    def users(self) -> list[Json]:
        """The users, with their addresses."""
        return cast("list[Json]", self._call("users"))

    def archive(self, channel: str) -> None:
        """Archive a channel, by name or id."""
        self._call("archive", channel=channel)

    def leave(self, channel: str) -> None:
        """Take the app out of a channel, by name or id."""
        self._call("leave", channel=channel)

    def messages(self, channel: str) -> list[Json]:
        """The messages of a channel or of a user's direct messages, oldest first, threads included; none for an unknown one."""
        return cast("list[Json]", self._call("messages", channel=channel))

    def empty_channels(self) -> None:
        """Forget every message, in direct messages too."""
        self._call("empty_channels")

    def requests(self) -> list[Json]:
        """The log of the vendor API: ``time``, ``path``, ``status``, ``cut``."""
        return cast("list[Json]", self._call("requests"))

    def set_rate_limit(self, on: bool) -> None:
        """Hold each channel to a message a second, after a burst of five; off at first."""
        self._call("set_rate_limit", on=on)

    def set_scopes(self, scopes: list[str] | None) -> None:
        """The token's scopes; None (at first) is all."""
        self._call("set_scopes", scopes=scopes)

    def set_bot_token(self, token: str) -> None:
        """Make another token the right one."""
        self._call("set_bot_token", token=token)

    def set_webhook_channel(self, channel: str) -> None:
        """Where the incoming webhook posts; #team at first."""
        self._call("set_webhook_channel", channel=channel)

    def add_webhook(self, *, team: str = "T00000001") -> str:
        """Make a further incoming webhook, beside those that are there; its path."""
        return cast("str", self._call("add_webhook", team=team))

    def revoke_webhook(self, path: str) -> None:
        """Revoke an incoming webhook: it answers 404 ``no_service`` from now on."""
        self._call("revoke_webhook", path=path)

    def add_fault(
        self, action: Json, *, match: Json | None = None, times: int | str = 1, after: int = 0
    ) -> None:
        """Order a fault for the paths that ``match["path"]`` (a regular expression) finds.

        Actions: ``{"kind": "answer", "status", "retry_after"?}``, ``{"kind": "error", "error"}``,
        ``{"kind": "reset", "saved"?}``, ``{"kind": "saved", "status"?}``, ``{"kind": "malformed"}``,
        ``{"kind": "latency", "seconds"}``. ``times`` may be ``"forever"``.
        """
        self._call("add_fault", action=action, match=match, times=times, after=after)

    def clear_faults(self) -> None:
        """Cancel all faults."""
        self._call("clear_faults")

    def reset(self) -> None:
        """Back to an empty workspace."""
        self._call("reset")
