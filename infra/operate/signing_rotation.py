"""The rotation of the token that signs Notion's deliveries, step by step; what is stored says which step is next.

::

    arm ──a handshake arrives──▶ confirm by fingerprint ──▶ both tokens are active ──▶ retire the old one
                                          ▲                          │
                                          └───────── undo ───────────┘

Promises: each step is one write, so a death between two of them is gone on from; from ``confirm`` to ``retire`` both
tokens are accepted, so no delivery is refused; the old one is retired only after a delivery that the new one signed was
accepted, and after the overlap, because Notion repeats what it could not deliver for about a day. Which one is the old one
says ``retiring``. A handshake proves nothing about its sender, so an operator says which candidate is right, and may take
that back.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from infra.operate.retiring import LATELY, choice
from infra.operate.signing_documents import (
    CLOSED,
    Rotation,
    Standing,
    accepted,
    active_of,
    candidates_of,
    described,
    rotation_of,
    standing_of,
    unproved,
    without_rotation,
)
from infra.operate.signing_secret import RefusedStep, SigningSecret
from infra.operate.text import parsed, when
from ingest.handshake import fingerprint

WINDOW = timedelta(minutes=15)
"""How long the endpoint is armed."""

OVERLAP = timedelta(hours=25)
"""How long both tokens are active at least: Notion's last repetition comes about 24 hours after the event."""

REACH = 35.0
"""Seconds until every environment of ingest can know a new token: it reads the secret at most every 30 s on a mismatch."""

SIGNING, HANDSHAKES = "SigningSecretArn", "PendingSigningSecretArn"


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
        self._signing = SigningSecret(client, signing_secret)
        self._pending = SigningSecret(client, pending_secret)
        self._proved = proved
        self._now = now
        self._sleep = sleep

    def standing(self) -> Standing:
        """How the tokens stand."""
        return standing_of(self._signing.read(), self._pending.read())

    def token_of(self, mark: str) -> str | None:
        """The token of a fingerprint, a candidate or an active one; for whoever has to paste it. None when there is none."""
        active = active_of(self._signing.read())
        waiting = [c.token for c in candidates_of(self._pending.read())]
        return next((token for token in (*waiting, *active) if fingerprint(token) == mark), None)

    def go_on(self, *, at_once: bool = False, retire: str | None = None) -> list[str]:
        """Do what comes next, or say what has to happen first.

        Args:
            at_once: retire the old token without the overlap, because it leaked.
            retire: fingerprint of the token to retire; also when no rotation goes on.

        Raises:
            RefusedStep: the one to retire is not active, or is the one that stays.
        """
        signing, pending = self._signing.read(), self._pending.read()
        rotation = rotation_of(signing.get("rotation"))
        if rotation is not None:
            if candidates_of(pending) or pending.get("armed_until"):
                self._pending.write(CLOSED)  # it died between the two writes of `confirm`
            return self._finish(signing, rotation, at_once, retire)
        if retire is not None:
            return self._retire(signing, None, at_once, retire)
        candidates = candidates_of(pending)
        if candidates:
            return [
                "waiting to be confirmed:",
                *(described(c) for c in candidates),
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
        if rotation_of(self._signing.read().get("rotation")) is not None:
            raise RefusedStep("a rotation goes on already; finish it, or take it back with --undo")
        until = self._now() + WINDOW
        self._pending.write({"armed_until": until.isoformat(), "candidates": []})
        return [f"the endpoint is armed until {when(until)}", *_CREATE]

    def confirm(self, mark: str) -> list[str]:
        """Make a candidate active beside what is active.

        Raises:
            RefusedStep: there is no candidate of this fingerprint, another rotation goes on, or another operator was
                faster.
        """
        signing, pending = self._signing.read(), self._pending.read()
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
            self._signing.write({**signing, "active": [*active, token], "rotation": began})
        self._pending.write(CLOSED)
        self._sleep(REACH)
        if mark not in self.standing().active:
            # Secrets Manager has no condition to write under, so two who write at once are told afterwards.
            raise RefusedStep(f"{mark} is not active: somebody else wrote the secret meanwhile; run again")
        return [
            f"{mark} is active now, beside what was active before",
            "copy it into Notion's Verify dialog: it is the last one of `active` in the secret",
            f"  {self._signing.id}",
            "if Notion does not take it, it is not Notion's: run again with --undo at once",
        ]

    def disarm(self) -> None:
        """Close the endpoint for handshakes, and forget the candidates."""
        self._pending.write(CLOSED)

    def undo(self) -> list[str]:
        """Take the new token out again.

        Raises:
            RefusedStep: no rotation goes on.
        """
        signing = self._signing.read()
        rotation = rotation_of(signing.get("rotation"))
        if rotation is None:
            raise RefusedStep("no rotation goes on; there is nothing to take back")
        self._signing.write(
            without_rotation(signing, [t for t in active_of(signing) if fingerprint(t) != rotation.mark]),
        )
        self._pending.write(CLOSED)
        return [f"{rotation.mark} is not accepted any more; what was active before still is"]

    def keep(self) -> list[str]:
        """End a rotation and keep all tokens: the new one is of a further connection's subscription.

        Raises:
            RefusedStep: no rotation goes on.
        """
        signing = self._signing.read()
        rotation = rotation_of(signing.get("rotation"))
        if rotation is None:
            raise RefusedStep("no rotation goes on; every token that is active stays so")
        if not self._proved(rotation.mark, rotation.since):
            return unproved(rotation)
        return self._end(signing, rotation, active_of(signing))

    def _finish(
        self, signing: Mapping[str, Any], rotation: Rotation, at_once: bool, retire: str | None
    ) -> list[str]:
        if not self._proved(rotation.mark, rotation.since):
            return unproved(rotation)
        marks = [fingerprint(token) for token in active_of(signing)]
        if rotation.mark not in marks:
            changed = "is not among the active tokens: somebody changed the secret by hand"
            raise RefusedStep(f"{rotation.mark} {changed}; take it back with --undo")
        over = rotation.since + OVERLAP
        if len(marks) > 1 and self._now() < over and not at_once:
            return [
                f"{rotation.mark} is proved: a delivery that it signed was accepted",
                f"delete the old subscription in Notion now; run again after {when(over)} to retire the old token,",
                "which is accepted until then for what Notion repeats; if it leaked, `rotate notion-signing --now` does it at once",
                "if nothing is replaced, as for a further connection's first subscription: `rotate notion-signing --keep`",
            ]
        return self._retire(signing, rotation, at_once, retire)

    def _retire(
        self, signing: Mapping[str, Any], rotation: Rotation | None, at_once: bool, named: str | None
    ) -> list[str]:
        """Let go what ``retiring`` chooses."""
        active = active_of(signing)
        others = [m for m in map(fingerprint, active) if rotation is None or m != rotation.mark]
        if named is not None and (named not in others or len(active) == 1):
            can = f"name {' or '.join(others)}" if others and len(active) > 1 else "there is none that can"
            raise RefusedStep(f"{named} can't be retired: it is not active, or has to stay; {can}")
        since = self._now() - LATELY
        chosen = choice(others, {m for m in others if self._proved(m, since)}, named, at_once=at_once)
        if chosen.lines:
            return list(chosen.lines)
        kept = [token for token in active if fingerprint(token) not in chosen.marks]
        if rotation is not None:
            return self._end(signing, rotation, kept)
        self._signing.write({**signing, "active": kept})
        return [accepted(kept)]

    def _end(self, signing: Mapping[str, Any], rotation: Rotation, kept: list[str]) -> list[str]:
        ended = {"token": rotation.mark, "since": self._now().isoformat()}
        self._signing.write({**without_rotation(signing, kept), "ended": ended})
        return [accepted(kept)]


_CREATE = (
    "create a second subscription in Notion's Webhooks tab, with the same address and event types, and do not delete",
    "the old one yet; Notion sends its token by itself. Then run this again",
)
