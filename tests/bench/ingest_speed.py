"""Ingest's own work while AWS answers at once, against the HMAC and the JSON parse that it can't do without."""

import hashlib
import hmac
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from ingest.handler import App, make_app
from tests.bench.figures import Figure
from tests.bench.input import TOKEN, api_event, official_event

EVENTS = 1000
"""Different ones; each round works all of them."""

ROUNDS = 3
PROMISED = 10_000
"""Microseconds: ARCHITECTURE's budget for ingest's own work at the 99th percentile."""

ENVIRON = {"LANE_QUEUE_URL": "lane", "SIGNING_SECRET_ID": "s", "PENDING_SECRET_ID": "p"}


class Silent:
    """AWS that answers at once: what is left is our own work."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self._answer = answer

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        return lambda **_: self._answer


def speed() -> list[Figure]:
    """Time of one event, and events in a second; logs and metrics go to wherever stdout does."""
    requests = [api_event(official_event(f"page-{n}")[0]) for n in range(EVENTS)]
    secrets = Silent({"SecretString": json.dumps({"active": [TOKEN]})})
    app = make_app(ENVIRON, Silent({}), secrets, time.monotonic)
    ours, floor = _each(app, requests)
    rate, most = _rates(app, requests)
    name = "ingest, warm: own work on one event"
    return [
        Figure(
            f"{name}, median",
            statistics.median(ours),
            statistics.median(floor),
            "µs",
            "one HMAC, one JSON parse",
        ),
        Figure(f"{name}, p99", _p99(ours), _p99(floor), "µs", "the same, p99"),
        Figure(f"{name}, p99 against the promise", _p99(ours), PROMISED, "µs", "promised, not measured"),
        Figure(
            "ingest, warm: events a second, one after another",
            rate,
            most,
            "/s",
            "HMAC and JSON parse alone",
            more_is_better=True,
        ),
    ]


def _each(app: App, requests: list[dict[str, Any]]) -> tuple[list[float], list[float]]:
    """Microseconds of each event, ours and the floor's, taken in turns so that both meet the same neighbours."""
    ours, floor = [], []
    for request in requests * ROUNDS:
        began = time.thread_time()
        answer = app.handle(request)
        between = time.thread_time()
        _bare(request)
        ended = time.thread_time()
        assert answer["statusCode"] == 200
        ours.append((between - began) * 1e6)
        floor.append((ended - between) * 1e6)
    return ours, floor


def _rates(app: App, requests: list[dict[str, Any]]) -> tuple[float, float]:
    """Events a second: the median round of each."""
    rounds = [(_rate(app.handle, requests), _rate(_bare, requests)) for _ in range(ROUNDS)]
    ours, floor = (statistics.median(column) for column in zip(*rounds, strict=True))
    return ours, floor


def _rate(work: Callable[[dict[str, Any]], object], requests: list[dict[str, Any]]) -> float:
    began = time.thread_time()
    for request in requests:
        work(request)
    return len(requests) / (time.thread_time() - began)


def _bare(request: dict[str, Any]) -> None:
    body = request["body"].encode()
    digest = hmac.new(TOKEN.encode(), body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest("sha256=" + digest, request["headers"]["x-notion-signature"])
    json.loads(body)


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]
