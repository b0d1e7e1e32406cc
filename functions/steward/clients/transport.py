"""One HTTP call to a vendor: bounded in time and size, never repeated behind our back.

Only idempotent reads are repeated, briefly, and only when the vendor was unreachable or in trouble; every other retry
belongs to the lane. A POST is sent at most once: urllib3's own retries are off, so that a kept-alive connection which
turns out to be dead fails the call instead of repeating it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import requests
from requests import exceptions
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.util.retry import Retry

from steward.deadline import Deadline
from steward.errors import CallFailed, Failure

CONNECT, READ = 3.05, 10.0
"""Seconds until a connection, and an answer on it, are given up."""

RESERVE = 2.0
"""Seconds of the Lambda's time that no call may use: they are for writing down what happened."""

SHORTEST = 1.0
"""Seconds that a call needs at least: with less, a write would only become one that nobody knows the end of."""

MAX_ANSWER = 10 * 1024 * 1024
"""Bytes of an answer that are read; what is longer is cut, and so is not JSON, and so is not the API's answer."""

_TROUBLE = frozenset({500, 502, 503, 504})
_CHUNK = 64 * 1024

_UNUSABLE = (
    exceptions.InvalidURL,
    exceptions.MissingSchema,
    exceptions.InvalidSchema,
    exceptions.InvalidHeader,
    UnicodeError,
)
"""What an address or a token that can't be sent at all leads to: a mistake in a secret."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A complete answer: status, headers (case-insensitive), bytes."""

    status: int
    headers: Mapping[str, str]
    content: bytes


def plain_session() -> requests.Session:
    """A session that repeats nothing, follows nothing and reads no proxy settings from its surroundings."""
    session = requests.Session()
    session.trust_env = False
    adapter = HTTPAdapter(max_retries=Retry(0, read=False))
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


class Transport:
    """Sends requests of one vendor."""

    def __init__(
        self,
        session: requests.Session,
        vendor: str,
        deadline: Deadline,
        sleep: Callable[[float], None],
        random: Random,
        read_attempts: int = 3,
    ) -> None:
        self._session = session
        self._vendor = vendor
        self._deadline = deadline
        self._sleep = sleep
        self._random = random
        self._read_attempts = read_attempts

    def send(
        self,
        call: str,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str | list[str]] | None = None,
        json: object | None = None,
        before: Callable[[], None] = lambda: None,
    ) -> HttpAnswer:
        """Send one request; a GET is repeated briefly while the vendor is in trouble.

        Args:
            call: the call's name, for errors.
            method: HTTP method.
            url: whole URL.
            headers: of the request.
            params: query; of a list each entry is a parameter.
            json: body.
            before: runs before each attempt; raises to prevent it (the request budget does).

        Raises:
            CallFailed: UNREACHABLE, with ``maybe_done`` unless no connection came about; OUT_OF_TIME, and nothing was
                sent or paid; UNAUTHORIZED when the configured address or token can't be sent.
        """
        attempt = 1
        while True:
            timeout = self._timeout(call)
            before()
            try:
                answer = self._once(call, method, url, timeout, headers=headers, params=params, json=json)
            except CallFailed as failure:
                if failure.failure is not Failure.UNREACHABLE or not self._may_repeat(method, attempt):
                    raise
            else:
                # An answer that names a wait is for the lane, which can wait that long.
                passes = answer.status in _TROUBLE and "Retry-After" not in answer.headers
                if not passes or not self._may_repeat(method, attempt):
                    return answer
            self._sleep(self._random.uniform(0, 0.25 * 2**attempt))
            attempt += 1

    def _may_repeat(self, method: str, attempt: int) -> bool:
        return method == "GET" and attempt < self._read_attempts and self._left() > CONNECT + READ

    def _left(self) -> float:
        return self._deadline.remaining() - RESERVE

    def _timeout(self, call: str) -> tuple[float, float]:
        """Seconds for the connection and for each silence on it, together no longer than what is left."""
        left = self._left()
        if left < SHORTEST:
            message = "too little time is left for the call"
            raise CallFailed(Failure.OUT_OF_TIME, self._vendor, call, message=message)
        connect = min(CONNECT, left / 3)
        return connect, min(READ, left - connect)

    def _once(
        self, call: str, method: str, url: str, timeout: tuple[float, float], **request: Any
    ) -> HttpAnswer:
        try:
            with self._session.request(
                method, url, timeout=timeout, allow_redirects=False, stream=True, **request
            ) as response:
                return HttpAnswer(response.status_code, response.headers, self._content(response))
        except _UNUSABLE as error:
            message = f"the configured address or token can't be sent ({type(error).__name__})"
            raise CallFailed(Failure.UNAUTHORIZED, self._vendor, call, message=message) from None
        except (OSError, HTTPError) as error:
            # The error's own text may hold the URL, and an incoming webhook's URL is a secret: only its type is told.
            raise CallFailed(
                Failure.UNREACHABLE,
                self._vendor,
                call,
                message=_named(error),
                maybe_done=method != "GET" and not _never_sent(error),
            ) from None

    def _content(self, response: requests.Response) -> bytes:
        # In pieces, because a timeout bounds only each silence: an answer that trickles in would outlive the Lambda.
        content = bytearray()
        while len(content) < MAX_ANSWER:
            piece = response.raw.read1(_CHUNK, decode_content=True)
            if not piece:
                break
            content += piece
            if self._left() <= 0:
                raise TimeoutError
        return bytes(content[:MAX_ANSWER])


def _named(error: Exception) -> str:
    """The type of what went wrong; requests calls everything from DNS to a reset a ConnectionError, what is within tells."""
    inner = error.args[0] if type(error) is exceptions.ConnectionError and error.args else None
    reasons = (getattr(inner, "reason", None), *getattr(inner, "args", ())[1:2])
    return type(next((r for r in reasons if isinstance(r, Exception)), error)).__name__


def _never_sent(error: Exception) -> bool:
    """Whether no connection came about; anything later may have reached the vendor."""
    return isinstance(error, exceptions.ConnectTimeout) or any(
        isinstance(getattr(arg, "reason", None), NewConnectionError) for arg in error.args
    )
