"""Sessions and tickets: signed and timed with keys that are made from the console's tokens. Pure, but for the clock.

A pass that a token signed is good for as long as that token opens the console, so a rotation that is retired ends its
sessions. Nothing is kept about a pass: the console may write nowhere, so a ticket can be used again until it expires, and
logging out takes a session from the browser, not from the world; that is why both are short-lived.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from itsdangerous import BadSignature, TimestampSigner

SESSION_SECONDS = 12 * 3600
TICKET_SECONDS = 15 * 60

SKEW = 60
"""Seconds by which the clock of who made a ticket may be ahead of ours."""

_PURPOSE = b"steward console passes, version 1"


class _Signer(TimestampSigner):
    def __init__(self, keys: Sequence[bytes], salt: str, clock: Callable[[], float]) -> None:
        super().__init__(list(keys), salt=salt.encode(), key_derivation="hmac", digest_method=hashlib.sha256)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock())


class Passes:
    """Makes and reads them."""

    def __init__(self, tokens: Sequence[str], clock: Callable[[], float]) -> None:
        """Make it.

        Args:
            tokens: that open the console, the one in use first.
            clock: seconds since the epoch.
        """
        keys = [hmac.digest(token.encode(), _PURPOSE, "sha256") for token in reversed(tokens) if token]
        self._clock = clock
        self._session = _Signer(keys, "session", clock) if keys else None
        self._ticket = _Signer(keys, "ticket", clock) if keys else None

    def session(self) -> str:
        """A session that begins now.

        Raises:
            ValueError: there is no token to sign it with.
        """
        return _made(self._session)

    def ticket(self) -> str:
        """A ticket that is good from now on for ``TICKET_SECONDS``.

        Raises:
            ValueError: there is no token to sign it with.
        """
        return _made(self._ticket)

    def knows_session(self, text: str) -> bool | None:
        """Whether a session is good; None for one that was, and has expired."""
        return self._good(self._session, text, SESSION_SECONDS)

    def knows_ticket(self, text: str) -> bool | None:
        """Whether a ticket is good; None for one that was, and has expired."""
        return self._good(self._ticket, text, TICKET_SECONDS)

    def _good(self, signer: _Signer | None, text: str, seconds: int) -> bool | None:
        if signer is None:
            return False
        try:
            # Surrogates, which no header of ours ever had, are not UTF-8: they become a signature that is wrong.
            _, at = signer.unsign(text.encode("utf-8", "replace"), return_timestamp=True)
        except (BadSignature, ValueError, OverflowError):
            return False
        return True if -SKEW <= self._clock() - at.timestamp() <= seconds else None


def login_link(dashboard: str, token: str, clock: Callable[[], float]) -> str:
    """The address that logs in whoever follows it, for ``TICKET_SECONDS``; it holds a ticket, not the token.

    Args:
        dashboard: the dashboard's address.
        token: the console's, in use.
        clock: seconds since the epoch.
    """
    return f"{dashboard}/login?{urlencode({'ticket': Passes([token], clock).ticket()})}"


def _made(signer: _Signer | None) -> str:
    if signer is None:
        raise ValueError("no token is set")
    return signer.sign(secrets.token_urlsafe(9)).decode()
