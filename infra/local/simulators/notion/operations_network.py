"""What `NetworkControl` promises, done. Argument names are the admin API's."""

from dataclasses import asdict, fields, replace

from .errors import SimulatorError
from .machine import Machine
from .model import Capabilities, Connection, Json
from .webhooks import known_types

STATES = ("active", "paused", "deleted")
TITLE_MODES = ("properties", "content", "both")
USER_ACCESS = ("none", "without_email", "with_email")


class NetworkOperations:
    """Connections, limits, faults, time, webhooks."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def add_connection(
        self, token: str, name: str, *, capabilities: Json | None = None, connection_id: str | None = None
    ) -> str:
        """Add a connection."""
        wanted = _capabilities(Capabilities(), capabilities or {})
        return self.machine.add_connection(name, {token}, wanted, connection_id).id

    def connection(self, connection_id: str | None = None) -> Json:
        """A connection."""
        found = self.machine.connection(connection_id)
        return asdict(found) | {"tokens": sorted(found.tokens), "hidden": sorted(found.hidden)}

    def add_token(self, token: str, *, connection_id: str | None = None) -> None:
        """Another token."""
        self.machine.connection(connection_id).tokens.add(token)

    def revoke_token(self, token: str) -> None:
        """One token less."""
        for connection in self.machine.workspace.connections.values():
            connection.tokens.discard(token)

    def set_capabilities(self, capabilities: Json, *, connection_id: str | None = None) -> None:
        """Change capabilities."""
        found = self.machine.connection(connection_id)
        found.capabilities = _capabilities(found.capabilities, capabilities)

    def set_rate_limit(
        self, requests: int | None, *, window_seconds: float = 60.0, connection_id: str | None = None
    ) -> None:
        """The limit of a connection."""
        found: Connection = self.machine.connection(connection_id)
        found.per_window, found.window_seconds = requests, window_seconds
        self.machine.limits.reset()

    def set_workspace_limit(self, requests: int | None, *, window_seconds: float = 60.0) -> None:
        """The limit of the workspace."""
        limits = self.machine.limits
        limits.workspace_limit, limits.workspace_seconds = requests, window_seconds
        limits.reset()

    def block(self, *, blocked: bool = True, connection_id: str | None = None) -> None:
        """Block or unblock."""
        self.machine.connection(connection_id).blocked = blocked

    def add_fault(
        self,
        action: Json,
        *,
        match: Json | None = None,
        times: int | str | None = 1,
        after: int = 0,
        probability: float = 1.0,
    ) -> str:
        """Order a fault."""
        return self.machine.faults.add(action, match, times, after, probability)

    def faults(self) -> list[Json]:
        """All faults."""
        return [rule.as_json() for rule in self.machine.faults.rules.values()]

    def clear_faults(self) -> None:
        """No more faults."""
        self.machine.faults.rules.clear()

    def hanging(self) -> int:
        """Requests that hang."""
        return len(self.machine.gateway.hung)

    def wait_for_hang(self, *, count: int = 1, timeout: float = 10.0) -> bool:
        """Wait for requests that hang."""
        gateway = self.machine.gateway
        with gateway.hanging:
            return gateway.hanging.wait_for(lambda: len(gateway.hung) >= count, timeout)

    def release_hangs(self) -> int:
        """Cut them."""
        return self.machine.gateway.release()

    def set_page_cap(self, cap: int | None) -> None:
        """Fewer results a page."""
        self.machine.gateway.page_cap = cap

    def set_title_events(self, mode: str) -> None:
        """What title edits tell."""
        if mode not in TITLE_MODES:
            raise SimulatorError(f"title events are one of {', '.join(TITLE_MODES)}")
        self.machine.workspace.title_events = mode

    def set_clock_offset(self, seconds: float) -> None:
        """Shift Notion's clock."""
        self.machine.workspace.clock_offset = seconds

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
        """Create a subscription, with the handshake unless it is directly active."""
        connection = self.machine.connection(connection_id)
        made = self.machine.webhooks.create(url, connection.id, event_types, api_version, verification_token)
        if not active:
            outcome = self.machine.webhooks.handshake(made)
            return made.as_json() | {"handshake": outcome}
        made.state = "active"
        return made.as_json()

    def resend_token(self, subscription_id: str, *, renew: bool = False) -> Json:
        """The handshake again."""
        found = self.machine.webhooks.find(subscription_id)
        if found.state != "pending verification":
            raise SimulatorError(
                f"the subscription is {found.state}: only a pending one can be sent its token"
            )
        if renew:
            self.machine.webhooks.renew_token(found)
        return self.machine.webhooks.handshake(found)

    def verify_subscription(self, subscription_id: str, token: str) -> bool:
        """Paste the token."""
        return self.machine.webhooks.verify(self.machine.webhooks.find(subscription_id), token)

    def set_subscription(
        self, subscription_id: str, *, state: str | None = None, event_types: list[str] | None = None
    ) -> Json:
        """Change state or event types."""
        found = self.machine.webhooks.find(subscription_id)
        if state is not None:
            if state not in STATES:
                raise SimulatorError(f"a subscription is made {', '.join(STATES)}")
            found.state, found.failures = state, 0
        if event_types is not None:
            found.event_types = known_types(event_types)
        return found.as_json()

    def configure_webhooks(self, **settings: object) -> Json:
        """Change delivery settings."""
        engine = self.machine.webhooks.engine
        engine.configure(engine.settings.changed(settings))
        return asdict(engine.settings)

    def drain(self, timeout: float = 10.0, *, hurry: bool = False) -> bool:
        """Wait for deliveries."""
        return self.machine.webhooks.engine.agenda.drain(float(timeout), hurry=hurry)

    def redeliver(self, event_id: str) -> None:
        """Send again."""
        event = self.machine.webhooks.events.get(event_id)
        if event is None:
            raise SimulatorError(f"no event {event_id}")
        self.machine.webhooks.engine.repeat(event)


def _capabilities(old: Capabilities, changes: Json) -> Capabilities:
    known = {each.name for each in fields(Capabilities)}
    if set(changes) - known or changes.get("users", "none") not in USER_ACCESS:
        raise SimulatorError(
            f"capabilities are {', '.join(sorted(known))}; users is one of {', '.join(USER_ACCESS)}"
        )
    return replace(old, **changes)
