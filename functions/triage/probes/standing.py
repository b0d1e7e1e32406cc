"""What Steward itself decided about a vendor: whether the lane rests, and what the request budget knows of limits. Pure."""

from datetime import datetime

from steward.budget import BudgetRecord
from steward.errors import Failure
from steward.pauses import Cause, Pause
from triage.findings import Finding, Probe, Verdict
from triage.probes.calls import US

_FAILURES = {
    Cause.VENDOR: Failure.UNAVAILABLE,
    Cause.TOKEN: Failure.UNAUTHORIZED,
    Cause.BLOCKED: Failure.BLOCKED,
}

WAIT = "wait_seconds"
"""The number that says how much longer the vendor asked to wait."""

WINDOW = 60.0
"""Seconds of the vendor's window; what a refusal said of the workspace counts as news for two of them."""


def breaker_finding(pause: Pause, at: datetime, vendor: str = "notion") -> Finding:
    """Whether the lane rests, and for whom: an operator's wish is nobody's trouble, and so neither good nor bad."""
    if not pause.holds:
        return Finding(
            vendor, Probe.BREAKER, Verdict.GOOD, at, f"the lane is {pause.phase}", code=str(pause.phase)
        )
    seconds = (at - pause.since).total_seconds() if pause.since else 0.0
    says = f"the lane rests for {seconds / 60:.0f} minutes ({pause.cause}): {pause.detail}"
    numbers = {"resting_seconds": seconds, "probes": float(pause.probes)}
    if pause.cause is Cause.OPERATOR or pause.cause is None:
        return Finding(US, Probe.BREAKER, Verdict.UNKNOWN, at, says, code=pause.cause, numbers=numbers)
    failure = _FAILURES[pause.cause]
    return Finding(
        vendor, Probe.BREAKER, Verdict.BAD, at, says, failure=failure, code=str(pause.cause), numbers=numbers
    )


def budget_finding(record: BudgetRecord | None, limit: int, at: datetime, vendor: str = "notion") -> Finding:
    """What is left of the request budget, and whether the vendor asked to wait.

    A wait alone does not say why (a 529 asks for one, too): that is bad only where it was a limit. While a lane that is
    limited waits no probe is made, so this may be the only one to know of it.

    Args:
        record: what is remembered, or None before the first call.
        limit: calls in a window.
        at: our clock.
        vendor: whose limit.
    """
    if record is None:
        return Finding(vendor, Probe.QUOTA, Verdict.UNKNOWN, at, "no call is remembered")
    now = at.timestamp()
    spent = sum(count for second, count in record.spent.items() if second > now - WINDOW)
    waits = max(record.blocked_until - now, 0.0)
    numbers: dict[str, float] = {
        "limit": limit,
        "spent": spent,
        "remaining": max(limit - spent, 0),
        WAIT: waits,
    }
    says = f"about {spent} of {limit} requests spent in this minute"
    if record.room is not None and 0 <= now - record.room_at < 2 * WINDOW:
        numbers["workspace_room"] = record.room
        says += f"; the workspace had room for {record.room} when it refused"
        failure = Failure.WORKSPACE_LIMITED
        return Finding(
            vendor, Probe.QUOTA, Verdict.BAD, at, says, failure=failure, code="workspace", numbers=numbers
        )
    if record.limited_until > now:
        says += f"; {vendor} limits this connection, and asked to wait for {waits:.0f} s more"
        failure = Failure.RATE_LIMITED
        return Finding(
            vendor, Probe.QUOTA, Verdict.BAD, at, says, failure=failure, code="limited", numbers=numbers
        )
    if waits:
        says += f"; {vendor} asked to wait for {waits:.0f} s more"
        return Finding(vendor, Probe.QUOTA, Verdict.UNKNOWN, at, says, code="waits", numbers=numbers)
    return Finding(vendor, Probe.QUOTA, Verdict.GOOD, at, says, numbers=numbers)
