"""A bound on the time of a connection, whoever is to blame: a statement, the server or the network."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg


@contextmanager
def watched(connection: "psycopg.Connection[Any]", seconds: float) -> Iterator[None]:
    """Shut the connection's socket when the time is over, so that whatever waits for an answer goes on with an error."""
    with socket.socket(fileno=socket.dup(connection.fileno())) as line:
        watch = threading.Timer(seconds, _shut, [line])
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()
            watch.join()


def _shut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
