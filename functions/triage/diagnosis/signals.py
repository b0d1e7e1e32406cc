"""What can be seen of a vendor, as a vocabulary, and what each kind of finding shows. Pure.

A finding is raw: a probe, a verdict, a status, a code. A signal is what it shows, whichever probe it came from: a 503 is
a 503 from the auth probe and from our own calls. ``picture`` then adds the signals of all findings up.

Sources: Notion's status codes and request limits, HubSpot's error handling and usage guidelines, Statuspage's API.
"""

import re
from collections.abc import Iterator
from enum import StrEnum

from steward.errors import Failure
from steward.pauses import NOT_MADE, Cause
from triage.findings import Finding, Probe, Verdict


class Signal(StrEnum):
    """What was seen, in words for a person."""

    GREEN = "the status page says all is well"
    YELLOW = "the status page says minor trouble"
    RED = "the status page says major trouble"
    UNREADABLE = "the status page answers with something else"
    STATUS_UNREACHABLE = "the status page can't be reached"
    AUTH_GOOD = "the vendor knows us"
    READ_GOOD = "a read succeeds"
    CALLS_GOOD = "our own calls succeed"
    WEBHOOKS_GOOD = "webhooks arrive"
    SLOW = "answers are slow"
    UNAVAILABLE = "the vendor's own errors: 5xx, 529"
    STORM = "at least half of our calls end in the vendor's own errors"
    SOME_FAIL = "fewer than half of our calls end without the vendor's answer"
    EDGE = "an answer that is not the API's: HTML from the edge"
    NO_ANSWER = "no answer: timeout, reset"
    NO_WAY = "no way to the vendor: DNS, TLS, proxy"
    NOTHING_REACHED = "neither the API nor the status page can be reached"
    OTHERS_REACHED = "other vendors answer us"
    OTHERS_UNREACHED = "no other vendor can be reached either"
    UNAUTHORIZED = "401"
    FORBIDDEN = "403 of the API: a capability or scope is missing"
    NOT_FOUND = "404, or in the trash"
    DRIFT = "properties are not what the rules need"
    INVALID = "400: the request does not fit the vendor's data"
    BAD_REQUEST = "400: the request itself is malformed"
    LIMITED = "429 of this connection or endpoint"
    WORKSPACE_LIMITED = "429 of the whole workspace"
    BLOCKED = "429 that only the vendor's support lifts"
    DAILY = "the daily quota is spent"
    QUOTA_LOW = "the daily quota is nearly spent"
    TIGHT = "the short window's quota is nearly spent"
    LOCKED = "423: locked for two seconds, too much at once"
    MIGRATION = "477: the account is being moved"
    SILENCE = "no webhook for longer than usual"
    LANE_BEHIND = "the lane is deep or old"
    DEAD_LETTERS = "messages among the dead letters"
    EXCEPTIONS = "exceptions of our own"
    BREAKER_VENDOR = "the lane rests for the vendor"
    BREAKER_TOKEN = "the lane rests for the token"  # noqa: S105 - a signal
    BREAKER_BLOCKED = "the lane rests because we are blocked"
    BREAKER_OPERATOR = "the lane rests because somebody wants it"
    UNEXPLAINED = "something is bad, and nothing says why"


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

STORMY = 0.5
"""The share of calls from which on trouble is everywhere and not here and there."""


def signals_of(finding: Finding) -> Iterator[tuple[Signal, int]]:
    """What a finding shows, each with the number of looks that saw it; nothing for what could not be found out."""
    if finding.probe is Probe.STATUS_PAGE:
        yield _page(finding), finding.times
    elif finding.failure in NOT_MADE:
        return
    elif finding.probe is Probe.CALLS and finding.verdict is not Verdict.GOOD:
        yield from _calls(finding)
    elif finding.probe is Probe.BREAKER:
        if finding.verdict is Verdict.BAD:
            yield _breaker(finding), finding.times
    elif (meant := meaning(finding)) is not None:
        yield meant, finding.times
    elif finding.verdict is Verdict.GOOD:
        if finding.probe in _GOOD:
            yield _GOOD[finding.probe], finding.times
    elif finding.verdict is Verdict.BAD:
        signal = _quota(finding) if finding.probe is Probe.QUOTA else _BAD.get(finding.probe)
        yield signal or Signal.UNEXPLAINED, finding.times


def meaning(finding: Finding) -> Signal | None:
    """What the answer to a call means, or that there was none; None for a call that succeeded.

    The status is asked first: it is the vendor's own word, and decoders differ in what they make of it.
    """
    failure, status, text = finding.failure, finding.status, f"{finding.code or ''} {finding.says}".lower()
    if failure is None and (finding.verdict is not Verdict.BAD or status is None or status < 400):
        return None
    return _limit(failure, status, text) or _trouble(failure, status, text) or _refusal(finding)


def _trouble(failure: Failure | None, status: int | None, text: str) -> Signal | None:
    """In which way the vendor or the network does not work, or None when the API answered."""
    if status is not None and status >= 500:
        return Signal.UNAVAILABLE  # 521 to 526 too: the edge can't reach the vendor, so our own TLS is well
    if status is not None and (failure is Failure.UNAVAILABLE or (status == 403 and "html" in text)):
        return Signal.EDGE
    if failure in (Failure.UNREACHABLE, Failure.UNAVAILABLE):
        return Signal.NO_WAY if _NO_WAY.search(text) else Signal.NO_ANSWER
    return None


def _refusal(finding: Finding) -> Signal:
    """Why the API refuses, in so many words."""
    failure = finding.failure
    if failure is Failure.INVALID and (finding.code or "").lower() in OUR_REQUEST:
        return Signal.BAD_REQUEST
    known = failure if failure in _SIGNAL_OF else _BY_STATUS.get(finding.status or 0)
    return _SIGNAL_OF[known] if known is not None else Signal.UNEXPLAINED


def _limit(failure: Failure | None, status: int | None, text: str) -> Signal | None:
    """Which limit an answer speaks of, or None."""
    if status == 423:
        return Signal.LOCKED
    if status == 477:
        return Signal.MIGRATION
    if failure is Failure.BLOCKED or "public_api_request_blocked" in text:
        return Signal.BLOCKED
    limited = failure in (Failure.RATE_LIMITED, Failure.WORKSPACE_LIMITED)
    if status != 429 and not (limited and status is None):
        return None
    if failure is Failure.WORKSPACE_LIMITED or "public_api_space_request_rate_limit" in text:
        return Signal.WORKSPACE_LIMITED
    return Signal.DAILY if "daily" in text else Signal.LIMITED


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
    if finding.verdict is not Verdict.BAD:
        return
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


def _breaker(finding: Finding) -> Signal:
    causes = (cause for cause in _BREAKER if cause == (finding.code or "").lower())
    return _BREAKER.get(next(causes, Cause.VENDOR), Signal.BREAKER_VENDOR)


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
