"""What small simulators stand on: faults on order, a log, and an admin API.

A simulator is a ``Machine``: what it answers, and which operations it allows. A fault is one of::

    {"kind": "answer", "status": 503, "body"?: {…}, "headers"?: {…}}
    {"kind": "html", "status"?: 200}              a page for people
    {"kind": "redirect", "to": "https://…"}
    {"kind": "malformed"}                         a 200 whose JSON breaks off
    {"kind": "hang"}                              silence, until the caller goes or ``release``
    {"kind": "reset"}                             the connection is cut
    {"kind": "headers", "headers": {…}}           the ordinary answer with other headers
"""

import json
import re
import signal
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from .small_wire import Json, Reply, Request, Server, SimulatorError, as_json

__all__ = ["Json", "Machine", "Reply", "Request", "SimulatorError", "as_json", "serve"]

PAGE = b"<!DOCTYPE html><html><head><title>Status</title></head><body><h1>For people</h1></body></html>"
KINDS = ("answer", "html", "redirect", "malformed", "hang", "reset", "headers")


@dataclass
class Fault:
    """One fault on order; ``times`` None is for ever."""

    action: Json
    path: str
    times: int | None


class Machine(ABC):
    """What a small simulator is: subclass it, answer ``handle``, and name what else may be operated."""

    operations: tuple[str, ...] = ("add_fault", "clear_faults", "requests", "release")

    def __init__(self, port: int = 0) -> None:
        self._faults: list[Fault] = []
        self._log: list[Json] = []
        self._lock = threading.RLock()
        self._released = threading.Event()
        self._server = Server(port, self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def time(self) -> float:
        """Seconds since the epoch, for ``Date``."""
        return time.time()

    @abstractmethod
    def handle(self, request: Request) -> Reply:
        """Answer one request, with the lock held."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
        self._server.shutdown()
        self._thread.join()
        self._server.close_all()

    @property
    def url(self) -> str:
        """Origin."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def add_fault(self, action: Json, *, path: str = "", times: int | None = 1) -> None:
        """Order a fault for the paths that a regular expression finds, so many times or (None) for ever."""
        if action.get("kind") not in KINDS:
            raise SimulatorError(f"a fault's kind is one of {', '.join(KINDS)}")
        re.compile(path)
        with self._lock:
            self._faults.append(Fault(action, path, times))

    def clear_faults(self) -> None:
        """Cancel all faults."""
        with self._lock:
            self._faults.clear()

    def requests(self) -> list[Json]:
        """The log: ``method``, ``path``, ``status`` (None where nothing was answered)."""
        with self._lock:
            return [dict(row) for row in self._log]

    def release(self) -> None:
        """Let the requests that hang go, unanswered."""
        self._released.set()
        self._released = threading.Event()

    def operate(self, operation: str, arguments: Json) -> Any:
        """Run an operation of the admin API."""
        if operation not in self.operations:
            raise SimulatorError(f"no operation {operation!r}; there are: {', '.join(self.operations)}")
        with self._lock:
            return getattr(self, operation)(**arguments)

    def answer(self, request: Request) -> Reply | None:
        """What to send: None cuts the connection."""
        with self._lock:
            fault = self._fault(request.path)
            hangs = fault is not None and fault["kind"] == "hang"
            reply = None if hangs else self._faulty(fault or {"kind": "none"}, request)
            row = {"method": request.method, "path": request.path, "status": reply.status if reply else None}
            self._log.append(row)
            released = self._released
        if hangs:
            released.wait()
        return reply

    def _fault(self, path: str) -> Json | None:
        for fault in self._faults:
            if fault.times != 0 and re.search(fault.path, path):
                fault.times = None if fault.times is None else fault.times - 1
                return fault.action
        return None

    def _faulty(self, action: Json, request: Request) -> Reply | None:
        kind = action["kind"]
        if kind == "answer":
            return as_json(action.get("body") or {}, int(action["status"]), action.get("headers"))
        if kind == "html":
            return Reply(int(action.get("status", 200)), PAGE, {"Content-Type": "text/html"})
        if kind == "redirect":
            return Reply(302, b"", {"Location": str(action["to"])})
        if kind == "reset":
            return None
        reply = self.handle(request)
        if kind == "malformed":
            return Reply(200, reply.body[: len(reply.body) // 2], reply.headers)
        reply.headers |= action.get("headers", {})
        return reply


def serve(make: Callable[[], Machine], told: Callable[[Any], Json]) -> int:
    """Run a simulator until SIGTERM or SIGINT; prints one JSON line, what ``told`` gives, when it listens."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        machine = make()
    except OSError as problem:
        print(f"cannot listen: {problem}", file=sys.stderr)
        return 2
    with machine:
        print(json.dumps(told(machine)), flush=True)
        stop.wait()
    return 0
