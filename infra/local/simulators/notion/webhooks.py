"""Webhook subscriptions: the ceremony, who is told of what, and the way from a change to events in the engine.

Promises Notion's states (pending verification, active, paused, deleted), the self-signed handshake, and that a
connection is told only of what it can see: every object shared with it, comments only with *Read comments*.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from .aggregation import Bucket, aggregated
from .delivery import DeliveryEngine, post
from .envelope import API_VERSIONS, EVENT_TYPES, Event, as_of, to_bytes
from .errors import SimulatorError
from .ids import Ids
from .model import Change, Connection, Json


@dataclass
class Subscription:
    """A webhook subscription; `event_types` None means all."""

    id: str
    url: str
    connection_id: str
    verification_token: str
    event_types: tuple[str, ...] | None
    api_version: str
    state: str = "pending verification"
    failures: int = 0

    def as_json(self) -> Json:
        """All of it, the token included: this is a simulator's admin API."""
        return dict(vars(self)) | {"event_types": list(self.event_types) if self.event_types else None}


class Webhooks:
    """The subscriptions of a workspace.

    Args:
        ids: source of ids and tokens.
        stamp: the workspace's time in epoch milliseconds.
        seed: of the engine's random decisions.
    """

    def __init__(self, ids: Ids, stamp: Callable[[], int], seed: int) -> None:
        self._ids = ids
        self.subscriptions: dict[str, Subscription] = {}
        self.events: dict[str, Event] = {}
        self.engine = DeliveryEngine(self._target, self._attempted, stamp, seed)
        self._buckets: dict[tuple[str, str], Bucket] = {}

    # -- the ceremony ----------------------------------------------------------------------------------------------

    def create(
        self, url: str, connection_id: str, event_types: list[str] | None, api_version: str, token: str | None
    ) -> Subscription:
        """A new subscription, pending verification."""
        types = known_types(event_types)
        if api_version not in API_VERSIONS:
            raise SimulatorError(f"unknown version {api_version}")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SimulatorError(f"a subscription needs an http or https URL, not {url}")
        made = Subscription(
            self._ids.uuid(), url, connection_id, token or self._ids.secret(), types, api_version
        )
        self.subscriptions[made.id] = made
        return made

    def find(self, subscription_id: str) -> Subscription:
        """The subscription, or SimulatorError."""
        found = self.subscriptions.get(subscription_id)
        if found is None:
            raise SimulatorError(f"no subscription {subscription_id}")
        return found

    def handshake(self, subscription: Subscription) -> Json:
        """POST ``{"verification_token": …}`` signed with itself; the outcome, with the bytes sent."""
        token = subscription.verification_token
        body = to_bytes({"verification_token": token})
        outcome = post(subscription.url, body, token, self.engine.settings.timeout_seconds)
        return outcome | {"body": body.decode()}

    def verify(self, subscription: Subscription, token: str) -> bool:
        """What pressing *Verify subscription* does: activate when the pasted token is right."""
        if subscription.state != "pending verification" or token != subscription.verification_token:
            return False
        subscription.state = "active"
        return True

    def renew_token(self, subscription: Subscription) -> None:
        """Give a pending subscription another token."""
        subscription.verification_token = self._ids.secret()

    # -- from changes to events --------------------------------------------------------------------------------------

    def publish(
        self, change: Change, author: Json, fixed: Json, sees: Callable[[str], Connection | None]
    ) -> None:
        """Queue an event of ``change`` for every active subscription whose connection ``sees`` it."""
        for subscription in list(self.subscriptions.values()):
            connection = sees(subscription.connection_id)
            if connection is None or subscription.state != "active":
                continue
            event_type, entity, data = as_of(change, subscription.api_version)
            if subscription.event_types is not None and event_type not in subscription.event_types:
                continue
            if event_type.startswith("comment.") and not connection.capabilities.read_comments:
                continue
            event = Event(
                self._ids.uuid(), subscription.id, event_type, entity, change.at_ms, [author], data,
                fixed=fixed | {"integration_id": connection.id, "api_version": subscription.api_version},
            )  # fmt: skip  # values without names, in the order of the class
            self._take(event)

    def _take(self, event: Event) -> None:
        window = self.engine.settings.aggregation_seconds
        if window <= 0 or not aggregated(event.type):
            self.events[event.id] = event
            self.engine.schedule(event)
            return
        key = (event.subscription_id, str(event.entity["id"]))
        with self.engine.agenda.condition:
            bucket = self._buckets.get(key)
            if bucket is None:
                bucket = self._buckets[key] = Bucket(self.engine.settings.aggregate_timestamp)
                self.engine.agenda.after(window, lambda: self._close(key))
            if bucket.add(event) is None:
                self.events[event.id] = event

    def _close(self, key: tuple[str, str]) -> None:
        with self.engine.agenda.condition:
            bucket = self._buckets.pop(key, None)
            send, gone = bucket.close() if bucket else ([], [])
            for event in gone:
                event.state = "collapsed"
            for event in send:
                self.engine.schedule(event)

    # -- what the engine asks and tells --------------------------------------------------------------------------------

    def _target(self, subscription_id: str) -> tuple[str, str] | None:
        subscription = self.subscriptions.get(subscription_id)
        if subscription is None or subscription.state != "active":
            return None
        return subscription.url, subscription.verification_token

    def _attempted(self, subscription_id: str, acknowledged: bool) -> None:
        subscription = self.subscriptions.get(subscription_id)
        if subscription is None:
            return
        subscription.failures = 0 if acknowledged else subscription.failures + 1
        limit = self.engine.settings.pause_after_failures
        if limit is not None and subscription.failures >= limit and subscription.state == "active":
            subscription.state = "paused"


def known_types(event_types: list[str] | None) -> tuple[str, ...] | None:
    """The event types ticked in a subscription; None means all.

    Raises:
        SimulatorError: for a type that Notion does not have.
    """
    unknown = sorted(set(event_types or ()) - set(EVENT_TYPES))
    if unknown:
        raise SimulatorError(f"unknown event types: {', '.join(unknown)}")
    return None if event_types is None else tuple(event_types)
