"""An API token on its way into use: staged as AWSPENDING, proved by a real call, and only then promoted.

Promises: nothing is promoted that the vendor did not accept a moment before, nor, unless it is wanted, a token of another
workspace or bot. Every step is one change at Secrets Manager and leaves a state that the next run goes on from; the former
token stays as AWSPREVIOUS until it is retired. No token is ever in a result, an error or a log.

::

    stage ──▶ AWSPENDING ──prove──▶ AWSCURRENT ──▶ AWSPREVIOUS ──retire──▶ gone
                  └──discard──▶ gone

Always by stage: ``get_secret_value`` without one is what a cache or a stand-in may answer from an older version.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from steward.errors import CallFailed, StewardError
from steward.identity import Identity, Prove

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

CURRENT, PENDING, PREVIOUS = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"

ATTEMPTS = 3
"""Promotions that are tried while somebody else changes the same secret."""


class Outcome(StrEnum):
    """What became of a pending token."""

    NOTHING = "nothing pending"
    PROMOTED = "promoted"
    UNPROVED = "not proved"  # the vendor does not accept it, or can't be asked now; it goes on waiting
    ELSEWHERE = "another workspace or bot"
    UNKNOWN_OWNER = "nobody knows whose the current token was"  # it is dead, and nothing is remembered
    OUTDATED = "staged before the secret was changed"  # promoting it would undo another change


@dataclass(frozen=True, slots=True)
class Promotion:
    """The end of an attempt.

    Attributes:
        outcome: what became of the token.
        identity: whose it is, where it proved itself.
        former: whose the current one is, where that is known.
        failure: why it proved nothing.
    """

    outcome: Outcome
    identity: Identity | None = None
    former: Identity | None = None
    failure: CallFailed | None = None


class Busy(StewardError):
    """Somebody else changes the same secret all the time."""


@dataclass(frozen=True, slots=True)
class _Version:
    id: str
    document: Mapping[str, Any]


class PendingToken:
    """One token in one secret."""

    def __init__(
        self, client: "SecretsManagerClient", secret_id: str, path: Sequence[str], prove: Prove
    ) -> None:
        """Make it.

        Args:
            client: Secrets Manager. Promoting needs ``GetSecretValue`` and ``UpdateSecretVersionStage``; staging also
                ``PutSecretValue``.
            secret_id: the secret, a JSON object.
            path: keys that lead to the token, e.g. ``("token",)`` or ``("connections", "partner")``.
            prove: asks the vendor.
        """
        self._client = client
        self._secret_id = secret_id
        self._path = tuple(path)
        self._prove = prove

    def is_staged(self) -> bool:
        """Whether a token waits to be promoted, or its promotion to be finished."""
        return self._read(PENDING) is not None

    def is_current(self, token: str) -> bool:
        """Whether a token is the one in use."""
        return token == self._token(self._read(CURRENT))

    def told_by_current(self, read: Callable[[str], Identity | None]) -> Identity | None:
        """Whose the token in use is, as far as it says so itself; None when it does not, or when there is none."""
        token = self._token(self._read(CURRENT))
        return read(token) if token else None

    def stage(self, token: str) -> None:
        """Put a token beside the current one, in whose place it may come; all else of the secret stays as it is."""
        current = self._read(CURRENT)
        document = _with(current.document if current else {}, self._path, token)
        self._client.put_secret_value(
            SecretId=self._secret_id, SecretString=json.dumps(document), VersionStages=[PENDING]
        )

    def prove_and_promote(
        self,
        *,
        remembered: Identity | None = None,
        other_workspace: bool = False,
        promoted: Callable[[], None] = lambda: None,
    ) -> Promotion:
        """Promote the pending token if it proves itself now, as the same bot in the same workspace.

        Harmless when nothing is pending, and when it is called again after a death at any point.

        Args:
            remembered: whose the current token was when it last worked, for when it does not any more.
            other_workspace: take a token of another workspace or bot, too.
            promoted: is called once it is in use and before it stops being pending: after a death in between, again.

        Raises:
            Busy: somebody else changes the secret at the same time, again and again.
            ClientError: Secrets Manager refuses.
        """
        for _ in range(ATTEMPTS):
            current, pending = self._read(CURRENT), self._read(PENDING)
            if pending is None:
                return Promotion(Outcome.NOTHING)
            if current is not None and current.id == pending.id:  # it died before the last step
                promotion = Promotion(Outcome.PROMOTED)
            else:
                promotion = self._judge(current, pending, remembered, other_workspace)
                if promotion.outcome is not Outcome.PROMOTED:
                    return promotion
                if not self._promote(current, pending):
                    continue
            promoted()
            self._unlabel(PENDING, pending.id)
            return promotion
        raise Busy("somebody else changes the secret at the same time")

    def discard(self) -> bool:
        """Take a token that waits away; False when there was none, and a promoted one stays what it is."""
        pending, current = self._read(PENDING), self._read(CURRENT)
        if pending is None:
            return False
        self._unlabel(PENDING, pending.id)
        return current is None or current.id != pending.id

    def retire(self) -> Promotion:
        """Take the former token away, if the current one proves itself: there is no way back afterwards."""
        current, previous = self._read(CURRENT), self._read(PREVIOUS)
        if previous is None:
            return Promotion(Outcome.NOTHING)
        try:
            identity = self._prove(self._token(current))
        except CallFailed as failure:
            return Promotion(Outcome.UNPROVED, failure=failure)
        self._unlabel(PREVIOUS, previous.id)
        return Promotion(Outcome.PROMOTED, identity)

    def _judge(
        self,
        current: _Version | None,
        pending: _Version,
        remembered: Identity | None,
        other_workspace: bool,
    ) -> Promotion:
        before = current.document if current else {}
        if _with(before, self._path, "") != _with(pending.document, self._path, ""):
            return Promotion(Outcome.OUTDATED)
        try:
            identity = self._prove(self._token(pending))
        except CallFailed as failure:
            return Promotion(Outcome.UNPROVED, failure=failure)
        former = remembered
        used = self._token(current)
        if used and not other_workspace:
            former = self._whose(used) or remembered
            if former is None:
                return Promotion(Outcome.UNKNOWN_OWNER, identity)
            if not identity.is_same(former):
                return Promotion(Outcome.ELSEWHERE, identity, former)
        return Promotion(Outcome.PROMOTED, identity, former)

    def _whose(self, token: str) -> Identity | None:
        try:
            return self._prove(token)
        except CallFailed:
            return None

    def _promote(self, current: _Version | None, pending: _Version) -> bool:
        """Move the stage from the version that was read to the one that was proved; False when it had moved."""
        leaving = {"RemoveFromVersionId": current.id} if current else {}
        try:
            self._client.update_secret_version_stage(
                SecretId=self._secret_id, VersionStage=CURRENT, MoveToVersionId=pending.id, **leaving
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidParameterException":
                raise
            return False
        return True

    def _unlabel(self, stage: str, version_id: str) -> None:
        self._client.update_secret_version_stage(
            SecretId=self._secret_id, VersionStage=stage, RemoveFromVersionId=version_id
        )

    def _read(self, stage: str) -> _Version | None:
        try:
            answer = self._client.get_secret_value(SecretId=self._secret_id, VersionStage=stage)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise
        try:
            parsed = json.loads(answer.get("SecretString") or "{}")
        except ValueError:
            parsed = {}
        return _Version(answer["VersionId"], parsed if isinstance(parsed, dict) else {})

    def _token(self, version: _Version | None) -> str:
        found: Any = version.document if version else {}
        for key in self._path:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found.strip() if isinstance(found, str) else ""


def _with(document: Mapping[str, Any], path: Sequence[str], token: str) -> dict[str, Any]:
    key, *rest = path
    inner = document.get(key)
    value = _with(inner if isinstance(inner, Mapping) else {}, rest, token) if rest else token
    return {**document, key: value}
