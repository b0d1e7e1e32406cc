"""From the end of an ask to what was found. Pure."""

from collections.abc import Container, Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from steward.errors import CallFailed, Failure
from steward.pauses import NOT_MADE
from triage.findings import Finding, Probe, Verdict
from triage.in_parallel import TooLate
from triage.probes.asking import NO_TOKEN, Told
from triage.probes.once import raw_code
from triage.vendors.vendor import Headroom, Vendor

_ELSEWHERE = {Failure.NOT_FOUND: Probe.SHARED, Failure.FORBIDDEN: Probe.CAPABILITIES}
"""What a refused query tells of, instead of how fast it is."""

_EXPECTED = frozenset(
    {Failure.NOT_FOUND, Failure.INVALID, Failure.FORBIDDEN, Failure.REJECTED, Failure.CONFLICT}
)
"""Refusals that an ask for a capability may provoke on purpose: where they prove nothing, nothing has failed."""

LITTLE = 0.1
"""The share of a day's quota from which on what is left is little. That of a short window comes back by itself."""

RETRY_AFTER = "retry_after_seconds"
"""The number that says how long the vendor asks to wait."""

CLOCK_AHEAD = "clock_ahead_seconds"
"""The number that says how far our clock is ahead of the vendor's; negative when it is behind."""


def finding_of(
    vendor: Vendor, told: Told, at: datetime, wanted: Container[str] = (), times: int = 1
) -> Finding:
    """What one ask found.

    Args:
        vendor: who was asked.
        told: the end of the ask.
        at: when, by our clock.
        wanted: names of the optional capabilities that somebody needs.
        times: how often the same was seen in a row.
    """
    probe, verdict, says, code = told.ask.probe, Verdict.GOOD, "", None
    failure = told.failure
    if probe is Probe.CAPABILITIES:
        verdict, says, code = _capability(told, wanted)
        if failure is not None and failure.failure in _EXPECTED and verdict is not Verdict.BAD:
            failure = None
    elif failure is not None:
        probe = _ELSEWHERE.get(failure.failure, probe) if probe in (Probe.LATENCY, Probe.SHARED) else probe
        # Trouble of another kind says nothing of what is shared.
        unseen = probe is Probe.SHARED and failure.failure is not Failure.NOT_FOUND
        verdict = Verdict.UNKNOWN if unseen or failure.failure in NOT_MADE else Verdict.BAD
        says = f"{told.ask.name}: {what_failed(failure)}"
    elif probe is Probe.AUTH:
        says = f"connected as {vendor.who(told.answer.body if told.answer else {})}"
    elif probe is Probe.LATENCY and told.seconds >= vendor.slow:
        verdict, code = Verdict.BAD, "slow"
        says = f"{told.ask.name} took {told.seconds:.1f} s; {vendor.slow:g} s is slow"
    else:
        says = f"{told.ask.name} in {told.seconds:.2f} s"
    return Finding(
        vendor.name,
        probe,
        verdict,
        at,
        says,
        failure=failure.failure if failure else None,
        status=_status(told),
        code=(raw_code(failure) if failure else None) or code,
        correlation_id=failure.request_id if failure else None,
        seconds=told.seconds if failure is None or failure.failure not in NOT_MADE else None,
        numbers=_numbers(told),
        times=times,
    )


def what_failed(failure: CallFailed) -> str:
    """A failed call in a few words: no text of the vendor's, which may name people."""
    if failure.code == NO_TOKEN:
        return "no token is configured"
    if failure.status is None:
        return f"{failure.failure}" + (
            f" ({failure.code or failure.message})" if failure.code or failure.message else ""
        )
    return f"{failure.status}" + (f" {failure.code}" if failure.code else f", {failure.failure}")


def quota_of(vendor: Vendor, answers: Iterable[Told], at: datetime) -> Finding | None:
    """What the headers of all answers tell of limits: of each limit the least that is left; None when they tell nothing."""
    least: dict[str, Headroom] = {}
    for told in answers:
        for room in vendor.headroom(told.answer.headers) if told.answer else ():
            if room.name not in least or room.remaining < least[room.name].remaining:
                least[room.name] = room
    if not least:
        return None
    short = [room.name for room in least.values() if room.remaining <= _enough(room)]
    numbers: dict[str, float] = {}
    for name, room in least.items():
        key = name.replace(" ", "_")
        numbers[f"{key}_remaining"] = room.remaining
        if room.limit is not None:
            numbers[f"{key}_limit"] = room.limit
    says = ", ".join(_left(room) for room in least.values())
    verdict = Verdict.BAD if short else Verdict.GOOD
    return Finding(
        vendor.name, Probe.QUOTA, verdict, at, says, code=short[0] if short else None, numbers=numbers
    )


def not_found_out(vendor: str, probe: Probe, at: datetime, why: str | Exception) -> Finding:
    """What could not be looked at, and why: in words, or what the probe raised."""
    if isinstance(why, Exception):
        # An exception's text may hold what nobody should read; ours does not.
        why = str(why) if isinstance(why, TooLate) else f"the probe failed: {type(why).__name__}"
    return Finding(vendor, probe, Verdict.UNKNOWN, at, why)


def _capability(told: Told, wanted: Container[str]) -> tuple[Verdict, str, str | None]:
    proof = told.ask.proves(told.answer, told.failure)
    says = f"may {told.ask.name}: {proof.says}"
    code = told.ask.name if proof.verdict is Verdict.BAD else None
    if proof.verdict is Verdict.BAD and told.ask.optional and told.ask.name not in wanted:
        return Verdict.GOOD, f"{says}; nothing needs it", code
    return proof.verdict, says, code


def _status(told: Told) -> int | None:
    if told.failure is not None:
        return told.failure.status
    return told.answer.status if told.answer else None


def _numbers(told: Told) -> Mapping[str, float]:
    """How long the vendor asks to wait; how far our clock is ahead of its, to the second, and late by the way back."""
    if told.answer is None:
        waits = told.failure.retry_after if told.failure else None
        return {RETRY_AFTER: waits} if waits else {}
    try:
        theirs = parsedate_to_datetime(told.answer.headers.get("date", ""))
    except (TypeError, ValueError, IndexError, OverflowError):
        return {}
    theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
    return {CLOCK_AHEAD: (told.answer.at - theirs).total_seconds()}


def _enough(room: Headroom) -> float:
    return LITTLE * room.limit if room.name == "daily" and room.limit else 0.0


def _left(room: Headroom) -> str:
    of = "" if room.limit is None else f" of {room.limit}"
    return f"{room.name}: {room.remaining}{of} left"
