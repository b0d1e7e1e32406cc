"""What trouble does to us, in numbers, from the findings that speak for it. Pure.

Known numbers are put into words; a number that nobody described is shown by its name, so that none is lost. What a probe
measured of the vendor itself is evidence, and does nothing to us.
"""

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from triage.findings import Finding, Probe
from triage.probes.asks import RETRY_AFTER
from triage.probes.standing import WAIT

MOST = 8
"""Facts that are told; a diagnosis has few."""

UNTIL = (RETRY_AFTER, WAIT)
"""Numbers by which a vendor tells when it will be over: seconds from the finding on."""

GRAIN = timedelta(minutes=5)
"""Told is the next multiple of it: a vendor that asks for another half minute each time is no news each time."""

_OF_THE_VENDOR = (Probe.STATUS_PAGE, Probe.AUTH, Probe.LATENCY, Probe.CAPABILITIES)


def impact_of(findings: Iterable[Finding]) -> tuple[str, ...]:
    """One fact for each measure: ``37 of 40 calls failed``; none that is zero."""
    facts: dict[str, None] = {}
    for finding in findings:
        if finding.probe in _OF_THE_VENDOR:
            continue
        facts |= dict.fromkeys(_facts(finding.probe, finding.numbers))
    return tuple(facts)[:MOST]


def eta_of(findings: Iterable[Finding]) -> datetime | None:
    """When the vendor says that it will be over, the latest, up to the next ``GRAIN``; None when it says nothing."""
    told = [
        finding.at + timedelta(seconds=finding.numbers[name])
        for finding in findings
        for name in UNTIL
        if 0 < finding.numbers.get(name, 0) < timedelta(days=7).total_seconds()
    ]
    latest = max(told, default=None)
    return None if latest is None else latest + (datetime.min.replace(tzinfo=UTC) - latest) % GRAIN


def _facts(probe: Probe, numbers: Mapping[str, float]) -> list[str]:
    left = {name: n for name, n in numbers.items() if name not in UNTIL and math.isfinite(n)}
    facts: list[str] = []
    if "failed" in left and "calls" in left:
        failed, calls = left.pop("failed"), left.pop("calls")
        if failed:
            facts.append(f"{number(failed)} of {number(calls)} calls failed")
    facts += [
        f"{number(left.pop(name))} calls are left ({name.replace('_', ' ')})"
        for name in ("daily_remaining", "remaining")
        if name in left
    ]
    if probe is Probe.LANE and "waiting" in left and (waiting := left.pop("waiting")):
        facts.append(f"{number(waiting)} events wait")
    if probe is Probe.LANE:
        left.pop("hidden", None)  # at work, or given back for a while
    if probe is Probe.BREAKER and "resting_seconds" in left:
        rested, _ = left.pop("resting_seconds"), left.pop("probes", None)
        facts.append(f"the lane has rested for {span(rested)}")
    if probe is Probe.WEBHOOKS and "silent_seconds" in left:
        silent, lost, _ = left.pop("silent_seconds"), left.pop("lost", 0), left.pop("usual", None)
        facts.append(f"no webhook for {span(silent)}")
        facts += [f"{number(lost)} changes came without a webhook"] if lost else []
    if "oldest_seconds" in left and (oldest := left.pop("oldest_seconds")):
        facts.append(f"the oldest has waited for {span(oldest)}")
    facts += [
        f"{probe}: {name.removesuffix('_seconds').replace('_', ' ')} "
        f"{span(n) if name.endswith('_seconds') else number(n)}"
        for name, n in left.items()
        if n
    ]
    return facts


def number(n: float) -> str:
    """A number for people: ``1,204``, ``0.85``."""
    return f"{int(n):,}" if n == int(n) else f"{n:,.2f}"


def span(seconds: float) -> str:
    """A length of time for people: ``40 s``, ``4 min``, ``2 h 5 min``."""
    if seconds < 90:
        return f"{round(seconds, 1):g} s"
    whole = int(seconds) // 60
    return f"{whole} min" if whole < 60 else f"{whole // 60} h {whole % 60} min"
