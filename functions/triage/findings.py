"""What a probe found: the raw material of a diagnosis. Pure.

A finding says what was seen and nothing about what it means. Three verdicts, because what could not be found out is
neither good nor bad: a status page that answers with HTML says nothing of the vendor.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from steward.errors import Failure


class Verdict(StrEnum):
    """What a probe came to."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"  # never taken for one of the others


class Probe(StrEnum):
    """What was looked at."""

    STATUS_PAGE = "status page"
    AUTH = "auth"
    CAPABILITIES = "capabilities"
    LATENCY = "latency"
    SCHEMA = "schema"
    SHARED = "shared"
    QUOTA = "quota"
    # From our own side, about what we do with the vendor:
    CALLS = "calls"
    WEBHOOKS = "webhooks"
    LANE = "lane"
    DEAD_LETTERS = "dead letters"
    BREAKER = "breaker"
    BUGS = "bugs"
    ALARMS = "alarms"  # for the timeline; no evidence of a cause


@dataclass(frozen=True, slots=True)
class Finding:
    """What one probe found at one moment.

    Attributes:
        vendor: the vendor's name as its description has it, e.g. ``notion``; ``steward`` for ourselves.
        probe: what was looked at.
        verdict: what it came to.
        at: when, by our clock.
        says: one line for a person, without secrets and ids of people.
        failure: for a call that did not succeed, what it means.
        status: the HTTP status, or None where no answer came.
        code: the raw code as the vendor or the network has it: ``rate_limited``, ``ConnectTimeout``, ``major``.
        correlation_id: the vendor's id of the request, or None.
        seconds: how long the answer took, or None.
        numbers: what was measured, by name: e.g. ``calls`` and ``failed``, ``oldest_seconds``, ``daily_remaining``.
        times: how often the same was seen in a row, this time included.
    """

    vendor: str
    probe: Probe
    verdict: Verdict
    at: datetime
    says: str
    failure: Failure | None = None
    status: int | None = None
    code: str | None = None
    correlation_id: str | None = None
    seconds: float | None = None
    numbers: Mapping[str, float] = field(default_factory=dict)
    times: int = 1
