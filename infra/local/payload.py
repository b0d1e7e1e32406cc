"""API Gateway's payload format 2.0: the event that it makes of a request, and the answer that it makes of a result.

Source: "Create AWS Lambda proxy integrations for HTTP APIs" in the API Gateway developer guide.
Promises that the bytes of a body reach the function exactly, as text or as base64.
"""

import base64
import binascii
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

TEXT = ("text/", "application/json", "application/javascript", "application/xml")
"""What API Gateway hands on as text; it encodes everything else, forms included."""

HOP_BY_HOP = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"})
NOT_HANDED_ON = HOP_BY_HOP - {"content-length"} | {"cookie"}


@dataclass(frozen=True)
class Request:
    """What came in: header names and values as sent, the body's bytes, the sender's address, our own port."""

    method: str
    target: str
    protocol: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    sender: str
    port: int


@dataclass(frozen=True)
class Answer:
    """What goes back: status, headers, bytes."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes


def message(status: int, text: str) -> Answer:
    """An answer of API Gateway's own."""
    body = json.dumps({"message": text}, separators=(",", ":")).encode()
    return Answer(status, [("content-type", "application/json")], body)


def event_of(
    request: Request, route_key: str, now: datetime, path_parameters: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The event for a request on a route.

    Args:
        request: what came in.
        route_key: e.g. ``POST /webhooks/notion``.
        now: in UTC.
        path_parameters: of the route, decoded.
    """
    parts = urlsplit(request.target)
    headers = _joined(request)
    text, encoded = _body(request.body, headers.get("content-type", ""))
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": unquote(parts.path),
        "rawQueryString": parts.query,
        "headers": headers,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": headers.get("host", "127.0.0.1").partition(":")[0],
            "domainPrefix": "local",
            "http": {
                "method": request.method,
                "path": unquote(parts.path),
                "protocol": request.protocol,
                "sourceIp": request.sender,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": secrets.token_urlsafe(12),
            "routeKey": route_key,
            "stage": "$default",
            "time": now.astimezone(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now.timestamp() * 1000),
        },
        "isBase64Encoded": encoded,
    }
    query: dict[str, str] = {}
    for key, value in parse_qsl(parts.query, keep_blank_values=True):
        query[key] = f"{query[key]},{value}" if key in query else value
    if query:
        event["queryStringParameters"] = query
    if path_parameters:
        event["pathParameters"] = dict(path_parameters)
    cookies = [
        cookie.strip()
        for name, value in request.headers
        if name.lower() == "cookie"
        for cookie in value.split(";")
        if cookie.strip()
    ]
    if cookies:
        event["cookies"] = cookies
    if request.body:
        event["body"] = text
    return event


def answer_of(result: object) -> Answer:
    """The answer for what a function returned; 500 where API Gateway can't use it."""
    if not isinstance(result, dict) or "statusCode" not in result:
        # Documented: any other JSON is the body of a 200.
        return Answer(200, [("content-type", "application/json")], json.dumps(result).encode())
    try:
        status = int(result["statusCode"])
        body = result.get("body") or ""
        raw = base64.b64decode(body, validate=True) if result.get("isBase64Encoded") else body.encode()
        headers = [(str(name), str(value)) for name, value in (result.get("headers") or {}).items()]
    except (TypeError, ValueError, AttributeError, binascii.Error):
        return message(500, "Internal Server Error")
    headers = [(name, value) for name, value in headers if name.lower() not in HOP_BY_HOP]
    headers += [("set-cookie", str(cookie)) for cookie in result.get("cookies") or []]
    if not 100 <= status <= 599 or not all(_is_sendable(f"{name}{value}") for name, value in headers):
        return message(500, "Internal Server Error")
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("content-type", "text/plain;charset=UTF-8"))
    return Answer(status, headers, raw)


def _joined(request: Request) -> dict[str, str]:
    """Header names in lower case, values of the same name joined, and what API Gateway adds."""
    headers: dict[str, str] = {}
    for name, value in request.headers:
        key = name.lower()
        if key not in NOT_HANDED_ON:
            headers[key] = f"{headers[key]},{value}" if key in headers else value
    given = headers.get("x-forwarded-for")
    headers["x-forwarded-for"] = f"{given}, {request.sender}" if given else request.sender
    headers["x-forwarded-port"] = str(request.port)
    headers["x-forwarded-proto"] = "http"
    headers.setdefault("x-amzn-trace-id", f"Root=1-{secrets.token_hex(4)}-{secrets.token_hex(12)}")
    return headers


def _body(body: bytes, content_type: str) -> tuple[str, bool]:
    """The body as it stands in the event, and whether it is encoded there."""
    # A request without a content type is taken for text here; AWS does not document it, and ingest takes both.
    if not content_type or content_type.lower().startswith(TEXT):
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            pass  # bytes that are no text travel encoded, whatever their type says
    return base64.b64encode(body).decode(), True


def _is_sendable(text: str) -> bool:
    return text.isprintable() and all(ord(character) < 256 for character in text)
