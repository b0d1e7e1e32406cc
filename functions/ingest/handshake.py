"""The verification handshake: keep the token that Notion sends, without anybody copying it from a log.

The handshake is signed with the very token that it carries, so it proves nothing about its sender. Therefore a token is
only ever a *candidate*: kept in the pending secret, only while an operator has armed the endpoint, never echoed, never
logged, never put among the active tokens by itself. Notion's own dialog decides which candidate is right.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from steward.errors import Refusal
from steward.secret_store import SecretStore
from steward.signature import Verdict, verify

MAX_CANDIDATES = 5
"""Tokens kept in one armed window: an attacker can't push the right one out, and can't fill the secret."""

_TOKEN = re.compile(r"secret_[A-Za-z0-9_-]{20,200}")


def is_handshake(payload: Mapping[str, Any]) -> bool:
    """Whether a payload is a handshake and nothing else: an event that carries a token as well is an event."""
    return set(payload) == {"verification_token"}


def fingerprint(token: str) -> str:
    """What a token may be known by outside the secret: 12 hexadecimal digits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()[:12]


class Handshakes:
    """Keeps candidates in the pending secret."""

    def __init__(
        self,
        store: SecretStore,
        pending_secret: str,
        active: Callable[[], list[str]],
        now: Callable[[], datetime],
    ) -> None:
        """Make the keeper.

        Args:
            store: a secret store of its own, whose ``ttl`` bounds how often a forged handshake causes a read.
            pending_secret: id of the pending secret.
            active: gives the active tokens.
            now: our clock.
        """
        self._store = store
        self._pending_secret = pending_secret
        self._active = active
        self._now = now

    def receive(self, body: bytes, payload: Mapping[str, Any], signature: str | None) -> tuple[str, bool]:
        """Keep the token of a handshake.

        Returns:
            its fingerprint, and whether it is new.

        Raises:
            Refusal: it is not armed, the token is no token, the signature is wrong, or there are too many.
        """
        token = payload["verification_token"]
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise Refusal(400, "invalid_token", "verification_token has to be the token that Notion made")
        if signature is not None and verify(body, signature, [token]) is not Verdict.VALID:
            raise Refusal(
                401, "signature_mismatch", "sign the handshake with its own token, or do not sign it"
            )
        if not self._armed(self._store.get(self._pending_secret)):
            message = "arm the endpoint for the handshake, then press 'Resend token' in Notion"
            raise Refusal(403, "handshake_not_armed", message)
        if token in self._active():
            return fingerprint(token), False
        # What is about to be written over must be fresh.
        document = self._store.refresh(self._pending_secret)
        candidates = [c for c in document.get("candidates") or [] if isinstance(c, dict)]
        if any(c.get("token") == token for c in candidates):
            return fingerprint(token), False
        if len(candidates) >= MAX_CANDIDATES:
            raise Refusal(
                409, "handshake_full", "too many tokens wait to be confirmed: confirm one, or arm again"
            )
        candidate = {"token": token, "received_at": self._now().isoformat(), "signed": signature is not None}
        self._store.put(self._pending_secret, {**document, "candidates": [*candidates, candidate]})
        return fingerprint(token), True

    def _armed(self, document: Mapping[str, Any]) -> bool:
        until = document.get("armed_until")
        try:
            moment = datetime.fromisoformat(until) if isinstance(until, str) else None
        except ValueError:
            return False
        return moment is not None and moment.tzinfo is not None and self._now() < moment
