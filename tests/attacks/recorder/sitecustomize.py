"""Runs first in every function of the attacked stack: writes down whom it reaches and what it asks, and can turn its clock.

What is written is a JSON object a line, in the file that ``ATTACK_RECORD`` names: the function, and the address that it
connects to, the host that it looks up, or the request line with AWS's name of the operation. Nothing else of a request, so
the record holds no token. The monotonic clock is ahead by the seconds in the file ``ATTACK_AHEAD``: a test need not wait
until what is cached is old.
"""

import contextlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

_RECORD = os.open(os.environ["ATTACK_RECORD"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
_AHEAD = Path(os.environ["ATTACK_AHEAD"])
_MONOTONIC = time.monotonic


def _write(**seen: str) -> None:
    line = {"function": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""), **seen}
    os.write(_RECORD, json.dumps(line).encode() + b"\n")


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        _write(connects=str(arguments[1]))
    elif event == "socket.getaddrinfo":
        _write(resolves=str(arguments[0]))
    elif event == "http.client.send" and isinstance(arguments[1], bytes):
        first, *headers = arguments[1].partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        if first.endswith(" HTTP/1.1"):  # else it is a body
            pairs = (header.partition(": ") for header in headers)
            named = {name.lower(): value for name, _, value in pairs}
            operation = named.get("x-amz-target", "").rpartition(".")[2]
            _write(asks=first.removesuffix(" HTTP/1.1"), operation=operation, host=named.get("host", ""))


def _ahead() -> float:
    with contextlib.suppress(OSError, ValueError):
        return _MONOTONIC() + float(_AHEAD.read_text())
    return _MONOTONIC()


time.monotonic = _ahead
sys.addaudithook(_hook)
