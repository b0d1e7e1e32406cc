"""Logs and metrics, made in one place: JSON lines without secrets, and the names of everything that is counted."""

import json
import re
from typing import Any, Protocol

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

NAMESPACE = "Steward"

ACCEPTED = "Accepted"  # deliveries that ingest made durable
REFUSED = "Refused"  # deliveries that ingest turned away; dimension reason
HANDSHAKE = "Handshake"  # handshakes kept as candidates
PUBLISH_FAILED = "PublishFailed"  # the lane refused: answered 503, Notion delivers again
STALE_SECRET = "StaleSecret"  # noqa: S105 - a metric: a cached secret served because Secrets Manager did not answer
BUG = "Bug"  # exceptions of our own
EVENTS = "Events"  # finished events; dimension decision
CALL_FAILED = "CallFailed"  # vendor calls that held an event; dimension failure
REPUBLISHED = "Republished"  # messages that waited so long that they were put on the lane anew
PARKED = "Parked"  # messages put among the dead letters with a reason
EFFECT_DONE = "EffectDone"
EFFECT_FAILED = "EffectFailed"  # refused for good
EFFECT_DROPPED = "EffectDropped"  # cancelled because no longer true, or skipped because unsure
OTHER_CHANNEL = "OtherChannel"  # Slack messages that went to the default channel instead
UNSURE = "Unsure"  # effects of which nobody could tell whether they had happened
LATENCY = "Latency"  # milliseconds from ingest to the end of an event

_SECRETS = re.compile(
    r"secret_[A-Za-z0-9]{8,}"
    r"|ntn_[A-Za-z0-9]{8,}"
    r"|xox[a-z]-[A-Za-z0-9-]{8,}"
    r"|sha256=[0-9a-fA-F]{16,}"
    r"|(?<=Bearer )[A-Za-z0-9._~+/=-]{8,}"
    r"|(?<=/services/)[A-Za-z0-9/_-]{8,}"
    r"|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)


def scrub(text: str) -> str:
    """A text without anything that looks like a token, a signature or an e-mail address."""
    return _SECRETS.sub("[removed]", text)


def make_logger() -> Logger:
    """The logger of a function: name and level from Powertools' own environment."""
    return Logger(json_serializer=_serialise)


def _serialise(document: dict[str, Any]) -> str:
    # The whole line is scrubbed, so that no field, message or stack trace escapes it.
    return scrub(json.dumps(document, default=str, ensure_ascii=False))


class Count(Protocol):
    """Counts one occurrence of something, under a metric's name and its dimensions."""

    def __call__(self, name: str, /, **dimensions: str) -> None:
        """Count one."""


class Counter:
    """Counts into CloudWatch by the embedded metric format: one blob of output, no call."""

    def __init__(self) -> None:
        self._pending: list[tuple[str, MetricUnit, float, dict[str, str]]] = []

    def __call__(self, name: str, /, **dimensions: str) -> None:
        """Count one."""
        self._pending.append((name, MetricUnit.Count, 1, dimensions))

    def time(self, name: str, milliseconds: float) -> None:
        """Record a duration."""
        self._pending.append((name, MetricUnit.Milliseconds, milliseconds, {}))

    def flush(self) -> None:
        """Write out what was counted; each set of dimensions is a blob of its own."""
        pending, self._pending = self._pending, []
        groups: dict[tuple[tuple[str, str], ...], list[tuple[str, MetricUnit, float]]] = {}
        for name, unit, value, dimensions in pending:
            groups.setdefault(tuple(sorted(dimensions.items())), []).append((name, unit, value))
        for dimensions_of, metrics in groups.items():
            blob = Metrics(namespace=NAMESPACE)
            blob.clear_metrics()
            for key, text in dimensions_of:
                blob.add_dimension(name=key, value=text)
            for name, unit, value in metrics:
                blob.add_metric(name=name, unit=unit, value=value)
            blob.flush_metrics()
