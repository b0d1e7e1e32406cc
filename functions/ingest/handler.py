"""Ingest's entry point: API Gateway's shapes, the environment, the clients; all decisions are in ``admission``."""

import base64
import binascii
import json
import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ingest.admission import Admission, Allowed, LaneDown, refused_for_want_of_secret
from ingest.exchange import Request, Response
from ingest.handshake import Handshakes
from steward import telemetry
from steward.errors import Refusal
from steward.events import Event
from steward.identifiers import normalise_id
from steward.lane import Lane
from steward.secret_store import SecretStore, SecretUnavailable
from steward.signature import Verdict

NOT_TAKEN = 503
"""The status of what we could not take, through no fault of the sender."""

RETRY_AFTER = "10"
"""Seconds that a refused delivery should wait."""

HANDSHAKE_TTL = 5.0
"""Seconds between two reads of the pending secret."""

PATIENCE = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 2, "mode": "standard"})
"""Together less than the function's time-out: a delivery is answered, not dropped."""


UNPROVED = frozenset(Verdict) - {Verdict.VALID}
"""Refusals that somebody without the token gets; many of them are an attack, or a token that was lost."""


class App:
    """What one environment keeps between requests."""

    def __init__(self, admission: Admission, logger: Logger, count: telemetry.Counter) -> None:
        self._admission = admission
        self._logger = logger
        self._count = count

    def handle(
        self, event: Mapping[str, Any], clock: Callable[[], float] = time.perf_counter
    ) -> dict[str, Any]:
        """Answer one request of API Gateway, payload format 2.0. Never raises."""
        began = clock()
        try:
            response = self._admission.admit(_request(event))
            fields: dict[str, Any] = {"status": response.status, "event_id": response.body.get("event_id")}
            if response.signed_by is not None:
                fields["signed_by"] = response.signed_by
        except Refusal as refusal:
            response, fields = self._refuse(refusal)
        except SecretUnavailable as error:
            response, fields = self._refuse(refused_for_want_of_secret(error))
        except (
            Exception
        ):  # the last line: a bug answers 503, so that Notion delivers again and nothing is lost
            self._logger.exception("unexpected failure")
            self._count(telemetry.BUG)
            response, fields = self._refuse(
                Refusal(503, "unexpected", "deliver again later; nothing was taken")
            )
        self._logger.info("request", **fields, ms=round((clock() - began) * 1000, 2))
        self._count.flush()
        return _answer(response)

    def _refuse(self, refusal: Refusal) -> tuple[Response, dict[str, Any]]:
        self._count(telemetry.REFUSED, reason=refusal.code)
        if refusal.code in UNPROVED:
            self._count(telemetry.BAD_SIGNATURE)
        if refusal.status == NOT_TAKEN:
            self._count(telemetry.DELIVERY_FAILED)
        headers = {405: {"allow": "POST"}, NOT_TAKEN: {"retry-after": RETRY_AFTER}}.get(refusal.status, {})
        body = {"error": refusal.code, "message": refusal.message}
        return Response(refusal.status, body, headers), {"status": refusal.status, "reason": refusal.code}


def _utc_now() -> datetime:
    return datetime.now(UTC)


def make_app(
    environ: Mapping[str, str],
    sqs: Any,
    secrets: Any,
    monotonic: Callable[[], float],
    now: Callable[[], datetime] = _utc_now,
) -> App:
    """Build the application from its environment, its AWS clients and its clocks."""
    count = telemetry.Counter()
    store = SecretStore(secrets, monotonic, on_stale=lambda: count(telemetry.STALE_SECRET))
    pending = SecretStore(secrets, monotonic, ttl=HANDSHAKE_TTL, min_interval=0)
    lane = Lane(sqs, environ["LANE_QUEUE_URL"], int(environ.get("LANES", "1")))

    def publish(event: Event, received_at: datetime) -> None:
        try:
            lane.publish(event, received_at)
        except (BotoCoreError, ClientError) as error:
            raise LaneDown from error

    def active() -> list[str]:
        return admission.active_tokens()

    admission = Admission(
        store=store,
        signing_secret=environ["SIGNING_SECRET_ID"],
        handshakes=Handshakes(pending, environ["PENDING_SECRET_ID"], active, now),
        allowed=Allowed(_ids(environ.get("WORKSPACE_IDS", "")), _ids(environ.get("SUBSCRIPTION_IDS", ""))),
        publish=publish,
        now=now,
        count=count,
    )
    return App(admission, telemetry.make_logger(), count)


@cache
def _app() -> App:
    session = boto3.Session()
    sqs = session.client("sqs", config=PATIENCE)
    return make_app(os.environ, sqs, session.client("secretsmanager", config=PATIENCE), time.monotonic)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Lambda's entry point."""
    del context
    return _app().handle(event)


def _request(event: Mapping[str, Any]) -> Request:
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        try:
            raw = base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Refusal(
                400, "invalid_encoding", "the body is not the base64 that it is said to be"
            ) from error
    else:
        raw = body.encode("utf-8", "surrogatepass")
    http = (event.get("requestContext") or {}).get("http") or {}
    headers = {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    return Request(str(http.get("method", "")), str(event.get("rawPath", "")), headers, raw)


def _answer(response: Response) -> dict[str, Any]:
    return {
        "statusCode": response.status,
        "headers": {
            "content-type": "application/json",
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
            **response.headers,
        },
        "body": json.dumps(response.body),
    }


def _ids(text: str) -> frozenset[str]:
    return frozenset(normalise_id(part) for part in text.split(",") if part.strip())
