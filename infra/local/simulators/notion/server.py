"""The socket side: HTTP/1.1 with keep-alive, one thread a connection, on 127.0.0.1 only.

Promises that a reply goes out in one write, that a cut connection is a real TCP reset, and that `close` ends every
thread, also those that hang on order.
"""

import contextlib
import json
import socket
import struct
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .errors import SimulatorError
from .gateway import Gateway, Reply, Request

ADMIN = "/_admin/"
PHRASES = {status.value: status.phrase for status in HTTPStatus} | {529: "Site Overloaded"}
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
Operation = Callable[[str, dict[str, Any]], Any]


class SimulatorServer(ThreadingHTTPServer):
    """Listens as soon as it is made; serves after `start`.

    Args:
        port: TCP port, 0 for any.
        gateway: answers the vendor API.
        operate: runs an operation of the admin API by name.
        now: the simulated time in epoch seconds, for the `Date` header.
    """

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, port: int, gateway: Gateway, operate: Operation, now: Callable[[], float]) -> None:
        self.gateway = gateway
        self.operate = operate
        self.now = now
        self.closing = threading.Event()
        self._sockets: set[socket.socket] = set()
        self._sockets_lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), name="notion-simulator")
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        """Origin, without `/v1`."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Stop listening, cut what is open, end every thread."""
        self.closing.set()
        self.gateway.release()
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join()
        with self._sockets_lock:
            for connection in self._sockets:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def opened(self, connection: socket.socket) -> None:
        """Remember a connection, to end it on `close`."""
        with self._sockets_lock:
            self._sockets.add(connection)
        if self.closing.is_set():
            connection.shutdown(socket.SHUT_RDWR)

    def ended(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._sockets_lock:
            self._sockets.discard(connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that went away is no error of ours; anything else is printed with its trace."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # typeshed's types are private


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "notion-simulator"
    sys_version = ""
    disable_nagle_algorithm = True
    server: SimulatorServer

    def setup(self) -> None:
        super().setup()
        self.server.opened(self.connection)

    def finish(self) -> None:
        self.server.ended(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        del format, args

    def date_time_string(self, timestamp: float | None = None) -> str:
        moment = self.server.now() if timestamp is None else timestamp
        return format_datetime(datetime.fromtimestamp(moment, UTC), usegmt=True)

    def _serve(self) -> None:
        raw = self._body()
        if self.path.startswith(ADMIN):
            self._admin(raw)
            return
        parts = urlsplit(self.path)
        reply = self.server.gateway.handle(
            Request(self.command, parts.path, parts.query, self.headers.get, raw)
        )
        if reply.seconds:
            self.server.closing.wait(reply.seconds)
        if reply.wait is not None:
            reply.wait.wait()
            reply.cut = True
        self._send(reply)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            length = self.headers.get("Content-Length", "0")
            return self.rfile.read(int(length)) if length.isdigit() else b""
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0].strip() or b"0", 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(chunks)

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = do_HEAD = _serve  # noqa: N815 - the base class looks for these

    def _send(self, reply: Reply) -> None:
        if reply.cut:
            self.close_connection = True
            self.rfile.close()
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            self.connection.close()
            return
        # Written by hand, in one piece: the base class would send headers and body in two.
        lines = [
            f"HTTP/1.1 {reply.status} {PHRASES.get(reply.status, 'Unknown')}",
            f"Date: {self.date_time_string()}",
        ]
        lines += [f"{name}: {value}" for name, value in reply.headers.items()]
        lines += [f"Content-Length: {len(reply.body)}"] + ["Connection: close"] * self.close_connection
        body = reply.body if self.command != "HEAD" else b""
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    def _admin(self, raw: bytes) -> None:
        parts = urlsplit(self.path)
        try:
            arguments: dict[str, Any] = dict(parse_qsl(parts.query))
            if raw:
                arguments |= json.loads(raw)
            result = self.server.operate(parts.path.removeprefix(ADMIN).strip("/"), arguments)
            status, answer = 200, {"result": result}
        except (SimulatorError, TypeError, ValueError, LookupError) as problem:
            status, answer = 400, {"error": type(problem).__name__, "message": str(problem)}
        body = json.dumps(answer, ensure_ascii=False).encode()
        self._send(Reply(status, body, {"Content-Type": "application/json; charset=utf-8"}))
