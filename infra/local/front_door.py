"""The HTTP API at the root of one port of 127.0.0.1, with API Gateway's own answers and limits.

It calls Lambda's Invoke API directly instead of MiniStack's HTTP API: that one ignores the OpenAPI body, has paths of its
own (``/health``) that shadow ours, ignores time-outs, and answers a failed function with its stack trace. It is also one
hop less. Promises: unknown route 404, body above 10 MB 413, above the stage's rate 429, function failed 500, function
out of reach, throttled or too slow 503. Of each request that was whole there is a line in the access log before its answer
is sent; API Gateway writes its lines a little later.
"""

import json
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.access_log import Context, context_of
from infra.local.bucket import Bucket
from infra.local.http_api import Route, Throttle, route_for
from infra.local.payload import Answer, Request, answer_of, event_of, message

MAX_BODY = 10 * 1024 * 1024
"""API Gateway's own limit, in bytes."""

HEX = b"0123456789abcdefABCDEF"

Invoke = Callable[[str, bytes, float], bytes | None]
"""Calls a function by name with a payload, waits at most so many seconds; None when the function failed.

Raises botocore's errors when it can't be called or is too slow.
"""


Log = Callable[[Context], None]
"""Writes down a request that was answered."""


def invoker(client_with: Callable[[float], Any]) -> Invoke:
    """Calls through Lambda's API; ``client_with(seconds)`` is a client whose calls give up after that time."""

    def invoke(function: str, payload: bytes, seconds: float) -> bytes | None:
        called = client_with(seconds).invoke(FunctionName=function, Payload=payload)
        result: bytes = called["Payload"].read()
        return None if "FunctionError" in called else result

    return invoke


class FrontDoor(ThreadingHTTPServer):
    """Listens on 127.0.0.1 as soon as it is made; serves after ``start``."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        port: int,
        routes: Sequence[Route],
        functions: Mapping[str, str],
        invoke: Invoke,
        throttle: Throttle | None = None,
        clock: Callable[[], float] = time.monotonic,
        log: Log = lambda _: None,
    ) -> None:
        """Listen.

        Args:
            port: 0 for any.
            routes: of the template.
            functions: names by logical id.
            invoke: calls a function.
            throttle: of the stage.
            clock: monotonic seconds, for the throttle and the access log.
            log: the access log.
        """
        self._routes = routes
        self._functions = functions
        self._invoke = invoke
        self._clock = clock
        self._log = log
        self._bucket = Bucket(throttle, clock) if throttle else None
        self._buckets = {route: Bucket(route.throttle, clock) for route in routes if route.throttle}
        self._thread = threading.Thread(
            target=self.serve_forever, args=(0.05,), name="front-door", daemon=True
        )
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        """The API's address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve in a thread."""
        self._thread.start()

    def close(self) -> None:
        """Stop."""
        if self._thread.is_alive():
            self.shutdown()
        self.server_close()

    def answer(self, request: Request) -> Answer:
        """Route a request, call its function, and write it down."""
        context, began = context_of(request, datetime.now(UTC)), self._clock()
        answer = self._answered(request, context)
        self._log(context | {"status": str(answer.status), "responseLatency": self._since(began)})
        return answer

    def _answered(self, request: Request, context: dict[str, str]) -> Answer:
        """The answer; ``context`` is told what becomes known on the way."""
        if self._bucket and not self._bucket.take():
            return message(429, "Too Many Requests")
        found = route_for(self._routes, request.method, urlsplit(request.target).path)
        if found is None:
            return message(404, "Not Found")
        route, parameters = found
        context["routeKey"] = route.key
        own = self._buckets.get(route)
        if own is not None and not own.take():
            return message(429, "Too Many Requests")
        event = event_of(request, route.key, datetime.now(UTC), parameters)
        context["requestId"] = event["requestContext"]["requestId"]
        began = self._clock()
        try:
            result = self._invoke(self._functions[route.function], json.dumps(event).encode(), route.seconds)
        except (BotoCoreError, ClientError) as error:
            context["integrationErrorMessage"] = type(error).__name__
            return message(503, "Service Unavailable")
        finally:
            context["integrationLatency"] = self._since(began)
        return message(500, "Internal Server Error") if result is None else answer_of(json.loads(result))

    def _since(self, began: float) -> str:
        """Milliseconds."""
        return str(round((self._clock() - began) * 1000))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that hung up."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _BadRequest(Exception):
    """The framing of a request is wrong; ``answer`` says so, and the connection ends."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 65.0  # an idle connection is closed, a little after a client would
    server: FrontDoor

    def version_string(self) -> str:
        """Name nothing that could be taken for AWS."""
        return "steward-local"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Keep quiet: the functions log."""

    def _serve(self) -> None:
        try:
            body = self._read_chunked() if self._is_chunked() else self._read_sized()
        except _BadRequest as bad:
            self.close_connection = True
            self._send(bad.answer)
            return
        headers = self.headers.items()
        sender = self.client_address[0]
        self._send(
            self.server.answer(
                Request(
                    self.command, self.path, self.request_version, headers, body, sender, self.server.port
                )
            )
        )

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _serve  # noqa: N815 - looked up by name

    def _is_chunked(self) -> bool:
        framing = [
            *self.headers.get_all("transfer-encoding", []),
            *self.headers.get_all("content-length", []),
        ]
        if len(framing) > 1:  # two readers could disagree where the request ends (RFC 9112, 6.3)
            raise _BadRequest(message(400, "Bad Request"))
        coding = self.headers.get("transfer-encoding", "identity").strip().lower()
        if coding not in ("identity", "chunked"):
            raise _BadRequest(message(501, "Not Implemented"))
        return coding == "chunked"

    def _read_sized(self) -> bytes:
        length = (self.headers.get("content-length") or "0").strip()
        if not (length.isascii() and length.isdigit()):
            raise _BadRequest(message(400, "Bad Request"))
        if int(length) > MAX_BODY:
            raise _BadRequest(message(413, "Request Entity Too Large"))
        return self._read(int(length))

    def _read_chunked(self) -> bytes:
        body = b""
        while size := self._chunk_size():
            if len(body) + size > MAX_BODY:
                raise _BadRequest(message(413, "Request Entity Too Large"))
            body += self._read(size)
            self.rfile.readline(8)
        while self.rfile.readline(65537).strip():
            pass  # trailers
        return body

    def _chunk_size(self) -> int:
        digits = self.rfile.readline(1024).split(b";")[0].strip()
        if not digits or digits.strip(HEX):  # int() alone would take a sign, or underscores
            raise _BadRequest(message(400, "Bad Request"))
        return int(digits, 16)

    def _read(self, size: int) -> bytes:
        body = self.rfile.read(size)
        if len(body) < size:
            raise ConnectionAbortedError  # the client hung up before it had said all
        return body

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        empty = answer.status in (204, 304) or answer.status < 200
        if not empty:
            self.send_header("content-length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()
        if self.command != "HEAD" and not empty:
            self.wfile.write(answer.body)
        self.wfile.flush()
