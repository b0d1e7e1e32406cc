"""The front door of the vendor API: who asks, in which version, within which limits, and what goes wrong on order.

Promises Notion's order of refusals: token, request limit, version, JSON, size, path, and then the endpoint's own. Every
request is logged, refused ones too. Refuses to know sockets: it answers with a `Reply` that says what to put on the wire.
"""

import json
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from .call import Call
from .dates import iso
from .errors import MESSAGES, ApiError, invalid
from .faults import EDGE_PAGE, Faults, Plan, as_error
from .ids import Ids
from .limits import Limits
from .model import Connection, Json
from .reader import NEW, OLD
from .routes import route
from .workspace import Workspace

BODY_LIMIT = 500 * 1024
LOG_LENGTH = 100_000
OK, FORBIDDEN, TOO_MANY = 200, 403, 429


@dataclass(frozen=True)
class Request:
    """What came over the wire; `header` looks a header up whatever its case."""

    method: str
    path: str
    query: str
    header: Callable[[str], str | None]
    raw: bytes


@dataclass
class Reply:
    """What goes onto the wire; `cut` resets the connection, `wait` holds the answer back until it is set."""

    status: int
    body: bytes
    headers: dict[str, str]
    cut: bool = False
    wait: threading.Event | None = None
    seconds: float = 0.0


@dataclass
class Gateway:
    """Everything between a request and its endpoint.

    Attributes:
        request_ids: a series of their own, so that requests do not change which ids objects get.
        log: one row for every request, oldest first.
        refused: number of 429s by reason, ordered ones included.
        hung: requests that hang until released; `hanging` guards it.
    """

    workspace: Workspace
    limits: Limits
    faults: Faults
    request_ids: Ids
    page_cap: int | None = None
    log: list[Json] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    hung: list[threading.Event] = field(default_factory=list)
    hanging: threading.Condition = field(default_factory=threading.Condition)

    def release(self) -> int:
        """Let the requests that hang go, unanswered; how many there were."""
        with self.hanging:
            released = list(self.hung)
            self.hung.clear()
        for event in released:
            event.set()
        return len(released)

    def handle(self, request: Request) -> Reply:
        """Answer one request."""
        request_id = self.request_ids.uuid()
        connection = self._connection(request)
        refusal = self.limits.take(connection) if connection else None
        plan = self.faults.plan(request.method, request.path) if refusal is None else Plan()
        try:
            action = plan.action or {"kind": "nothing"}
            reply = (
                self._error(refusal, request_id)
                if refusal
                else self._act(action, request, connection, request_id)
            )
        except ApiError as error:
            reply = self._error(error, request_id)
        except Exception:  # noqa: BLE001 - a bug of ours must show as a 500 with its trace, not as a dead connection
            crash = traceback.format_exc()
            print(crash, file=sys.stderr)
            reply = self._error(ApiError(500, "internal_server_error", crash), request_id)
        reply.seconds = plan.seconds
        row = {
            "time": iso(self.workspace.now_ms()),
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "status": None if reply.cut or reply.wait else reply.status,
            "connection": connection.name if connection else None,
            "version": request.header("Notion-Version"),
            "request_id": request_id,
            "fault": plan.rule_id,
            "body": request.raw.decode("utf-8", "replace"),
        }
        with self.workspace.lock:
            self.log.append(row)
            del self.log[:-LOG_LENGTH]
        return reply

    def _connection(self, request: Request) -> Connection | None:
        scheme, _, token = (request.header("Authorization") or "").partition(" ")
        return self.workspace.connection_of(token.strip()) if scheme.lower() == "bearer" else None

    def _act(self, action: Json, request: Request, connection: Connection | None, request_id: str) -> Reply:
        kind = action["kind"]
        if kind == "answer":
            raise as_error(action, {})
        if kind == "html":
            ray = {
                "Content-Type": "text/html; charset=UTF-8",
                "cf-ray": request_id[:16],
                "Server": "cloudflare",
            }
            return Reply(FORBIDDEN, EDGE_PAGE.encode(), ray)
        if kind == "reset" and not action.get("saved"):
            return Reply(OK, b"", {}, cut=True)
        call, body = self._run(request, connection)
        if kind == "saved":
            raise as_error(action, call.committed)
        payload = json.dumps(body | {"request_id": request_id}, ensure_ascii=False).encode()
        if kind == "malformed":
            payload = payload[: max(1, len(payload) // 2)]
        reply = Reply(OK, payload, _json_headers(request_id), cut=kind == "reset")
        if kind == "hang":
            reply.wait = threading.Event()
            with self.hanging:
                self.hung.append(reply.wait)
                self.hanging.notify_all()
        return reply

    def _run(self, request: Request, connection: Connection | None) -> tuple[Call, Json]:
        if connection is None:
            raise ApiError(401, "unauthorized", MESSAGES["unauthorized"])
        version = _version(request.header("Notion-Version"))
        body = _body(request.raw)
        endpoint, ids = route(request.method, request.path)
        parameters = parse_qs(request.query, keep_blank_values=True)
        call = Call(self.workspace, connection, version, ids, parameters, body, self.page_cap)
        with self.workspace.lock:
            return call, endpoint(call)

    def _error(self, error: ApiError, request_id: str) -> Reply:
        if error.status == TOO_MANY:
            reason = (error.additional_data or {}).get("rate_limit_reason", "unknown")
            with self.workspace.lock:
                self.refused[str(reason)] += 1
        headers = _json_headers(request_id)
        if error.retry_after is not None:
            headers["Retry-After"] = str(error.retry_after)
        return Reply(error.status, json.dumps(error.body(request_id), ensure_ascii=False).encode(), headers)


def _json_headers(request_id: str) -> dict[str, str]:
    return {"Content-Type": "application/json; charset=utf-8", "x-notion-request-id": request_id}


def _version(given: str | None) -> str:
    if given is None:
        raise ApiError(
            400,
            "missing_version",
            f'Notion-Version header failed validation: Notion-Version header should be defined, instead was `undefined`. Use "{NEW}".',
        )
    if given not in (OLD, NEW):
        raise invalid(
            f'Notion-Version header failed validation: should be "{OLD}" or "{NEW}", instead was "{given}".'
        )
    return given


def _body(raw: bytes) -> Json:
    if len(raw) > BODY_LIMIT:
        raise invalid(
            f"body failed validation: the request body should be ≤ 500KB, instead was {len(raw)} bytes."
        )
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise ApiError(400, "invalid_json", "Error parsing JSON body.") from None
    if not isinstance(body, dict):
        raise invalid("body failed validation: body should be an object.")
    return body
