"""The current picture: the signals of all findings added up. Pure.

What came too long ago is left out; what was seen several times, by several probes, counts more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.diagnosis.reading import signals_of
from triage.diagnosis.signals import Signal
from triage.findings import Finding, Probe

OURS = "steward"
"""The vendor's name in findings about ourselves."""

FRESH = timedelta(minutes=15)
"""For how long a finding is part of the picture; longer than the longest pause between two probes of the lane's watch."""

UNREACHED = (Signal.NO_ANSWER, Signal.NO_WAY)

ASKED = frozenset(
    {Probe.STATUS_PAGE, Probe.AUTH, Probe.LATENCY, Probe.CAPABILITIES, Probe.SCHEMA, Probe.SHARED}
)
"""Probes that ask the vendor now; the others tell of the last minutes, or of ourselves."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One signal of the picture.

    Attributes:
        looks: how often it was seen, over all probes.
        findings: which of them show it.
    """

    looks: int
    findings: tuple[Finding, ...]


Picture = Mapping[Signal, Seen]


def picture_of(vendor: str, findings: Sequence[Finding], now: datetime) -> Picture:
    """What is known of a vendor now.

    Args:
        vendor: the vendor's name.
        findings: of this vendor, of ourselves about this vendor, and of other vendors, which only tell whether our
            network reaches anybody.
        now: our clock.
    """
    current = [finding for finding in findings if now - finding.at <= FRESH]
    seen = _added_up(finding for finding in current if finding.vendor in (vendor, OURS))
    others = _added_up(finding for finding in current if finding.vendor not in (vendor, OURS))
    if Signal.RED in seen or Signal.YELLOW in seen:
        seen.pop(Signal.GREEN, None)  # one document says both: the whole is well, and an incident is open
    if unreached := _joined(seen, UNREACHED):
        if reached := _answered(others):
            seen[Signal.OTHERS_REACHED] = Seen(1, reached)
        elif none := _joined(others, UNREACHED):
            seen[Signal.OTHERS_UNREACHED] = none
        if Signal.STATUS_UNREACHABLE in seen and not reached and not _answered(seen):
            page = seen[Signal.STATUS_UNREACHABLE].findings
            seen[Signal.NOTHING_REACHED] = Seen(unreached.looks, unreached.findings + page)
    return {signal: seen[signal] for signal in Signal if signal in seen}  # in whatever order they were found


def _added_up(findings: Iterable[Finding]) -> dict[Signal, Seen]:
    seen: dict[Signal, Seen] = {}
    for finding in findings:
        for signal, looks in signals_of(finding):
            before = seen.get(signal, Seen(0, ()))
            seen[signal] = Seen(before.looks + looks, (*before.findings, finding))
    return seen


def _joined(seen: Picture, signals: Iterable[Signal]) -> Seen | None:
    """Several signals as one, or None where none of them was seen."""
    there = [seen[signal] for signal in signals if signal in seen]
    if not there:
        return None
    return Seen(sum(s.looks for s in there), tuple(f for s in there for f in s.findings))


def _answered(seen: Picture) -> tuple[Finding, ...]:
    """Findings that only an answer from outside can have brought about."""
    silent = {*UNREACHED, Signal.STATUS_UNREACHABLE, Signal.NOTHING_REACHED}
    return tuple(
        finding
        for signal, what in seen.items()
        if signal not in silent
        for finding in what.findings
        if finding.probe in ASKED
    )
