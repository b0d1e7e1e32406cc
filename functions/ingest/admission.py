"""Admission: what comes in, and what is turned away with a reason. No signature, no effect.

The order matters: nothing is parsed that is not signed, except the two handshakes, which are small and have an exact
shape; nothing is acknowledged that is not durable.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ingest.exchange import Request, Response
from ingest.handshake import Handshakes, fingerprint, is_handshake
from ingest.strict_json import parse_object
from steward import telemetry
from steward.dialects import normalise
from steward.errors import Refusal
from steward.events import Event
from steward.secret_store import SecretStore, SecretUnavailable
from steward.signature import Verdict, verify

PATHS = frozenset({"/webhooks/notion", "/api/webhooks/notion"})

MAX_BODY = 160 * 1024
"""Bytes. Notion's events are a few kilobytes; the lane takes 1024 KiB, and its ASCII makes six bytes of one at worst."""

MAX_HANDSHAKE = 1024
"""Bytes of a body that is looked at before its signature."""

MAX_CHALLENGE = 256
"""Characters of a challenge that is echoed."""


class LaneDown(Exception):
    """The lane refused a message: nothing is durable, so nothing is acknowledged."""


class Publisher(Protocol):
    """Makes an event durable, or raises ``LaneDown``."""

    def __call__(self, event: Event, received_at: datetime) -> None:
        """Publish."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Who may deliver; an empty set allows anyone whose signature is right."""

    workspaces: frozenset[str]
    subscriptions: frozenset[str]


class Admission:
    """Decides about one request."""

    def __init__(
        self,
        *,
        store: SecretStore,
        signing_secret: str,
        handshakes: Handshakes,
        allowed: Allowed,
        publish: Publisher,
        now: Callable[[], datetime],
        count: telemetry.Count,
    ) -> None:
        self._store = store
        self._signing_secret = signing_secret
        self._handshakes = handshakes
        self._allowed = allowed
        self._publish = publish
        self._now = now
        self._count = count

    def admit(self, request: Request) -> Response:
        """Answer a request.

        Raises:
            Refusal: it is turned away.
        """
        _check_route(request)
        if len(request.body) > MAX_BODY:
            raise Refusal(413, "body_too_large", f"send at most {MAX_BODY} bytes")
        return self._handshake(request) or self._delivery(request)

    def active_tokens(self) -> list[str]:
        """The tokens that may sign, as cached."""
        return _tokens(self._store.get(self._signing_secret))

    def _handshake(self, request: Request) -> Response | None:
        if len(request.body) > MAX_HANDSHAKE:
            return None
        try:
            payload = parse_object(request.body)
        except Refusal:
            return None  # what is not even signed does not get to hear about its JSON
        if is_handshake(payload):
            mark, new = self._handshakes.receive(
                request.body, payload, request.headers.get("x-notion-signature")
            )
            if new:
                self._count(telemetry.HANDSHAKE)
            return Response(200, {"status": "pending", "fingerprint": mark})
        if set(payload) == {"type", "challenge"} and payload["type"] == "webhook_challenge":
            challenge = payload["challenge"]
            if not isinstance(challenge, str) or not 0 < len(challenge) <= MAX_CHALLENGE:
                raise Refusal(
                    400, "invalid_challenge", f"challenge has to be a text of 1 to {MAX_CHALLENGE} characters"
                )
            return Response(200, {"challenge": challenge})
        return None

    def _delivery(self, request: Request) -> Response:
        signed_by = self._check_signature(request)
        payload = parse_object(request.body)
        event = normalise(payload)
        if self._allowed.workspaces and event.workspace_id not in self._allowed.workspaces:
            raise Refusal(
                403, "unknown_workspace", "add the workspace's id to WorkspaceIds, or leave that empty"
            )
        if self._allowed.subscriptions and event.subscription_id not in self._allowed.subscriptions:
            raise Refusal(
                403,
                "unknown_subscription",
                "add the subscription's id to SubscriptionIds, or leave that empty",
            )
        try:
            self._publish(event, self._now())
        except LaneDown as error:
            self._count(telemetry.PUBLISH_FAILED)
            raise Refusal(503, "lane_unavailable", "deliver again later; nothing was taken") from error
        self._count(telemetry.ACCEPTED)
        return Response(200, {"status": "accepted", "event_id": event.id}, signed_by=signed_by)

    def _check_signature(self, request: Request) -> str:
        """The fingerprint of the token that signed it: what a rotation waits for before the old one is retired."""
        header = request.headers.get("x-notion-signature")
        tokens = self.active_tokens()
        verdict = verify(request.body, header, tokens)
        if verdict is Verdict.MISMATCH:
            # A token may just have been rotated in: look once, at most once per interval, then refuse.
            tokens = _tokens(self._store.refresh(self._signing_secret))
            verdict = verify(request.body, header, tokens)
        if verdict is not Verdict.VALID:
            message = (
                "sign the raw body with an active verification token, in X-Notion-Signature: sha256=<64 hex>"
            )
            raise Refusal(401, str(verdict), message)
        return next(fingerprint(t) for t in tokens if verify(request.body, header, [t]) is Verdict.VALID)


def refused_for_want_of_secret(_: SecretUnavailable) -> Refusal:
    """The refusal when no signature can be checked: 503, so that Notion delivers again."""
    return Refusal(
        503, "signing_secret_unavailable", "deliver again later; the signature could not be checked"
    )


def _check_route(request: Request) -> None:
    if request.path.rstrip("/") not in PATHS:
        raise Refusal(404, "unknown_route", "deliver to /webhooks/notion")
    if request.method != "POST":
        raise Refusal(405, "method_not_allowed", "deliver with POST")


def _tokens(document: Any) -> list[str]:
    active = document.get("active")
    return [t for t in active if isinstance(t, str) and t] if isinstance(active, list) else []
