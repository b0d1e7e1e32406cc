"""The HTTP API at the root of one port: API Gateway's payload format 2.0, and its own answers.

It calls Lambda's Invoke API directly instead of MiniStack's HTTP API, whose routes would have to be created from the
OpenAPI body, whose own paths (``/health``) shadow ours, and which answers a failed function with its stack trace.
"""

import base64
import json
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.localise import Route

MAX_BODY = 10 * 1024 * 1024
"""API Gateway's own limit."""

TEXT = (
    "text/",
    "application/json",
    "application/javascript",
    "application/xml",
    "application/x-www-form-urlencoded",
)


@dataclass(frozen=True)
class Answer:
    """What goes back: status, headers, bytes."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes


def _message(status: int, text: str) -> Answer:
    return Answer(status, [("content-type", "application/json")], json.dumps({"message": text}).encode())


class FrontDoor(ThreadingHTTPServer):
    """Listens on 127.0.0.1 as soon as it is made; serves after ``start``."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, port: int, routes: Sequence[Route], functions: Mapping[str, str], lambda_client: Any
    ) -> None:
        self._routes = routes
        self._functions = functions
        self._lambda = lambda_client
        self._thread = threading.Thread(
            target=self.serve_forever, args=(0.05,), name="front-door", daemon=True
        )
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        """The API's address."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        """Serve in a thread."""
        self._thread.start()

    def close(self) -> None:
        """Stop."""
        if self._thread.is_alive():
            self.shutdown()
        self.server_close()

    def answer(self, event: dict[str, Any]) -> Answer:
        """Route an event and call its function."""
        method, path = event["requestContext"]["http"]["method"], event["rawPath"]
        route = next((r for r in self._routes if r.path == path and r.method in ("ANY", method)), None)
        if route is None:
            return _message(404, "Not Found")
        event["routeKey"] = event["requestContext"]["routeKey"] = f"{route.method} {route.path}"
        try:
            called = self._lambda.invoke(
                FunctionName=self._functions[route.function], Payload=json.dumps(event).encode()
            )
            result = json.loads(called["Payload"].read())
        except (BotoCoreError, ClientError, ValueError):
            return _message(503, "Service Unavailable")
        if "FunctionError" in called or not isinstance(result, dict) or "statusCode" not in result:
            return _message(500, "Internal Server Error")
        body = result.get("body") or ""
        raw = base64.b64decode(body) if result.get("isBase64Encoded") else str(body).encode()
        headers = [(str(k), str(v)) for k, v in (result.get("headers") or {}).items()]
        headers += [("set-cookie", cookie) for cookie in result.get("cookies") or []]
        return Answer(int(result["statusCode"]), headers, raw)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: FrontDoor

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Keep quiet: the functions log."""

    def _serve(self) -> None:
        length = self.headers.get("content-length") or "0"
        if not length.isdigit() or int(length) > MAX_BODY:
            self.close_connection = True
            self._send(
                _message(413, "Request Entity Too Large")
                if length.isdigit()
                else _message(400, "Bad Request")
            )
            return
        self._send(self.server.answer(self._event(self.rfile.read(int(length)))))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _serve  # noqa: N815 - looked up by name

    def _event(self, body: bytes) -> dict[str, Any]:
        """The event that API Gateway makes of a request (payload format 2.0)."""
        parts = urlsplit(self.path)
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            key = name.lower()
            if key not in ("connection", "transfer-encoding", "cookie"):
                headers[key] = f"{headers[key]},{value}" if key in headers else value
        headers |= {"x-forwarded-for": self.client_address[0], "x-forwarded-proto": "http"}
        encoded = bool(body) and not headers.get("content-type", "application/json").startswith(TEXT)
        if not encoded:
            try:
                text = body.decode()
            except UnicodeDecodeError:
                encoded = True
        if encoded:
            text = base64.b64encode(body).decode()
        query: dict[str, str] = {}
        for key, value in parse_qsl(parts.query, keep_blank_values=True):
            query[key] = f"{query[key]},{value}" if key in query else value
        now = time.time()
        event: dict[str, Any] = {
            "version": "2.0",
            "rawPath": unquote(parts.path),
            "rawQueryString": parts.query,
            "headers": headers,
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "local",
                "domainName": "127.0.0.1",
                "http": {
                    "method": self.command,
                    "path": parts.path,
                    "protocol": self.request_version,
                    "sourceIp": self.client_address[0],
                    "userAgent": headers.get("user-agent", ""),
                },
                "requestId": secrets.token_hex(8),
                "stage": "$default",
                "time": datetime.fromtimestamp(now, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
                "timeEpoch": int(now * 1000),
            },
            "isBase64Encoded": encoded,
        }
        if query:
            event["queryStringParameters"] = query
        cookies = [c.strip() for c in self.headers.get("cookie", "").split(";") if c.strip()]
        if cookies:
            event["cookies"] = cookies
        if body:
            event["body"] = text
        return event

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()
