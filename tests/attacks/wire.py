"""HTTP as an attacker writes it: bytes on a socket, which no library repairs."""

import json
import re
import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

HOOK = "/webhooks/notion"
PATIENCE = 20.0
"""Seconds for an answer; the first one of a function takes some."""

_CREDENTIAL = re.compile(
    r"""(?:(?:steward|ticket|token)=|sha(?:1|256)=|bearer |basic |x-api-key: |"verification_token":")([^\s;&",]{12,})""",
    re.IGNORECASE,
)


def credentials(sent: bytes) -> set[str]:
    """Whatever in a request, or in the head of an answer, is or could pass for a token, ticket, session or signature.

    Of what is signed the signature counts by itself, too: nobody needs more.
    """
    found = set(_CREDENTIAL.findall(sent.decode("latin-1")))
    return found | {tail for one in found if len(tail := one.rpartition(".")[2]) > 20}


@dataclass(frozen=True)
class Reply:
    """What came back first; ``status`` is None when that was nothing, or no HTTP."""

    status: int | None
    head: str
    body: bytes

    @property
    def error(self) -> str | None:
        """Steward's reason of a refusal; None where somebody else answered."""
        try:
            document = json.loads(self.body)
        except ValueError:
            return None
        reason = document.get("error") if isinstance(document, dict) else None
        return reason if isinstance(reason, str) else None

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def post(
    body: bytes,
    *signatures: str,
    method: str = "POST",
    target: str = HOOK,
    headers: Sequence[str | bytes] = ("Content-Type: application/json",),
    length: int | str | None = None,
) -> bytes:
    """A request as bytes; ``length`` lies about the body's, and an empty one says nothing of it."""
    lines: list[str | bytes] = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", *headers]
    lines += [f"X-Notion-Signature: {signature}" for signature in signatures]
    if length != "":
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    raw = [line if isinstance(line, bytes) else line.encode() for line in lines]
    return b"\r\n".join([*raw, b"", b""]) + body


def exchange(port: int, sent: bytes, *, end: bool = False) -> Reply:
    """Send, and read the first answer; ``end`` says that nothing more will come."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        try:
            _send(connection, sent)
            if end:
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it was refused, or hung up on, before all was sent; the answer may be there all the same
        return _read(connection, bodiless=sent.startswith(b"HEAD "))


def _send(connection: socket.socket, sent: bytes) -> None:
    """Stop as soon as there is an answer: what is sent after that would make the kernel throw it away."""
    for start in range(0, len(sent), 65536):
        if start and select.select([connection], [], [], 0)[0]:
            return
        connection.sendall(sent[start : start + 65536])


def _read(connection: socket.socket, *, bodiless: bool) -> Reply:
    received, until = b"", time.monotonic() + PATIENCE
    while time.monotonic() < until:
        head, separator, body = received.partition(b"\r\n\r\n")
        if separator and head.startswith(b"HTTP/1.1 1"):
            received = body  # 100 Continue
            continue
        length = 0 if bodiless else _length(head)
        if separator and len(body) >= length:
            return Reply(_status(head), head.decode("latin-1"), body[:length])
        try:
            piece = connection.recv(65536)
        except ConnectionError:
            piece = b""
        if not piece:
            return Reply(_status(head), head.decode("latin-1"), body)
        received += piece
    raise TimeoutError("no whole answer came")


def _status(head: bytes) -> int | None:
    return int(head.split(b" ", 2)[1]) if head.startswith(b"HTTP/1.") else None


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 1 << 40  # until the connection ends
