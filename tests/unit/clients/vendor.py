"""A vendor made of a raw loopback socket: it says exactly the bytes that a test gives it, and counts what it was sent."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self


@dataclass
class Request:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


Turn = Callable[[socket.socket], bool]
"""Answers one request on its connection; True keeps the connection for the next one."""


def says(status: int = 200, body: bytes = b'{"id": "1"}', *headers: str, keeps: bool = True) -> Turn:
    """A whole answer."""
    head = [
        f"HTTP/1.1 {status} Said",
        f"Content-Length: {len(body)}",
        "Content-Type: application/json",
        *headers,
    ]

    def turn(connection: socket.socket) -> bool:
        connection.sendall("\r\n".join([*head, "", ""]).encode("latin-1") + body)
        return keeps

    return turn


def raw(data: bytes) -> Turn:
    """These bytes, and then the end of the connection."""

    def turn(connection: socket.socket) -> bool:
        connection.sendall(data)
        return False

    return turn


def resets(connection: socket.socket) -> bool:
    """The connection is cut."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def hangs(connection: socket.socket) -> bool:
    """Silence, until the caller goes away."""
    with contextlib.suppress(OSError):
        connection.recv(1)
    return False


@dataclass
class Vendor:
    """Takes turns, one for each request; the last one is for all that follow."""

    turns: list[Turn] = field(default_factory=lambda: [says()])
    requests: list[Request] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def lines(self) -> list[str]:
        return [request.line.removesuffix(" HTTP/1.1") for request in self.requests]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.add(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as file:
            while line := file.readline():
                headers: dict[str, str] = {}
                while (header := file.readline().strip()) != b"":
                    name, _, value = header.decode("latin-1").partition(":")
                    headers[name.lower()] = value.strip()
                body = file.read(int(headers.get("content-length", "0")))
                self.requests.append(Request(line.decode().strip(), headers, body))
                turn = self.turns.pop(0) if len(self.turns) > 1 else self.turns[0]
                if not turn(connection):
                    break
        self._open.discard(connection)
