"""What can happen to a call over ``requests``: Notion's API and Slack's incoming webhook, in the shapes they have there."""

import json
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import requests
from requests import exceptions
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProtocolError

from infra.local.simulators.notion import faults
from infra.local.simulators.notion.faults import EDGE_PAGE, as_error
from tests.crash.calls import Call, Fault

REASONS = (
    "public_api_request_rate_limit",
    "public_api_space_request_rate_limit",
    "public_api_endpoint_rate_limit",
)
RETRY_AFTER = 17


def _answer(call: Call, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> Any:
    response = requests.Response()
    response.status_code = status
    response.headers = CaseInsensitiveDict(headers or {"Content-Type": "application/json"})
    response.raw = HTTPResponse(BytesIO(body), status=status, preload_content=False)
    response.request, response.url = call.asked, call.asked.url
    return response


def _performed(call: Call) -> bytes:
    """Let it take effect; the body of the answer that nobody gets."""
    with call.perform() as response:
        return bytes(response.content)


def _raises(error: Callable[[], Exception], *, effect: bool = False) -> Callable[[Call], Any]:
    def strike(call: Call) -> Any:
        if effect:
            _performed(call)
        raise error()

    return strike


def _connect_timeout() -> Exception:
    return exceptions.ConnectTimeout(MaxRetryError(None, "/", ConnectTimeoutError()))  # type: ignore[arg-type]  # no pool is asked of it


def _connection_refused() -> Exception:
    refused = NewConnectionError(None, "[Errno 111] Connection refused")  # type: ignore[arg-type]  # no connection is asked of it
    return exceptions.ConnectionError(MaxRetryError(None, "/", refused))  # type: ignore[arg-type]  # no pool is asked of it


def _reset() -> Exception:
    reset = ConnectionResetError(104, "Connection reset by peer")
    return exceptions.ConnectionError(ProtocolError("Connection aborted.", reset))


def _breaks_off(call: Call) -> Any:
    """The connection is lost while the answer is read."""
    body = _performed(call)
    response = _answer(call, 200, body)
    response.raw = HTTPResponse(BytesIO(body[:9]), {"Content-Length": str(len(body))}, preload_content=False)
    return response


def _malformed(*, effect: bool) -> Callable[[Call], Any]:
    def strike(call: Call) -> Any:
        body = _performed(call) if effect else b'{"object": "list", "results": ['
        return _answer(call, 200, body[: len(body) // 2])

    return strike


def _says(status: int, body: bytes, headers: Mapping[str, str] | None = None, *, effect: bool = False) -> Any:
    def strike(call: Call) -> Any:
        if effect:
            _performed(call)
        return _answer(call, status, body, headers)

    return strike


def _notion(status: int, *, effect: bool = False, committed: bool = False, **more: object) -> Any:
    """An official error, with what a saved write that reports an error says of the way out."""

    def strike(call: Call) -> Any:
        body = _performed(call) if effect else b"{}"
        action = faults.saved(status) if effect else faults.answer(status, **more)
        error = as_error(action, {"committed_resource_id": json.loads(body)["id"]} if committed else {})
        headers = {"Content-Type": "application/json", "x-notion-request-id": "r"}
        if error.retry_after is not None:
            headers["Retry-After"] = str(error.retry_after)
        return _answer(call, error.status, json.dumps(error.body("r")).encode(), headers)

    return strike


def _writes(call: Call) -> bool:
    return call.writes


def _reads(call: Call) -> bool:
    return not call.writes


COMMON = (
    Fault("connect timeout", _raises(_connect_timeout), alike=True),
    Fault("connection refused", _raises(_connection_refused)),
    Fault("timeout before the effect", _raises(exceptions.ReadTimeout)),
    Fault("timeout after the effect", _raises(exceptions.ReadTimeout, effect=True)),
    Fault("reset before the effect", _raises(_reset), alike=True),
    Fault("reset after the effect", _raises(_reset, effect=True), alike=True),
    Fault("answer breaks off", _breaks_off, alike=True),
    Fault("malformed 200", _malformed(effect=True)),
    Fault("malformed 200 without effect", _malformed(effect=False), alike=True),
)
"""What any server on the other side of a network can do."""

NOTION = (
    *COMMON,
    *(
        Fault(f"429 {r}", _notion(429, reason=r, retry_after=RETRY_AFTER), alike=r != REASONS[0])
        for r in REASONS
    ),
    Fault("401", _notion(401)),
    Fault("500", _notion(500), alike=True),
    Fault("502", _notion(502), alike=True),
    Fault("503", _notion(503)),
    Fault("504", _notion(504), alike=True),
    Fault("529", _notion(529, retry_after=RETRY_AFTER), alike=True),
    Fault("409", _notion(409)),
    Fault("the edge's 502", _says(502, EDGE_PAGE.encode(), {"Content-Type": "text/html"}), alike=True),
    Fault("the edge's 403", _says(403, EDGE_PAGE.encode(), {"Content-Type": "text/html"}), alike=True),
    Fault("503 but saved, with retry_guidance", _notion(503, effect=True), _writes),
    Fault("503 but saved, with committed_resource_id", _notion(503, effect=True, committed=True), _writes),
    Fault("504 but saved", _notion(504, effect=True), _writes, alike=True),
    # A read is repeated in place: these outlast that.
    Fault("503 that lasts", _notion(503), _reads, lasts=True),
    Fault("timeout that lasts", _raises(exceptions.ReadTimeout), _reads, lasts=True, alike=True),
)

WEBHOOK = (
    *COMMON,
    Fault("429", _says(429, b"rate_limited", {"Retry-After": str(RETRY_AFTER)})),
    Fault("503", _says(503, b"service_unavailable")),
    Fault("503 but posted", _says(503, b"service_unavailable", effect=True)),
)
