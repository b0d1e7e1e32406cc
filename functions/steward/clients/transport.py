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
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NewConnectionError
from urllib3.util.retry import Retry

from steward.deadline import Deadline
from steward.errors import CallFailed, Failure

CONNECT, READ = 3.05, 10.0
"""Seconds until a connection, and an answer on it, are given up."""

RESERVE = 2.0
"""Seconds of the Lambda's time that no call may use: they are for writing down what happened."""

MAX_ANSWER = 10 * 1024 * 1024
"""Bytes of an answer that are read; what is longer is cut, and so is not JSON, and so is not the API's answer."""


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
        params: Mapping[str, str] | None = None,
        json: object | None = None,
        before: Callable[[], None] = lambda: None,
    ) -> HttpAnswer:
        """Send one request; a GET is repeated briefly while the vendor is in trouble.

        Args:
            call: the call's name, for errors.
            method: HTTP method.
            url: whole URL.
            headers: of the request.
            params: query.
            json: body.
            before: runs before each attempt; raises to prevent it (the request budget does).

        Raises:
            CallFailed: UNREACHABLE, with ``maybe_done`` unless no connection came about, or OUT_OF_TIME.
        """
        idempotent = method == "GET"
        attempt = 1
        while True:
            before()
            try:
                answer = self._once(call, method, url, headers, params, json)
            except CallFailed as failure:
                if (
                    not idempotent
                    or failure.failure is not Failure.UNREACHABLE
                    or not self._may_repeat(attempt)
                ):
                    raise
            else:
                if (
                    not idempotent
                    or answer.status not in (500, 502, 503, 504)
                    or not self._may_repeat(attempt)
                ):
                    return answer
            self._sleep(self._random.uniform(0, 0.25 * 2**attempt))
            attempt += 1

    def _may_repeat(self, attempt: int) -> bool:
        return attempt < self._read_attempts and self._deadline.remaining() > RESERVE + CONNECT + READ

    def _once(
        self,
        call: str,
        method: str,
        url: str,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None,
        json: object | None,
    ) -> HttpAnswer:
        left = self._deadline.remaining() - RESERVE
        if left <= 0:
            raise CallFailed(
                Failure.OUT_OF_TIME, self._vendor, call, message="too little time is left for the call"
            )
        arguments: dict[str, Any] = {"headers": dict(headers), "params": params, "json": json}
        try:
            with self._session.request(
                method,
                url,
                timeout=(min(CONNECT, left), min(READ, left)),
                allow_redirects=False,
                stream=True,
                **arguments,
            ) as response:
                content = response.raw.read(MAX_ANSWER, decode_content=True) or b""
                return HttpAnswer(response.status_code, response.headers, content)
        except requests.exceptions.RequestException as error:
            raise self._unreachable(call, method, error) from None
        except OSError as error:
            raise self._unreachable(call, method, error) from None
        except Exception as error:
            if type(error).__module__.startswith("urllib3."):
                raise self._unreachable(call, method, error) from None
            raise

    def _unreachable(self, call: str, method: str, error: Exception) -> CallFailed:
        # The error's own text may hold the URL, and an incoming webhook's URL is a secret: only its type is told.
        never_sent = isinstance(
            error, requests.exceptions.ConnectTimeout | requests.exceptions.InvalidURL
        ) or any(isinstance(getattr(arg, "reason", None), NewConnectionError) for arg in error.args)
        return CallFailed(
            Failure.UNREACHABLE,
            self._vendor,
            call,
            message=type(error).__name__,
            maybe_done=method != "GET" and not never_sent,
        )
