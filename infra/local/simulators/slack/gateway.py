"""From a request to an answer: tokens, rate limit, faults, then the Web API or the incoming webhook."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from .model import Fault, Json, SlackError, Workspace
from .web_api import ALL_SCOPES, call, check_content, post

BURST = 5.0
"""Messages to a channel that Slack tolerates at once before it holds one a second."""

ACTIONS = ("answer", "error", "reset", "saved", "malformed", "latency")
"""Kinds of faults."""

WEBHOOK_ERRORS = {
    "no_text": 400,
    "invalid_payload": 400,
    "invalid_blocks": 400,
    "msg_too_long": 400,
    "msg_blocks_too_long": 400,
    "action_prohibited": 403,
    "channel_not_found": 404,
    "no_service": 404,
    "is_archived": 410,
}


@dataclass
class Reply:
    """What is sent back; ``cut`` resets the connection instead, ``seconds`` passes before."""

    status: int
    body: bytes
    kind: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    seconds: float = 0.0


def _json(document: Json, status: int = 200) -> Reply:
    return Reply(status, json.dumps(document).encode())


class Gateway:
    """Answers requests against a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def handle(self, path: str, query: str, headers: Mapping[str, str], raw: bytes) -> Reply:
        """Answer one request of the vendor API."""
        workspace = self._workspace
        with workspace.lock:
            fault = self._fault(path)
            reply = (
                self._faulty(fault.action, path, query, headers, raw)
                if fault
                else self._work(path, query, headers, raw)
            )
            workspace.requests.append(
                {"time": workspace.clock(), "path": path, "status": reply.status, "cut": reply.cut}
            )
            return reply

    def _work(self, path: str, query: str, headers: Mapping[str, str], raw: bytes) -> Reply:
        if path.startswith("/services/"):
            return self._webhook(path, raw)
        if not path.startswith("/api/"):
            return Reply(404, b"not found", "text/plain")
        arguments = _arguments(query, headers.get("content-type", ""), raw)
        token = headers.get("authorization", "").removeprefix("Bearer ").strip() or arguments.pop("token", "")
        try:
            if not token:
                raise SlackError("not_authed")
            if token != self._workspace.bot_token:
                raise SlackError("invalid_auth")
            method = path.removeprefix("/api/")
            if method == "chat.postMessage" and (wait := self._wait(str(arguments.get("channel") or ""))):
                reply = _json({"ok": False, "error": "ratelimited"}, 429)
                reply.headers["Retry-After"] = str(wait)
                return reply
            reply = _json(call(self._workspace, method, arguments))
        except SlackError as error:
            return _json({"ok": False, "error": str(error), **error.more})
        has = ALL_SCOPES if self._workspace.scopes is None else self._workspace.scopes
        reply.headers["X-OAuth-Scopes"] = ",".join(sorted(has))
        return reply

    def _webhook(self, path: str, raw: bytes) -> Reply:
        try:
            if path not in self._workspace.webhooks:
                raise SlackError("no_service")
            try:
                content = json.loads(raw)
            except ValueError:
                content = None
            if not isinstance(content, dict):
                raise SlackError("invalid_payload")
            check_content(content.get("text"), content.get("blocks"), attachments=content.get("attachments"))
            if wait := self._wait(self._workspace.webhook_channel):
                return Reply(429, b"rate_limited", "text/plain", {"Retry-After": str(wait)})
            post(self._workspace, self._workspace.channel(self._workspace.webhook_channel), content)
        except SlackError as error:
            said = "channel_is_archived" if str(error) == "is_archived" else str(error)
            return Reply(WEBHOOK_ERRORS.get(str(error), 400), said.encode(), "text/plain")
        return Reply(200, b"ok", "text/plain")

    def _wait(self, reference: str) -> int:
        """Whole seconds until the channel takes another message; 0 when it takes one now."""
        if not self._workspace.rate_limited:
            return 0
        try:
            channel = self._workspace.channel(reference)
        except SlackError:
            return 0
        now = self._workspace.clock()
        if channel.free_at > now + BURST - 1:
            return max(1, math.ceil(channel.free_at - (now + BURST - 1)))
        channel.free_at = max(channel.free_at, now) + 1
        return 0

    def _fault(self, path: str) -> Fault | None:
        for fault in self._workspace.faults:
            if not re.search(fault.path, path):
                continue
            if fault.after:
                fault.after -= 1
                continue
            if fault.times == 0:
                continue
            if fault.times is not None:
                fault.times -= 1
            return fault
        return None

    def _faulty(self, action: Json, path: str, query: str, headers: Mapping[str, str], raw: bytes) -> Reply:
        kind = action.get("kind")
        if kind == "answer":
            reply = _json(
                {"ok": False, "error": "ratelimited" if action["status"] == 429 else "fatal_error"},
                action["status"],
            )
            if "retry_after" in action:
                reply.headers["Retry-After"] = str(action["retry_after"])
            return reply
        if kind == "error":
            return _json({"ok": False, "error": action["error"]})
        if kind == "reset":
            if action.get("saved"):
                self._work(path, query, headers, raw)
            return Reply(0, b"", cut=True)
        reply = self._work(path, query, headers, raw)
        if kind == "saved":
            return _json({"ok": False, "error": "internal_error"}, int(action.get("status", 500)))
        if kind == "malformed":
            return Reply(200, reply.body[: len(reply.body) // 2])
        reply.seconds = float(action.get("seconds", 0))
        return reply


def _arguments(query: str, kind: str, raw: bytes) -> Json:
    arguments: Json = dict(parse_qsl(query, keep_blank_values=True))
    if kind.startswith("application/json"):
        try:
            document = json.loads(raw or b"{}")
        except ValueError:
            document = {}
        return arguments | (document if isinstance(document, dict) else {})
    arguments |= dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
    for key in ("blocks", "metadata", "attachments"):
        if isinstance(arguments.get(key), str):
            try:
                arguments[key] = json.loads(arguments[key])
            except ValueError:
                arguments[key] = [None]
    return arguments
