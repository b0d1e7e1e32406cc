"""Who gets in: by token, by ticket, by session. It fails closed: without a token that is set, nothing opens.

The token in use and the former one both open, so that a rotation locks nobody out until it is retired. What is given is
compared in constant time, as bytes. What is wrong makes the secrets be read anew, at most once in the interval of
``SecretStore``, because a token may have been rotated a moment ago.
"""

import hmac
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum

from console.passes import Passes
from console.throttle import Throttle
from steward import telemetry
from steward.secret_store import SecretStore, SecretUnavailable

LONGEST = 1024
"""Characters of what is given that are looked at; a token has 32 and more, never so many."""


class Verdict(StrEnum):
    """How an attempt ended."""

    OPEN = "open"
    NOTHING = "nothing"  # nothing was given: no attempt
    EXPIRED = "expired"  # it was good once: no attack
    WRONG = "wrong"
    TOO_MANY = "too_many"  # it was not even looked at


class Access:
    """The door."""

    def __init__(
        self,
        current: SecretStore,
        former: SecretStore,
        secret_id: str,
        *,
        clock: Callable[[], float],
        throttle: Throttle,
        count: telemetry.Count,
    ) -> None:
        """Make it.

        Args:
            current: reads the version in use.
            former: reads the version before.
            secret_id: of the console's secret, ``{"token": "…"}``.
            clock: seconds since the epoch.
            throttle: of failed attempts.
            count: counts what was refused.
        """
        self._current, self._former = current, former
        self._secret_id = secret_id
        self._clock = clock
        self._throttle = throttle
        self._count = count

    def tokens(self, *, fresh: bool = False) -> tuple[str, ...]:
        """The tokens that open, the one in use first; none where none is set.

        Raises:
            SecretUnavailable: nobody knows which open.
        """
        found = [_token(self._current, self._secret_id, fresh=fresh)]
        with suppress(SecretUnavailable):  # the token in use opens all the same
            found.append(_token(self._former, self._secret_id, fresh=fresh))
        return tuple(dict.fromkeys(token for token in found if token))

    def by_token(self, given: str | None, address: str) -> Verdict:
        """Try a token; raises as ``tokens``."""
        return self._try("token", given, address, _is_one_of)

    def by_ticket(self, given: str | None, address: str) -> Verdict:
        """Try a ticket; raises as ``tokens``."""
        return self._try(
            "ticket", given, address, lambda text, tokens: Passes(tokens, self._clock).knows_ticket(text)
        )

    def by_session(self, given: str | None) -> Verdict:
        """Try a session; raises as ``tokens``. It is not throttled: whoever is in works on while others guess."""
        if not given:
            return Verdict.NOTHING
        return self._look(
            "session", given, lambda text, tokens: Passes(tokens, self._clock).knows_session(text)
        )

    def session(self) -> str:
        """A new session, for somebody who got in; raises as ``tokens``."""
        return Passes(self.tokens(), self._clock).session()

    def refused(self, reason: str) -> None:
        """Count an attempt that was turned away: by its reason, and among all of them for the alarm."""
        self._count(telemetry.CONSOLE_REFUSED, reason=reason)
        self._count(telemetry.CONSOLE_REFUSED)

    def wait(self, address: str) -> int:
        """Seconds until an address may try again."""
        return self._throttle.wait(address)

    def _try(
        self,
        kind: str,
        given: str | None,
        address: str,
        good: Callable[[str, tuple[str, ...]], bool | None],
    ) -> Verdict:
        if not given:
            return Verdict.NOTHING
        if self._throttle.wait(address):
            self.refused("too_many")
            return Verdict.TOO_MANY
        verdict = self._look(kind, given, good)
        if verdict is Verdict.WRONG:
            self._throttle.failed(address)
        return verdict

    def _look(self, kind: str, given: str, good: Callable[[str, tuple[str, ...]], bool | None]) -> Verdict:
        found = len(given) <= LONGEST and good(given, self.tokens())
        if found is False and len(given) <= LONGEST:
            found = good(given, self.tokens(fresh=True))
        if found is None:
            return Verdict.EXPIRED
        if not found:
            self.refused(kind)
        return Verdict.OPEN if found else Verdict.WRONG


def _is_one_of(given: str, tokens: tuple[str, ...]) -> bool:
    text = given.encode("utf-8", "surrogatepass")
    # Every one is compared, so that how long it takes does not say which one it was.
    return sum(hmac.compare_digest(text, token.encode("utf-8", "surrogatepass")) for token in tokens) > 0


def _token(store: SecretStore, secret_id: str, *, fresh: bool) -> str:
    document = store.refresh(secret_id) if fresh else store.get(secret_id)
    token = document.get("token")
    return token if isinstance(token, str) else ""
