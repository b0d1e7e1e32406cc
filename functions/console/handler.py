"""The console's entry point: API Gateway's shapes, the environment, the clients; see ``public``, ``admin``, ``inside``."""

import base64
import binascii
import json
import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import boto3
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from botocore.config import Config

from console import screens
from console.access import Access
from console.admin import Admin
from console.breakers import connections_in
from console.browser import guarded, origin_of
from console.exchange import HTML, JSON, Answer, Request
from console.inside import Inside
from console.public import Public
from console.sources import Settings, sources
from console.throttle import Throttle
from steward import telemetry
from steward.deployed_rules import path_in
from steward.health import OLDEST
from steward.incidents.names import TITLES, Names
from steward.secret_store import SecretStore, SecretUnavailable

LONGEST_FORM = 4096
"""Bytes of a form; a token and its name are far shorter."""

TOKEN_SECONDS = 60.0
"""A token that was retired opens no longer than that."""

PATIENCE = Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 2, "mode": "standard"})
"""Together less than the function's time-out: whoever asks is answered."""

READ = ("GET", "HEAD")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

Answering = Callable[..., Answer]


class App:
    """What one environment keeps between requests."""

    def __init__(self, public: Public, admin: Admin, inside: Inside, count: telemetry.Counter) -> None:
        self._count = count
        self._logger = telemetry.make_logger()
        self._resolver = APIGatewayHttpResolver()
        self._request = Request("GET")
        self._route("/health", READ, public.health)
        self._route("/webhook/health", READ, public.health)
        self._route("/status", READ, public.status)
        self._route("/api/admin/sync/health", READ, admin.sync_health)
        self._route("/dashboard", READ, inside.dashboard)
        self._route("/dashboard/login", (*READ, "POST"), inside.login)
        self._route("/dashboard/logout", ("POST",), inside.logout)
        self._route("/dashboard/events/<part>", READ, inside.event)
        self._route("/dashboard/incidents/<incident_id>", READ, inside.incident)
        self._route("/dashboard/assets/<name>", READ, inside.asset)
        self._resolver.not_found(
            lambda _: _response(Answer(404, *_json("not_found", "there is nothing here")))
        )

    def handle(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Answer one request of API Gateway, payload format 2.0. Never raises."""
        began, http = time.perf_counter(), _http(event)
        secure = True
        try:
            self._request = _request(event)
            secure = self._request.secure
            answered = self._resolver.resolve(event, context)
            result = {
                **answered,
                "headers": {k.lower(): v for k, v in (answered.get("headers") or {}).items()},
            }
        except _Refused as refused:
            result = _plain(refused.answer)
        except SecretUnavailable:
            answer = Answer(
                503, *_json("try_again", "the console can't read its secret"), {"retry-after": "10"}
            )
            result = _plain(answer)
        except Exception:  # the last line: a bug says nothing of itself to a stranger
            self._logger.exception("unexpected failure")
            self._count(telemetry.BUG)
            result = _plain(
                Answer(500, screens.problem("Something is wrong", "It is logged. Try again later."))
            )
        own = Answer(result["statusCode"], headers=result["headers"])
        result["headers"] = guarded(own, secure=secure)
        if http.get("method") == "HEAD":
            result["body"] = ""
        # The route, not the path: an address may hold a ticket or an id.
        route = str(event.get("routeKey", ""))
        ms = round((time.perf_counter() - began) * 1000, 2)
        self._logger.info(
            "request", method=str(http.get("method", ""))[:10], route=route, status=own.status, ms=ms
        )
        self._count.flush()
        return result

    def _route(self, rule: str, methods: tuple[str, ...], answer: Answering) -> None:
        def answering(**path: str) -> Response[str]:
            return _response(answer(self._request, **path))

        def refusing(**path: str) -> Response[str]:
            del path
            says = _json("wrong_method", f"this takes {' and '.join(methods)}")
            return _response(Answer(405, *says, {"allow": ", ".join(methods)}))

        self._resolver.route(rule, method=list(methods))(answering)
        self._resolver.route(rule, method=[m for m in METHODS if m not in methods])(refusing)


class _Refused(Exception):
    """A request that can't be taken for one."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer


def make_app(
    environ: Mapping[str, str],
    *,
    secrets: Any,
    state: Any,
    journal: Any,
    now: Callable[[], datetime],
    monotonic: Callable[[], float],
) -> App:
    """Build the application from its environment, its AWS clients and tables, and its clocks."""
    count = telemetry.Counter()
    settings = Settings(
        environ,
        int(environ.get("JOURNAL_DAYS") or "90"),
        Names(TITLES),
        connections_in(path_in(environ)),
        timedelta(seconds=int(environ.get("OLDEST_EVENT_SECONDS") or OLDEST.total_seconds())),
    )
    read = sources(settings, state, journal, now)
    access = Access(
        SecretStore(secrets, monotonic, ttl=TOKEN_SECONDS, on_stale=lambda: count(telemetry.STALE_SECRET)),
        SecretStore(secrets, monotonic, ttl=TOKEN_SECONDS, stage="AWSPREVIOUS"),
        environ["CONSOLE_SECRET_ID"],
        clock=lambda: now().timestamp(),
        throttle=Throttle(monotonic),
        count=count,
    )
    return App(Public(read, monotonic), Admin(read, access), Inside(read, access), count)


@cache
def _app() -> App:
    session = boto3.Session()
    tables = session.resource("dynamodb", config=PATIENCE)
    return make_app(
        os.environ,
        secrets=session.client("secretsmanager", config=PATIENCE),
        state=tables.Table(os.environ["STATE_TABLE"]),
        journal=tables.Table(os.environ["JOURNAL_TABLE"]),
        now=lambda: datetime.now(UTC),
        monotonic=time.monotonic,
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry point."""
    return _app().handle(event, context)


def _http(event: Mapping[str, Any]) -> Mapping[str, Any]:
    return (event.get("requestContext") or {}).get("http") or {}


def _request(event: Mapping[str, Any]) -> Request:
    http = _http(event)
    if not http:
        raise _Refused(Answer(400, *_json("bad_request", "this is no request of the HTTP API")))
    headers = {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    secure, origin = origin_of(headers.get("x-forwarded-proto", "https"), headers.get("host", ""))
    cookies: dict[str, str] = {}
    for pair in event.get("cookies") or ():
        name, _, value = str(pair).partition("=")
        cookies.setdefault(name.strip(), value.strip())
    return Request(
        method=str(http.get("method", "")).upper(),
        headers=headers,
        query=dict(parse_qsl(str(event.get("rawQueryString") or ""), keep_blank_values=True)),
        cookies=cookies,
        form=_form(event, headers),
        address=str(http.get("sourceIp", "")),
        secure=secure,
        origin=origin,
    )


def _form(event: Mapping[str, Any], headers: Mapping[str, str]) -> Mapping[str, str]:
    body = str(event.get("body") or "")
    if not body or not headers.get("content-type", "").lower().startswith(
        "application/x-www-form-urlencoded"
    ):
        return {}
    if len(body) > 2 * LONGEST_FORM:
        raise _Refused(Answer(413, *_json("too_large", f"a form has at most {LONGEST_FORM} bytes")))
    try:
        text = base64.b64decode(body, validate=True).decode() if event.get("isBase64Encoded") else body
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=10))
    except (binascii.Error, ValueError) as error:
        raise _Refused(Answer(400, *_json("bad_form", "the form can't be read"))) from error


def _json(code: str, message: str) -> tuple[str, str]:
    return json.dumps({"error": code, "message": message}), JSON


def _response(answer: Answer) -> Response[str]:
    return Response(
        answer.status,
        content_type=answer.content_type,
        body=answer.body,
        headers={**answer.headers},
        cookies=list(answer.cookies),
    )


def _plain(answer: Answer) -> dict[str, Any]:
    headers = {"content-type": answer.content_type or HTML, **answer.headers}
    return {"statusCode": answer.status, "headers": headers, "body": answer.body, "isBase64Encoded": False}
