"""The rotation of the token that signs Notion's deliveries, step by step; what is stored says which step is next.

::

    arm ──a handshake arrives──▶ confirm by fingerprint ──▶ both tokens are active ──▶ retire the old one
                                          ▲                          │
                                          └───────── undo ───────────┘

Promises: each step is one write, so a death between two of them is gone on from; from ``confirm`` to ``retire`` both
tokens are accepted, so no delivery is refused; the old one is retired only after a delivery that the new one signed was
accepted, and after the overlap, because Notion repeats what it could not deliver for about a day. A handshake proves
nothing about its sender, so an operator says which candidate is right, and may take that back.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from infra.operate.signing_documents import (
    Candidate,
    Rotation,
    Standing,
    active_of,
    candidates_of,
    rotation_of,
    standing_of,
)
from infra.operate.text import parsed, when
from ingest.handshake import fingerprint

WINDOW = timedelta(minutes=15)
"""How long the endpoint is armed."""

OVERLAP = timedelta(hours=25)
"""How long both tokens are active at least: Notion's last repetition comes about 24 hours after the event."""

REACH = 35.0
"""Seconds until every environment of ingest can know a new token: it reads the secret at most every 30 s on a mismatch."""

SIGNING, HANDSHAKES = "SigningSecretArn", "PendingSigningSecretArn"


class RefusedStep(Exception):
    """The step that was asked for is not possible; the message says what is."""


class SigningRotation:
    """Rotates the signing token. Every step returns lines for the operator, without any token in them."""

    def __init__(
        self,
        client: Any,
        signing_secret: str,
        pending_secret: str,
        *,
        proved: Callable[[str, datetime], bool],
        now: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Make it.

        Args:
            client: Secrets Manager.
            signing_secret: id of the secret with the active tokens, see ``signing_documents``.
            pending_secret: id of the secret with the candidates.
            proved: whether a delivery signed with the token of a fingerprint was accepted since a time.
            now: our clock.
            sleep: waits so many seconds.
        """
        self._client = client
        self._signing_secret = signing_secret
        self._pending_secret = pending_secret
        self._proved = proved
        self._now = now
        self._sleep = sleep

    def standing(self) -> Standing:
        """How the tokens stand."""
        return standing_of(self._read(self._signing_secret), self._read(self._pending_secret))

    def token_of(self, mark: str) -> str | None:
        """The token of a fingerprint, a candidate or an active one; for whoever has to paste it. None when there is none."""
        active = active_of(self._read(self._signing_secret))
        waiting = [c.token for c in candidates_of(self._read(self._pending_secret))]
        return next((token for token in (*waiting, *active) if fingerprint(token) == mark), None)

    def go_on(self, *, at_once: bool = False) -> list[str]:
        """Do what comes next, or say what has to happen first.

        Args:
            at_once: retire the old token without the overlap, because it leaked.
        """
        signing, pending = self._read(self._signing_secret), self._read(self._pending_secret)
        rotation = rotation_of(signing.get("rotation"))
        if rotation is not None:
            if candidates_of(pending) or pending.get("armed_until"):
                self._write(self._pending_secret, _CLOSED)  # it died between the two writes of `confirm`
            return self._finish(signing, rotation, at_once)
        candidates = candidates_of(pending)
        if candidates:
            return [
                "waiting to be confirmed:",
                *(_described(c) for c in candidates),
                "run again with --confirm FINGERPRINT, of the one that came when you created the subscription;",
                "if more came than you caused, confirm none: run --arm to begin anew",
            ]
        until = parsed(pending.get("armed_until"))
        if until is not None and until > self._now():
            return [f"the endpoint waits for Notion's handshake until {when(until)}", *_CREATE]
        ended = rotation_of(signing.get("ended"))
        if ended is not None and self._now() < ended.since + OVERLAP:
            return [f"{ended.mark} is rotated in since {when(ended.since)}; --arm begins another rotation"]
        return self.arm()

    def arm(self) -> list[str]:
        """Open the endpoint for a handshake; candidates that nobody confirmed are forgotten.

        Raises:
            RefusedStep: a rotation goes on already.
        """
        if rotation_of(self._read(self._signing_secret).get("rotation")) is not None:
            raise RefusedStep("a rotation goes on already; finish it, or take it back with --undo")
        until = self._now() + WINDOW
        self._write(self._pending_secret, {"armed_until": until.isoformat(), "candidates": []})
        return [f"the endpoint is armed until {when(until)}", *_CREATE]

    def confirm(self, mark: str) -> list[str]:
        """Make a candidate active beside what is active.

        Raises:
            RefusedStep: there is no candidate of this fingerprint, another rotation goes on, or another operator was
                faster.
        """
        signing, pending = self._read(self._signing_secret), self._read(self._pending_secret)
        rotation = rotation_of(signing.get("rotation"))
        if rotation is not None and rotation.mark != mark:
            raise RefusedStep(f"{rotation.mark} is being rotated in; finish it, or take it back with --undo")
        if rotation is None:
            token = next((c.token for c in candidates_of(pending) if c.mark == mark), None)
            if token is None:
                raise RefusedStep(
                    f"no candidate has the fingerprint {mark}; run without --confirm to see them"
                )
            active = [t for t in active_of(signing) if t != token]
            began = {"token": mark, "since": self._now().isoformat()}
            self._write(self._signing_secret, {**signing, "active": [*active, token], "rotation": began})
        self._write(self._pending_secret, _CLOSED)
        self._sleep(REACH)
        if mark not in self.standing().active:
            # Secrets Manager has no condition to write under, so two who write at once are told afterwards.
            raise RefusedStep(f"{mark} is not active: somebody else wrote the secret meanwhile; run again")
        return [
            f"{mark} is active now, beside what was active before",
            "copy it into Notion's Verify dialog: it is the last one of `active` in the secret",
            f"  {self._signing_secret}",
            "if Notion does not take it, it is not Notion's: run again with --undo at once",
        ]

    def disarm(self) -> None:
        """Close the endpoint for handshakes, and forget the candidates."""
        self._write(self._pending_secret, _CLOSED)

    def undo(self) -> list[str]:
        """Take the new token out again.

        Raises:
            RefusedStep: no rotation goes on.
        """
        signing = self._read(self._signing_secret)
        rotation = rotation_of(signing.get("rotation"))
        if rotation is None:
            raise RefusedStep("no rotation goes on; there is nothing to take back")
        self._write(
            self._signing_secret,
            _only(signing, [t for t in active_of(signing) if fingerprint(t) != rotation.mark]),
        )
        self._write(self._pending_secret, _CLOSED)
        return [f"{rotation.mark} is not accepted any more; what was active before still is"]

    def _finish(self, signing: Mapping[str, Any], rotation: Rotation, at_once: bool) -> list[str]:
        if not self._proved(rotation.mark, rotation.since):
            return [
                f"both tokens are accepted since {when(rotation.since)}; nothing that {rotation.mark} signed has arrived yet",
                "verify the new subscription in Notion, change a page, and run again",
            ]
        kept = [t for t in active_of(signing) if fingerprint(t) == rotation.mark]
        if not kept:
            raise RefusedStep(
                f"{rotation.mark} is not among the active tokens: somebody changed the secret by hand; take it back "
                "with --undo"
            )
        over = rotation.since + OVERLAP
        if kept != active_of(signing) and self._now() < over and not at_once:
            return [
                f"{rotation.mark} is proved: a delivery that it signed was accepted",
                f"delete the old subscription in Notion now; run again after {when(over)} to retire the old token,",
                "which is accepted until then for what Notion repeats; if it leaked, `rotate notion-signing --now` does it at once",
            ]
        ended = {"token": rotation.mark, "since": self._now().isoformat()}
        self._write(self._signing_secret, {**_only(signing, kept), "ended": ended})
        return [f"only {rotation.mark} is accepted from now on"]

    def _read(self, secret_id: str) -> dict[str, Any]:
        try:
            answer = self._client.get_secret_value(SecretId=secret_id, VersionStage="AWSCURRENT")
            found = json.loads(answer.get("SecretString") or "{}")
        except self._client.exceptions.ResourceNotFoundException:  # made, but never filled
            found = {}
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise RefusedStep(f"the secret {secret_id} is no JSON object; mend it first")
        return found

    def _write(self, secret_id: str, document: Mapping[str, Any]) -> None:
        self._client.put_secret_value(SecretId=secret_id, SecretString=json.dumps(document))


_CLOSED: Mapping[str, Any] = {"armed_until": None, "candidates": []}

_CREATE = (
    "create a second subscription in Notion's Webhooks tab, with the same address and event types, and do not delete",
    "the old one yet; Notion sends its token by itself. Then run this again",
)


def _only(signing: Mapping[str, Any], active: Sequence[str]) -> dict[str, Any]:
    return {**{k: v for k, v in signing.items() if k != "rotation"}, "active": list(active)}


def _described(candidate: Candidate) -> str:
    signed = "signed with itself" if candidate.signed else "not signed"
    return f"  {candidate.mark}  received {when(candidate.received_at)}  {signed}"
