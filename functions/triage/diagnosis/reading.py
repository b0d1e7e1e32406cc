"""What each kind of finding shows. Pure.

A finding is raw: a probe, a verdict, a status, a code; a signal is what it shows. The status is asked first: it is the
vendor's own word, and decoders differ in what they make of it. A verdict of *unknown* shows nothing by itself.

Conventions for whoever makes findings: a status page's ``code`` is Statuspage's own word (``none``, ``minor``, ``major``,
``degraded_performance``, …), anything else is not read; a call that was not answered has no ``status`` and names the
exception in ``code`` or ``says``; ``calls`` counts ``calls`` and ``failed``, of which the commonest failure is told;
``quota`` has ``<name>_remaining`` and ``<name>_limit``; ``breaker`` has the pause's cause as its ``code``.

Sources: Notion's status codes and request limits, HubSpot's error handling and usage guidelines, Statuspage's API.
"""

import re
from collections.abc import Iterator

from steward.errors import Failure
from steward.pauses import NOT_MADE, Cause
from triage.diagnosis.signals import OFTEN, Signal
from triage.findings import Finding, Probe, Verdict

MAJOR = frozenset({"major", "critical", "major_outage"})
MINOR = frozenset({"minor", "maintenance", "under_maintenance", "degraded_performance", "partial_outage"})
"""Statuspage's words: indicators, impacts of incidents, states of components."""

OUR_REQUEST = frozenset(
    {"invalid_json", "invalid_request_url", "invalid_request", "missing_version", "invalid_beta"}
)
"""Notion's codes of a 400 that no change of the workspace brings about."""

_NO_WAY = re.compile(r"dns|resol|gaierror|name or service|ssl|tls|certificate|proxy", re.IGNORECASE)

_SIGNAL_OF = {
    Failure.UNAUTHORIZED: Signal.UNAUTHORIZED,
    Failure.FORBIDDEN: Signal.FORBIDDEN,
    Failure.NOT_FOUND: Signal.NOT_FOUND,
    Failure.INVALID: Signal.INVALID,
}
_BY_STATUS = {
    400: Failure.INVALID,
    401: Failure.UNAUTHORIZED,
    403: Failure.FORBIDDEN,
    404: Failure.NOT_FOUND,
}

_GOOD = {
    Probe.AUTH: Signal.AUTH_GOOD,
    Probe.LATENCY: Signal.READ_GOOD,
    Probe.CAPABILITIES: Signal.READ_GOOD,
    Probe.SCHEMA: Signal.READ_GOOD,
    Probe.SHARED: Signal.READ_GOOD,
    Probe.CALLS: Signal.CALLS_GOOD,
    Probe.WEBHOOKS: Signal.WEBHOOKS_GOOD,
}

_BAD = {
    Probe.LATENCY: Signal.SLOW,
    Probe.SCHEMA: Signal.DRIFT,
    Probe.SHARED: Signal.NOT_FOUND,
    Probe.CAPABILITIES: Signal.FORBIDDEN,
    Probe.WEBHOOKS: Signal.SILENCE,
    Probe.LANE: Signal.LANE_BEHIND,
    Probe.DEAD_LETTERS: Signal.DEAD_LETTERS,
    Probe.BUGS: Signal.EXCEPTIONS,
}
"""What a probe shows that came to a bad end although every call of it was answered as it should be."""

_BREAKER = {
    Cause.TOKEN: Signal.BREAKER_TOKEN,
    Cause.BLOCKED: Signal.BREAKER_BLOCKED,
    Cause.OPERATOR: Signal.BREAKER_OPERATOR,
}

NEARLY = 0.1
"""The share of a quota from which on what remains is little."""

MANY = 0.1
"""The share of calls from which on 429 is not part of ordinary life any more."""

STORMY = 0.5
"""The share of calls from which on trouble is everywhere and not here and there."""


def signals_of(finding: Finding) -> Iterator[tuple[Signal, int]]:
    """What a finding shows, each with the number of looks that saw it; nothing for what could not be found out."""
    if finding.probe is Probe.CALLS and finding.verdict is Verdict.BAD:
        yield from _calls(finding)
        return
    if (shown := _shown(finding)) is None:
        return
    yield shown, finding.times
    if shown is Signal.LIMITED and finding.times >= OFTEN:
        yield Signal.OFTEN_LIMITED, finding.times
    if shown is Signal.READ_GOOD and finding.probe is Probe.SCHEMA:
        yield Signal.SCHEMA_GOOD, finding.times


def _shown(finding: Finding) -> Signal | None:
    probe, verdict = finding.probe, finding.verdict
    if probe is Probe.STATUS_PAGE:
        return _page(finding)
    if finding.failure in NOT_MADE:
        return None
    if probe is Probe.BREAKER:
        return _breaker(finding)
    if verdict is Verdict.GOOD:
        return _GOOD.get(probe)  # whatever the status: a 404 may be what proves a capability
    if (meant := meaning(finding)) is not None or verdict is Verdict.UNKNOWN:
        return meant
    return (_quota(finding) if probe is Probe.QUOTA else _BAD.get(probe)) or Signal.UNEXPLAINED


def meaning(finding: Finding) -> Signal | None:
    """What an answer that is not good means, or that there was none; None for one that says nothing."""
    failure, status = finding.failure, finding.status
    if failure is None and (finding.verdict is not Verdict.BAD or status is None or status < 400):
        return None
    # What a finding says may hold names that people gave: "Daily stand-up" is no quota, "DNS records" no network.
    code = (finding.code or "").lower()
    return (
        _limit(failure, status, code, finding.says.lower())
        or _trouble(failure, status, code or finding.says.lower())
        or _refusal(finding)
    )


def _trouble(failure: Failure | None, status: int | None, code: str) -> Signal | None:
    """In which way the vendor or the network does not work, or None when the API answered."""
    if status is not None and status >= 500:
        return Signal.UNAVAILABLE  # 521 to 526 too: the edge can't reach the vendor, so our own TLS is well
    if status is not None and (failure is Failure.UNAVAILABLE or (status == 403 and code == "html")):
        return Signal.EDGE
    if failure in (Failure.UNREACHABLE, Failure.UNAVAILABLE):
        return Signal.NO_WAY if _NO_WAY.search(code) else Signal.NO_ANSWER
    return None


def _refusal(finding: Finding) -> Signal:
    """Why the API refuses, in so many words."""
    failure = finding.failure
    if failure is Failure.UNAUTHORIZED and finding.status is None:
        return Signal.NO_TOKEN
    if failure is Failure.INVALID and (finding.code or "").lower() in OUR_REQUEST:
        return Signal.BAD_REQUEST
    known = failure if failure in _SIGNAL_OF else _BY_STATUS.get(finding.status or 0)
    return _SIGNAL_OF[known] if known is not None else Signal.UNEXPLAINED


def _limit(failure: Failure | None, status: int | None, code: str, says: str) -> Signal | None:
    """Which limit an answer speaks of, or None."""
    if status == 423:
        return Signal.LOCKED
    if status == 477:
        return Signal.MIGRATION
    if failure is Failure.BLOCKED or code == "public_api_request_blocked":
        return Signal.BLOCKED
    limited = failure in (Failure.RATE_LIMITED, Failure.WORKSPACE_LIMITED)
    if status != 429 and not (limited and status is None):
        return None
    if failure is Failure.WORKSPACE_LIMITED or code == "public_api_space_request_rate_limit":
        return Signal.WORKSPACE_LIMITED
    return Signal.DAILY if code == "daily" or "daily limit" in says else Signal.LIMITED


def _page(finding: Finding) -> Signal:
    code = (finding.code or "").lower()
    readable = finding.failure is None and finding.verdict is not Verdict.UNKNOWN
    if readable and finding.verdict is Verdict.GOOD:
        return Signal.GREEN
    if readable and code in MAJOR:
        return Signal.RED
    if readable and code in MINOR | {""}:
        return Signal.YELLOW
    return Signal.STATUS_UNREACHABLE if finding.status is None else Signal.UNREADABLE


def _calls(finding: Finding) -> Iterator[tuple[Signal, int]]:
    """Of the calls of the last minutes, of which ``failed`` of ``calls`` ended as the finding says."""
    signal = meaning(finding) or Signal.UNEXPLAINED
    made, failed = finding.numbers.get("calls", 0), int(finding.numbers.get("failed", 0))
    looks = max(failed, finding.times)
    if not made or failed / made >= STORMY:
        yield signal, looks
        if made and signal is Signal.UNAVAILABLE:
            yield Signal.STORM, looks
    elif signal in (Signal.UNAVAILABLE, Signal.EDGE, Signal.NO_ANSWER, Signal.NO_WAY):
        yield Signal.SOME_FAIL, looks
    elif signal is Signal.UNAUTHORIZED:
        yield signal, 1  # most calls succeed with the same token
    else:
        yield signal, looks
    if signal is Signal.LIMITED and made and failed / made >= MANY:
        yield Signal.OFTEN_LIMITED, looks


def _breaker(finding: Finding) -> Signal | None:
    # An operator's wish is neither good nor bad, and told all the same.
    causes = [cause for cause in _BREAKER if cause == (finding.code or "").lower()]
    if causes and finding.verdict is not Verdict.GOOD:
        return _BREAKER[causes[0]]
    return Signal.BREAKER_VENDOR if finding.verdict is Verdict.BAD else None


def _quota(finding: Finding) -> Signal | None:
    """Which quota is short: numbers are ``<name>_remaining`` and, where it is told, ``<name>_limit``."""
    shares = {
        name.removesuffix("_remaining"): left / limit if (limit := _of(finding, name)) else min(left, NEARLY)
        for name, left in finding.numbers.items()
        if name.endswith("_remaining")
    }
    short = {name: share for name, share in shares.items() if share <= NEARLY}
    daily = [share for name, share in short.items() if "dai" in name.lower() or "day" in name.lower()]
    if daily:
        return Signal.DAILY if min(daily) <= 0 else Signal.QUOTA_LOW
    return Signal.TIGHT if short else None


def _of(finding: Finding, remaining: str) -> float | None:
    return finding.numbers.get(remaining.removesuffix("_remaining") + "_limit")
