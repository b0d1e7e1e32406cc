"""The admin API, second part: connections, limits, faults, time, and webhooks.

`connection_id` is the default connection's when it is not given.
"""

from .control_base import ControlBase
from .model import Json


class NetworkControl(ControlBase):
    """Everything between the workspace and the outside."""

    def add_connection(
        self, token: str, name: str, *, capabilities: Json | None = None, connection_id: str | None = None
    ) -> str:
        """Add a connection with a bot user of its own; its id."""
        return self._text(
            "add_connection", token=token, name=name, capabilities=capabilities, connection_id=connection_id
        )

    def connection(self, connection_id: str | None = None) -> Json:
        """A connection: `id`, `name`, `bot_id`, `tokens`, `capabilities`, limits."""
        return self._json("connection", connection_id=connection_id)

    def add_token(self, token: str, *, connection_id: str | None = None) -> None:
        """Let a connection use another token too, as during a rotation."""
        self._call("add_token", token=token, connection_id=connection_id)

    def revoke_token(self, token: str) -> None:
        """From now on the token is answered 401."""
        self._call("revoke_token", token=token)

    def set_capabilities(self, capabilities: Json, *, connection_id: str | None = None) -> None:
        """Change some of read_content, update_content, insert_content, read_comments, insert_comments, users."""
        self._call("set_capabilities", capabilities=capabilities, connection_id=connection_id)

    def set_rate_limit(
        self, requests: int | None, *, window_seconds: float = 60.0, connection_id: str | None = None
    ) -> None:
        """Requests per fixed window of a connection; None turns the limit off. Opens all windows anew."""
        self._call(
            "set_rate_limit", requests=requests, window_seconds=window_seconds, connection_id=connection_id
        )

    def set_workspace_limit(self, requests: int | None, *, window_seconds: float = 60.0) -> None:
        """The limit shared by all connections; None (the default) turns it off. Opens all windows anew."""
        self._call("set_workspace_limit", requests=requests, window_seconds=window_seconds)

    def block(self, *, blocked: bool = True, connection_id: str | None = None) -> None:
        """Answer every request 429 `public_api_request_blocked`, or stop doing so."""
        self._call("block", blocked=blocked, connection_id=connection_id)

    def add_fault(
        self,
        action: Json,
        *,
        match: Json | None = None,
        times: int | str | None = 1,
        after: int = 0,
        probability: float = 1.0,
    ) -> str:
        """Order a fault (`faults.answer(503)`, `faults.saved()`…); its id.

        `match` may hold `method` and `path` (a regular expression); the first `after` matching requests pass,
        then `times` (a number, or "forever") of them go wrong, each with `probability`.
        """
        return self._text(
            "add_fault", action=action, match=match, times=times, after=after, probability=probability
        )

    def faults(self) -> list[Json]:
        """The ordered faults with `seen` and `fired`."""
        return self._rows("faults")

    def clear_faults(self) -> None:
        """Cancel all faults."""
        self._call("clear_faults")

    def hanging(self) -> int:
        """How many requests hang."""
        return self._number("hanging")

    def wait_for_hang(self, *, count: int = 1, timeout: float = 10.0) -> bool:
        """Wait until `count` requests hang; False when `timeout` seconds were not enough."""
        return self._flag("wait_for_hang", count=count, timeout=timeout)

    def release_hangs(self) -> int:
        """Cut the requests that hang; how many there were."""
        return self._number("release_hangs")

    def set_page_cap(self, cap: int | None) -> None:
        """Answer at most `cap` results a page, whatever page size is asked for."""
        self._call("set_page_cap", cap=cap)

    def set_title_events(self, mode: str) -> None:
        """What a title edit tells: "properties", "content" or "both" (the default)."""
        self._call("set_title_events", mode=mode)

    def set_clock_offset(self, seconds: float) -> None:
        """Let Notion's clock (times, events, `Date`) run ahead of the given clock by `seconds`."""
        self._call("set_clock_offset", seconds=seconds)

    # -- webhooks ------------------------------------------------------------------------------------------------------

    def create_subscription(
        self,
        url: str,
        *,
        event_types: list[str] | None = None,
        api_version: str = "2026-03-11",
        verification_token: str | None = None,
        active: bool = False,
        connection_id: str | None = None,
    ) -> Json:
        """Create a subscription; with its `handshake` (status, body) unless it is directly `active`."""
        return self._json(
            "create_subscription",
            url=url,
            event_types=event_types,
            api_version=api_version,
            verification_token=verification_token,
            active=active,
            connection_id=connection_id,
        )

    def resend_token(self, subscription_id: str, *, renew: bool = False) -> Json:
        """Send the handshake again, with another token when `renew`; its outcome."""
        return self._json("resend_token", subscription_id=subscription_id, renew=renew)

    def verify_subscription(self, subscription_id: str, token: str) -> bool:
        """Paste the token; True when it is right and the subscription is now active."""
        return self._flag("verify_subscription", subscription_id=subscription_id, token=token)

    def set_subscription(
        self, subscription_id: str, *, state: str | None = None, event_types: list[str] | None = None
    ) -> Json:
        """Make it "active", "paused" or "deleted", or change its event types."""
        return self._json(
            "set_subscription", subscription_id=subscription_id, state=state, event_types=event_types
        )

    def configure_webhooks(self, **settings: object) -> Json:
        """Change delivery settings (the attributes of `DeliverySettings`); all of them as they are now."""
        return self._json("configure_webhooks", **settings)

    def drain(self, timeout: float = 10.0, *, hurry: bool = False) -> bool:
        """Wait until every delivery is done; False when `timeout` seconds were not enough.

        `hurry` makes windows, delays and retries due at once, in their order.
        """
        return self._flag("drain", timeout=timeout, hurry=hurry)

    def redeliver(self, event_id: str) -> None:
        """Send an event once more: the same id, other bytes."""
        self._call("redeliver", event_id=event_id)
