"""One ask of a vendor: sent once, bounded in time, paid from the budget.

Promises: redirects are not followed, an answer is read to at most 10 MB, and what goes wrong is a ``CallFailed``. A 401 is
asked again with a fresh token, where there is one. Nothing here says what an answer means: the vendor's description does.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests

from steward.budget import Purse
from steward.clients.transport import HttpAnswer
from steward.errors import CallFailed, Failure
from triage.probes.once import once
from triage.vendors.vendor import Answer, Ask, Vendor

_LIMITED = (Failure.RATE_LIMITED, Failure.WORKSPACE_LIMITED, Failure.BLOCKED)


@dataclass(frozen=True, slots=True)
class Told:
    """The end of one ask.

    Attributes:
        ask: what was asked.
        answer: what came, or None.
        failure: what it means, or None for the success that was asked for.
        seconds: how long it took.
    """

    ask: Ask
    answer: Answer | None
    failure: CallFailed | None
    seconds: float


class OpenPurse:
    """A budget of a vendor whose limit nobody else here spends: it never refuses."""

    def spend(self) -> None:
        """Nothing is taken."""

    def block(self, seconds: float, *, by: Failure | None = None) -> None:
        """Nobody else has to know."""


class Asker:
    """Asks one vendor. Several threads may ask at once: budget and token are used by one of them at a time."""

    def __init__(
        self,
        vendor: Vendor,
        *,
        session: Callable[[], requests.Session],
        token: Callable[[bool], str],
        purse: Purse,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Make an asker.

        Args:
            vendor: whom to ask.
            session: makes an HTTP session; each ask has one of its own.
            token: gives the token; ``True`` asks for a fresh read, after a 401. Empty when none is configured.
            purse: what every request is paid from.
            now: our clock.
            clock: monotonic seconds.
            sleep: waits so many seconds.
        """
        self.vendor = vendor
        self.now = now
        self.clock = clock
        self.sleep = sleep
        self._session = session
        self._token = token
        self._purse = purse
        self._lock = threading.Lock()

    def ask(self, ask: Ask, settings: Mapping[str, str], seconds: float) -> Told:
        """Ask, and wait for no longer than so many seconds."""
        began = self.clock()
        answer: Answer | None = None
        try:
            token = self._token_now(False)
            answer = self._send(ask, settings, token, seconds)
            if answer.status == 401 and (fresh := self._token_now(True)) != token:
                answer = self._send(ask, settings, fresh, seconds - (self.clock() - began))
            failure = self.vendor.decode(answer, ask, self._call(ask))
        except CallFailed as error:
            failure = error
        seconds = self.clock() - began
        if failure is not None and failure.retry_after and failure.failure in _LIMITED:
            with self._lock:
                self._purse.block(failure.retry_after, by=failure.failure)
        return Told(ask, answer, failure, seconds)

    def _send(self, ask: Ask, settings: Mapping[str, str], token: str, seconds: float) -> Answer:
        call = self._call(ask)
        if not token:
            raise CallFailed(Failure.UNAUTHORIZED, self.vendor.name, call, code=NO_TOKEN, message="no token")
        with self._session() as session:
            transport = once(session, self.vendor.name, seconds, self.clock)
            wire = transport.send(
                call,
                ask.method,
                self.vendor.base_url
                + ask.path.format_map({k: quote(v, safe="") for k, v in settings.items()}),
                headers={**self.vendor.headers, "Authorization": f"Bearer {token}"},
                params=filled(ask.query, settings),
                json=filled(ask.body, settings),
                before=self._pay,
            )
        return answer_of(wire, self.now())

    def _pay(self) -> None:
        with self._lock:
            self._purse.spend()

    def _token_now(self, fresh: bool) -> str:
        with self._lock:
            return self._token(fresh).strip()

    def _call(self, ask: Ask) -> str:
        return f"{self.vendor.name}.probe {ask.name}"


NO_TOKEN = "no_token"  # noqa: S105 - a code
"""The code of a call that was not made because no token is configured."""


def answer_of(wire: HttpAnswer, at: datetime) -> Answer:
    """An answer as it came over the wire, decoded where it is JSON."""
    try:
        body = json.loads(wire.content)
    except (ValueError, RecursionError):
        body = None
    return Answer(wire.status, {name.lower(): value for name, value in wire.headers.items()}, body, at)


def filled(value: Any, settings: Mapping[str, str]) -> Any:
    """A template with its places taken from the settings: every text of which the whole is ``{name}``."""
    if isinstance(value, Mapping):
        return {key: filled(one, settings) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [filled(one, settings) for one in value]
    if isinstance(value, str) and value.startswith("{") and value.endswith("}"):
        return settings[value[1:-1]]
    return value
