"""What the simulator's tests stand on: a clock that moves by hand, a caller of the API, a receiver of deliveries."""

import http.client
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

NEW, OLD = "2026-03-11", "2025-09-03"
EPOCH = 1_795_256_142.123  # 2026-11-21T10:15:42.123Z
Json = dict[str, Any]


class Clock:
    """Seconds since the epoch that move only when told to."""

    def __init__(self) -> None:
        self.now = EPOCH

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; `json` is empty when the body is none."""

    status: int
    headers: dict[str, str]
    raw: bytes
    json: Json


class Api:
    """A caller of the vendor API on one kept-alive connection."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        self.token: str | None = token
        self.version: str | None = NEW
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)

    def __call__(self, method: str, path: str, body: object = None, *, raw: bytes | None = None) -> Answer:
        headers = {"Content-Type": "application/json"}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.version is not None:
            headers["Notion-Version"] = self.version
        content = raw if raw is not None else None if body is None else json.dumps(body).encode()
        try:
            self.connection.request(method, path, content, headers)
            response = self.connection.getresponse()
            answer = response.read()
        except OSError:
            self.connection.close()
            raise
        lowered = {name.lower(): value for name, value in response.getheaders()}
        try:
            loaded = json.loads(answer)
        except ValueError:
            loaded = {}
        return Answer(response.status, lowered, answer, loaded)

    def ok(self, method: str, path: str, body: object = None) -> Json:
        """The JSON of an answer that has to be 200."""
        answer = self(method, path, body)
        assert answer.status == 200, answer.raw
        return answer.json

    def refused(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        """Status and code of an answer that has to be an official error."""
        answer = self(method, path, body)
        assert answer.json["object"] == "error", answer.raw
        assert answer.json["status"] == answer.status
        assert answer.json["request_id"] == answer.headers["x-notion-request-id"]
        return answer.status, answer.json["code"]


@dataclass(frozen=True)
class Delivery:
    """One request that arrived."""

    body: bytes
    signature: str
    json: Json


class Receiver:
    """An HTTP endpoint that keeps what it is sent and answers what `answers` says (200 by default)."""

    def __init__(self) -> None:
        self.got: list[Delivery] = []
        self.answers: Callable[[int], int] = lambda _number: 200
        receiver, lock = self, threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with lock:
                    receiver.got.append(Delivery(body, self.headers["X-Notion-Signature"], json.loads(body)))
                    status = receiver.answers(len(receiver.got))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/webhooks/notion?source=test"

    def types(self) -> list[str]:
        """The event types in the order of arrival."""
        return [delivery.json.get("type", "") for delivery in self.got]

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
