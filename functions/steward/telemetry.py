"""Logs and metrics, made in one place: JSON lines without secrets, and the names of everything that is counted."""

import json
import logging
from typing import Any, Protocol

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from steward.scrubbing import scrub

NAMESPACE = "Steward"
"""What the namespaces of all stacks begin with. A stack's own name follows, from Powertools' own environment: else the
alarms of two stacks in one account would hear one another's metrics."""

ACCEPTED = "Accepted"  # deliveries that ingest made durable
REFUSED = "Refused"  # deliveries that ingest turned away; dimension reason
BAD_SIGNATURE = "BadSignature"  # those of them whose signature was missing, malformed or wrong
HANDSHAKE = "Handshake"  # handshakes kept as candidates
PUBLISH_FAILED = "PublishFailed"  # the lane refused: answered 503, Notion delivers again
DELIVERY_FAILED = (
    "DeliveryFailed"  # deliveries answered 503 for whatever reason of ours, the lane's refusals too
)
STALE_SECRET = "StaleSecret"  # noqa: S105 - a metric: a cached secret served because Secrets Manager did not answer
BUG = "Bug"  # exceptions of our own
AWS_TROUBLE = "AwsTrouble"  # messages given back because AWS itself was throttled or away
EVENTS = "Events"  # finished events; dimension decision
CALL_FAILED = "CallFailed"  # vendor calls that held an event; dimension failure
REPUBLISHED = "Republished"  # messages that waited so long that they were put on the lane anew
PARKED = "Parked"  # messages put among the dead letters with a reason
EFFECT_DONE = "EffectDone"
EFFECT_FAILED = "EffectFailed"  # refused for good
EFFECT_DROPPED = "EffectDropped"  # cancelled because no longer true, or skipped because unsure
OTHER_CHANNEL = "OtherChannel"  # Slack messages that went to the default channel instead
CHANGES_LOST = "ChangesLost"  # changes that a sweep found and no webhook had brought
UNSEEN_SECONDS = "UnseenSeconds"  # how long each of them had gone unseen
PAUSED = "LanePaused"  # pauses of the lane; dimension cause
HEARTBEAT = "Heartbeat"  # looks of the triage that were whole; none in a minute means that it is silent
LANE_REST_SECONDS = "LaneRestSeconds"  # how long the lane has rested, at each look; 0 while it runs
BREAKER_OPEN = (
    "BreakerOpen"  # 1 at each look while it rests for trouble, 0 while it runs or an operator rests it
)
OPEN_INCIDENTS = "OpenIncidents"  # incidents that are not resolved, at each look; dimension severity
LOOKS = "LaneLooks"  # the triage's looks at a lane that does not just run; dimension look
HELD = "Held"  # messages given back because the lane rests
FORWARDED = "Forwarded"  # messages of another lane, handed on to it
RULE_SKIPPED = (
    "RuleSkipped"  # automations left out of a step, P3: a property that they need is gone; dimension rule
)
REMINDERS = "Reminders"  # comments and messages that were planned to remind of a deadline
FOLDED = "Folded"  # messages that were gathered into a digest
RULES_BROKEN = "RulesBroken"  # automations that a look at a data source's properties found broken
ASIDE = "Aside"  # events that wait beside the lane for a further connection; dimension connection
RESTS = "ConnectionRests"  # rests of a further connection that began or went on; dimensions connection, cause
MIRROR_RESTS = "MirrorRests"  # rests of the mirror's database that began or went on
NOTES = "Notes"  # what automations left undone, or decided between two sides; dimension reason
INCIDENT_TOLD = "IncidentTold"  # messages about incidents; dimension way: first, whole, update, page
INCIDENT_UNTOLD = "IncidentUntold"  # what could not be told of an incident for a day, and was given up
CONSOLE_REFUSED = (
    "ConsoleRefused"  # attempts to get into the console that gave something wrong; also by dimension reason
)
UNSURE = "Unsure"  # effects of which nobody could tell whether they had happened

MOST_VALUES = 99
"""Of a blob: with the hundredth of one metric Powertools writes it out by itself, and warns of the empty rest."""


def make_logger() -> Logger:
    """The logger of a function: name and level from Powertools' own environment."""
    # Whatever level Lambda was told: the root logger is that of libraries, and at DEBUG botocore writes what it signs and
    # what a secret holds, and urllib3 the address of a Slack webhook. Nothing scrubs their lines.
    logging.getLogger().setLevel(logging.WARNING)
    return Logger(json_serializer=_serialise)


def _serialise(document: dict[str, Any]) -> str:
    # The whole line is scrubbed, so that no field, message or stack trace escapes it.
    text = scrub(json.dumps(document, default=str, ensure_ascii=False))
    # A lone surrogate in what a vendor or a sender wrote is written as JSON writes it: else the line would be lost.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class Count(Protocol):
    """Counts occurrences of something, or measures it, under a metric's name and its dimensions."""

    def __call__(self, name: str, value: float = 1, /, **dimensions: str) -> None:
        """Count one, or so many; the unit is seconds where the name says so."""


class Counter:
    """Counts into CloudWatch by the embedded metric format: lines of output, no call."""

    def __init__(self) -> None:
        self._pending: dict[tuple[tuple[str, str], ...], list[tuple[str, float]]] = {}

    def __call__(self, name: str, value: float = 1, /, **dimensions: str) -> None:
        """See ``Count``."""
        self._pending.setdefault(tuple(sorted(dimensions.items())), []).append((name, value))

    def flush(self) -> None:
        """Write out what was counted; each set of dimensions is a blob of its own."""
        pending, self._pending = self._pending, {}
        for dimensions, counted in pending.items():
            for start in range(0, len(counted), MOST_VALUES):
                _write(dimensions, counted[start : start + MOST_VALUES])


def _write(dimensions: tuple[tuple[str, str], ...], counted: list[tuple[str, float]]) -> None:
    blob = Metrics()  # the namespace is from Powertools' own environment
    blob.clear_metrics()
    for key, text in dimensions:
        blob.add_dimension(name=key, value=text)
    for name, value in counted:
        unit = MetricUnit.Seconds if name.endswith("Seconds") else MetricUnit.Count
        blob.add_metric(name=name, unit=unit, value=value)
    blob.flush_metrics()
