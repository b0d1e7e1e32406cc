"""The simulator in this process: ``with SlackSimulator() as slack: slack.api_url``."""

import contextlib
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from infra.local.simulators.small_wire import SimulatorError

from .control import SlackControl
from .gateway import ACTIONS, Gateway, Reply
from .model import WEBHOOK_PATH, Channel, Fault, SlackError, Workspace

ADMIN = "/_admin/"


class SlackSimulator(SlackControl):
    """A Slack of one's own, on 127.0.0.1.

    Args:
        clock: seconds since the epoch.
        port: 0 for any.
        bot_token: the one token that is right.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        port: int = 0,
        bot_token: str = "xoxb-local-simulator",  # noqa: S107 - opens only the simulator
    ) -> None:
        self._workspace = Workspace(clock, bot_token)
        self._server = _Server(port, Gateway(self._workspace), self._operate)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="slack-simulator"
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.close_all()

    @property
    def url(self) -> str:
        """Origin."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def api_url(self) -> str:
        """Base of the Web API, with the slash at the end."""
        return f"{self.url}/api/"

    @property
    def webhook_url(self) -> str:
        """The incoming webhook."""
        return f"{self.url}{WEBHOOK_PATH}"

    @property
    def bot_token(self) -> str:
        """The token that is right."""
        return self._workspace.bot_token

    def _call(self, operation: str, **arguments: object) -> Any:
        return self._operate(operation, arguments)

    def _operate(self, operation: str, arguments: dict[str, Any]) -> Any:
        with self._workspace.lock:
            found = _OPERATIONS.get(operation)
            if found is None:
                raise SimulatorError(
                    f"no operation {operation!r}; there are: {', '.join(sorted(_OPERATIONS))}"
                )
            return found(self._workspace, **arguments)


def _add_channel(w: Workspace, name: str) -> str:
    channel = Channel(w.next_id("C"), name.removeprefix("#"))
    w.channels[channel.id] = channel
    return channel.id


def _add_user(w: Workspace, name: str, email: str | None = None) -> str:
    user_id = w.next_id("U")
    w.users[user_id] = {
        "id": user_id,
        "name": name.lower(),
        "real_name": name,
        "deleted": False,
        "profile": {"email": email},
    }
    return user_id


def _deactivate(w: Workspace, user: str) -> None:
    found = w.users.get(user) or next((u for u in w.users.values() if u["real_name"] == user), None)
    if found is None:
        raise SimulatorError(f"no user {user}")
    found["deleted"] = True


def _add_webhook(w: Workspace, team: str = "T00000001") -> str:
    path = f"/services/{team}/{w.next_id('B')}/localwebhook"
    w.webhooks.add(path)
    return path


def _revoke_webhook(w: Workspace, path: str) -> None:
    if path not in w.webhooks:
        raise SimulatorError(f"no incoming webhook {path}")
    w.webhooks.remove(path)


def _archive(w: Workspace, channel: str) -> None:
    w.channel(channel).archived = True


def _leave(w: Workspace, channel: str) -> None:
    w.channel(channel).joined = False


def _messages(w: Workspace, channel: str) -> list[Any]:
    try:
        return [dict(m) for m in w.channel(channel).messages]
    except SlackError:
        return []


def _add_fault(w: Workspace, action: Any, match: Any = None, times: int | str = 1, after: int = 0) -> None:
    if not isinstance(action, dict) or action.get("kind") not in ACTIONS:
        raise SimulatorError(f'an action is an object whose "kind" is one of {", ".join(ACTIONS)}')
    path = (match or {}).get("path", "")
    re.compile(path)
    w.faults.append(Fault(action, path, None if times == "forever" else int(times), after))


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "add_channel": _add_channel,
    "add_user": _add_user,
    "archive": _archive,
    "leave": _leave,
    "deactivate": _deactivate,
    "users": lambda w: list(w.users.values()),
    "messages": _messages,
    "empty_channels": lambda w: w.empty_channels(),
    "requests": lambda w: list(w.requests),
    "set_rate_limit": lambda w, on: setattr(w, "rate_limited", bool(on)),
    "set_scopes": lambda w, scopes: setattr(w, "scopes", None if scopes is None else set(scopes)),
    "set_bot_token": lambda w, token: setattr(w, "bot_token", token),
    "add_webhook": _add_webhook,
    "revoke_webhook": _revoke_webhook,
    "set_webhook_channel": lambda w, channel: setattr(w, "webhook_channel", channel),
    "add_fault": _add_fault,
    "clear_faults": lambda w: w.faults.clear(),
    "reset": lambda w: w.clear(),
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, gateway: Gateway, operate: Callable[[str, dict[str, Any]], Any]) -> None:
        self.gateway = gateway
        self.operate = operate
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
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.sockets.add(self.connection)

    def finish(self) -> None:
        self.server.sockets.discard(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        pass

    def _serve(self) -> None:
        length = self.headers.get("content-length") or "0"
        raw = self.rfile.read(int(length)) if length.isdigit() else b""
        parts = urlsplit(self.path)
        if parts.path.startswith(ADMIN):
            self._send(self._admin(parts.path.removeprefix(ADMIN), parts.query, raw))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(self.server.gateway.handle(parts.path, parts.query, headers, raw))

    do_GET = do_POST = _serve  # noqa: N815 - the base class looks for these

    def _admin(self, operation: str, query: str, raw: bytes) -> Reply:
        try:
            arguments = dict(parse_qsl(query)) | (json.loads(raw) if raw else {})
            answer, status = {"result": self.server.operate(operation, arguments)}, 200
        except (SimulatorError, SlackError, TypeError, ValueError, LookupError, re.error) as problem:
            answer, status = {"error": type(problem).__name__, "message": str(problem)}, 400
        return Reply(status, json.dumps(answer, ensure_ascii=False).encode())

    def _send(self, reply: Reply) -> None:
        if reply.seconds:
            time.sleep(reply.seconds)
        if reply.cut:
            self.close_connection = True
            self.rfile.close()
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        self.send_response(reply.status)
        for name, value in {
            "Content-Type": reply.kind,
            **reply.headers,
            "Content-Length": str(len(reply.body)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)
        self.wfile.flush()
