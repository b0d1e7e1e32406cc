"""A short way to the simulators of this process: their own gateways, without sockets, threads and HTTP in between.

Half of a run's time went into connections, headers and the change of threads. ``requests`` and ``urllib`` still build
every request, and give their callers answers of their own kinds. Whatever is about a connection goes the long way: a
fault that cuts it, or holds the answer back, the admin API, and any other server. ``test_short_way.py`` runs one contract over both ways.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from http.client import HTTPMessage
from io import BytesIO
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit
from urllib.request import HTTPHandler, Request
from urllib.response import addinfourl

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPHeaderDict, HTTPResponse

from infra.local.simulators.notion import NotionSimulator
from infra.local.simulators.notion import gateway as notion
from infra.local.simulators.notion.server import ADMIN, PHRASES
from infra.local.simulators.slack import SlackSimulator

OF_CONNECTIONS = ("hang", "latency", "reset")
"""Faults that are of the connection or take real time; the simulators have both."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server would put onto the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Ask = Callable[[str, str, Mapping[str, str], bytes], Answer | None]
"""Method, path with query, headers (whatever their case), body; None when it has to go the long way."""


def to_notion(simulator: NotionSimulator) -> Ask:
    """The short way to a Notion."""
    machine = simulator._machine

    def ask(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer | None:
        rules = list(machine.gateway.faults.rules.values())
        if any(r.action["kind"] in OF_CONNECTIONS and (r.times is None or r.fired < r.times) for r in rules):
            return None
        parts = urlsplit(path)
        reply = machine.gateway.handle(notion.Request(method, parts.path, parts.query, headers.get, body))
        date = formatdate(machine.workspace.now_ms() // 1000, usegmt=True)
        return _answer(reply.status, {"Date": date, **reply.headers}, reply.body)

    return ask


def to_slack(simulator: SlackSimulator) -> Ask:
    """The short way to a Slack."""
    workspace, gateway = simulator._workspace, simulator._server.gateway

    def ask(_: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer | None:
        if any(fault.action["kind"] in OF_CONNECTIONS and fault.times != 0 for fault in workspace.faults):
            return None
        parts = urlsplit(path)
        small = {name.lower(): value for name, value in headers.items()}
        reply = gateway.handle(parts.path, parts.query, small, body)
        of_its_own = {"Date": formatdate(usegmt=True), "Content-Type": reply.kind}
        return _answer(reply.status, of_its_own | reply.headers, reply.body)

    return ask


@contextmanager
def short_ways(ways: Mapping[str, Ask]) -> Iterator[None]:
    """Let every request to one of these origins take its short way.

    Args:
        ways: by origin, e.g. ``http://127.0.0.1:4711``. Their servers run.
    """
    send, http_open = HTTPAdapter.send, HTTPHandler.http_open

    def asked(method: str, url: str, headers: Mapping[str, str], body: Any) -> Answer | None:
        parts = urlsplit(url)
        way = ways.get(f"{parts.scheme}://{parts.netloc}")
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        # A body that is read from a file, or piece by piece, is HTTP's business.
        if way is None or path.startswith(ADMIN) or not isinstance(body, bytes | str | None):
            return None
        return way(method, path, headers, body.encode() if isinstance(body, str) else body or b"")

    def sent(adapter: HTTPAdapter, request: requests.PreparedRequest, *args: Any, **options: Any) -> Any:
        headers = request.headers
        answer = asked(request.method or "GET", request.url or "", headers, request.body)
        if answer is None:
            return send(adapter, request, *args, **options)
        raw = HTTPResponse(
            BytesIO(answer.body),
            HTTPHeaderDict(answer.headers),
            answer.status,
            reason=PHRASES.get(answer.status),
            preload_content=False,
            request_method=request.method,
        )
        return adapter.build_response(request, raw)

    def opened(handler: HTTPHandler, request: Request) -> Any:
        headers = CaseInsensitiveDict(request.header_items())
        answer = asked(request.get_method(), request.full_url, headers, request.data)
        if answer is None:
            return http_open(handler, request)
        message = HTTPMessage()
        for name, value in answer.headers.items():
            message[name] = value
        found = addinfourl(BytesIO(answer.body), message, request.full_url, answer.status)
        found.msg = PHRASES.get(answer.status, "")  # type: ignore[attr-defined]  # as urllib itself sets it
        return found

    with patch.object(HTTPAdapter, "send", sent), patch.object(HTTPHandler, "http_open", opened):
        yield


def _answer(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    return Answer(status, {**headers, "Content-Length": str(len(body))}, body)
