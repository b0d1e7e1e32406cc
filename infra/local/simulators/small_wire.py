"""The wire of small simulators: an HTTP server on 127.0.0.1 with an admin API under ``/_admin/<operation>``."""

import contextlib
import json
import re
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

Json = dict[str, Any]

ADMIN = "/_admin/"


class SimulatorError(Exception):
    """A wrong use of the admin API; the message says what to do instead."""


@dataclass
class Request:
    """What came over the wire; names of headers in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Reply:
    """What goes onto the wire."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def as_json(document: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """A JSON answer."""
    return Reply(
        status, json.dumps(document).encode(), {"Content-Type": "application/json", **(headers or {})}
    )


class Answers(Protocol):
    """What a server is in front of."""

    def answer(self, request: Request) -> Reply | None:
        """What to send: None cuts the connection."""

    def operate(self, operation: str, arguments: Json) -> Any:
        """Run an operation of the admin API."""

    def time(self) -> float:
        """Seconds since the epoch, for ``Date``."""


class Server(ThreadingHTTPServer):
    """Listens from when it is made, on a port of 127.0.0.1; 0 for any."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, machine: Answers) -> None:
        self.machine = machine
        self.sockets: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    def close_all(self) -> None:
        """Stop listening and cut what is open."""
        self.server_close()
        for connection in list(self.sockets):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that went away is no error of ours."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.sockets.add(self.connection)

    def finish(self) -> None:
        self.server.sockets.discard(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        pass

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(self.server.machine.time() if timestamp is None else timestamp)

    def _serve(self) -> None:
        length = self.headers.get("content-length") or "0"
        raw = self.rfile.read(int(length)) if length.isdigit() else b""
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        if parts.path.startswith(ADMIN):
            self._send(self._admin(parts.path.removeprefix(ADMIN), raw))
            return
        request = Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, raw)
        self._send(self.server.machine.answer(request))

    do_GET = do_POST = _serve  # noqa: N815 - the base class looks for these

    def _admin(self, operation: str, raw: bytes) -> Reply:
        try:
            return as_json({"result": self.server.machine.operate(operation, json.loads(raw or b"{}"))})
        except (SimulatorError, TypeError, ValueError, LookupError, re.error) as problem:
            return as_json({"error": type(problem).__name__, "message": str(problem)}, 400)

    def _send(self, reply: Reply | None) -> None:
        if reply is None:
            self.close_connection = True
            self.rfile.close()
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        self.send_response(reply.status)
        for name, value in {**reply.headers, "Content-Length": str(len(reply.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)
        self.wfile.flush()
