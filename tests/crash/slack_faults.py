"""What can happen to a call of slack_sdk, below its own reading of answers: what its opener gives or raises."""

import json
from collections.abc import Callable
from email.message import Message
from http.client import IncompleteRead
from io import BytesIO
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.response import addinfourl

from tests.crash.calls import Call, Fault

RETRY_AFTER = 23


class _BrokenOff(BytesIO):
    def read(self, *_: Any) -> bytes:
        raise IncompleteRead(b'{"ok"')


def _headers(**more: str) -> Message:
    headers = Message()
    for name, value in {"Content-Type": "application/json; charset=utf-8", **more}.items():
        headers[name.replace("_", "-")] = value
    return headers


def _answer(call: Call, body: BytesIO) -> Any:
    return addinfourl(body, _headers(), call.asked.full_url, 200)


def _performed(call: Call) -> bytes:
    """Let it take effect; the body of the answer that nobody gets."""
    with call.perform() as response:
        return bytes(response.read())


def _raises(error: Callable[[], Exception], *, effect: bool = False) -> Callable[[Call], Any]:
    def strike(call: Call) -> Any:
        if effect:
            _performed(call)
        raise error()

    return strike


def _status(status: int, error: str, *, effect: bool = False, **headers: str) -> Callable[[Call], Any]:
    def strike(call: Call) -> Any:
        if effect:
            _performed(call)
        body = BytesIO(json.dumps({"ok": False, "error": error}).encode())
        raise HTTPError(call.asked.full_url, status, error, _headers(**headers), body)

    return strike


def _not_ok(error: str, *, effect: bool) -> Callable[[Call], Any]:
    def strike(call: Call) -> Any:
        if effect:
            _performed(call)
        return _answer(call, BytesIO(json.dumps({"ok": False, "error": error}).encode()))

    return strike


def _malformed(*, effect: bool) -> Callable[[Call], Any]:
    def strike(call: Call) -> Any:
        body = _performed(call) if effect else b'{"ok": true, "channel": "C0'
        return _answer(call, BytesIO(body[: len(body) // 2]))

    return strike


def _breaks_off(call: Call) -> Any:
    _performed(call)
    return _answer(call, _BrokenOff())


FAULTS = (
    Fault("connect timeout", _raises(lambda: URLError(TimeoutError("timed out"))), alike=True),
    Fault("connection refused", _raises(lambda: URLError(ConnectionRefusedError(111, "refused")))),
    Fault("timeout before the effect", _raises(lambda: TimeoutError("timed out")), alike=True),
    Fault("timeout after the effect", _raises(lambda: TimeoutError("timed out"), effect=True)),
    Fault("reset before the effect", _raises(lambda: ConnectionResetError(104, "reset")), alike=True),
    Fault(
        "reset after the effect", _raises(lambda: ConnectionResetError(104, "reset"), effect=True), alike=True
    ),
    Fault("answer breaks off", _breaks_off, alike=True),
    Fault("malformed 200", _malformed(effect=True)),
    Fault("malformed 200 without effect", _malformed(effect=False), alike=True),
    Fault("429", _status(429, "ratelimited", Retry_After=str(RETRY_AFTER))),
    Fault("503", _status(503, "service_unavailable"), alike=True),
    Fault("503 but done", _status(503, "service_unavailable", effect=True), alike=True),
    Fault("internal_error", _not_ok("internal_error", effect=False), alike=True),
    Fault("internal_error but done", _not_ok("internal_error", effect=True)),
)
