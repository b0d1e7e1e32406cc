"""How ``triage`` tells what was found: four sections, the classification and the next step, for people and as JSON. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from infra.operate.text import printable, when
from triage.diagnosis.diagnosis import Diagnosis
from triage.findings import Finding, Probe, Verdict
from triage.probes.asks import CLOCK_AHEAD
from triage.vendors.vendor import Vendor

_WORDS = {Verdict.GOOD: "ok", Verdict.BAD: "BAD", Verdict.UNKNOWN: "?"}

_SECTIONS = (
    ("platform status", (Probe.STATUS_PAGE,)),
    ("auth", (Probe.AUTH, Probe.CAPABILITIES, Probe.SHARED)),
    ("responsiveness", (Probe.LATENCY, Probe.QUOTA)),
)

CLOCKS_AGREE = 5.0
"""Seconds of difference that a whole-second ``Date`` and the way of an answer explain."""


def lines(
    vendor: Vendor, findings: Sequence[Finding], diagnosis: Diagnosis | None, at: datetime
) -> Iterator[str]:
    """One vendor, for a person."""
    yield vendor.title
    yield _line("time", f"{when(at)}{_clocks(vendor, findings)}")
    for name, probes in _SECTIONS:
        told = [_told(f) for probe in probes for f in findings if f.probe is probe]
        if name == "responsiveness":
            told = [*_answered(findings), *told]
        for number, text in enumerate(told or [f"?    not asked: put a token into {vendor.token_variable}"]):
            yield _line("" if number else name, text)
    if diagnosis is None:
        yield _line("classification", f"none: there is no {vendor.token_variable}")
        return
    severity = f"P{diagnosis.severity:d}, " if diagnosis.severity else ""
    yield _line("classification", f"{diagnosis.cls} ({severity}{diagnosis.confidence:.0%} sure)")
    if diagnosis.says:
        yield _line("", printable(diagnosis.says))
    yield _line("next step", _next(diagnosis))
    if diagnosis.do_not:
        yield _line("do not", ", ".join(diagnosis.do_not))
    if diagnosis.severity is not None:
        for number, text in enumerate(vendor.runbook.splitlines()):
            yield _line("" if number else "good to know", text)


def as_json(vendor: Vendor, findings: Sequence[Finding], diagnosis: Diagnosis | None) -> dict[str, Any]:
    """One vendor, for a program."""
    told: dict[str, Any] = {"vendor": vendor.name, "findings": [_finding(f) for f in findings]}
    if diagnosis is None:
        return {**told, "class": None}
    return {
        **told,
        "class": str(diagnosis.cls),
        "confidence": round(diagnosis.confidence, 3),
        "severity": f"P{diagnosis.severity:d}" if diagnosis.severity else None,
        "says": diagnosis.says,
        "do": [str(advice) for advice in diagnosis.do],
        "do_not": [str(advice) for advice in diagnosis.do_not],
        "next_probes": [str(probe) for probe in diagnosis.next_probes],
    }


def _finding(finding: Finding) -> Mapping[str, Any]:
    told = {
        "probe": str(finding.probe),
        "verdict": str(finding.verdict),
        "at": finding.at.isoformat(),
        "says": finding.says,
        "failure": finding.failure and str(finding.failure),
        "status": finding.status,
        "code": finding.code,
        "correlation_id": finding.correlation_id,
        "seconds": None if finding.seconds is None else round(finding.seconds, 3),
        "numbers": dict(finding.numbers) or None,
        "times": finding.times,
    }
    return {name: value for name, value in told.items() if value is not None}


def _told(finding: Finding) -> str:
    again = f", {finding.times} times in a row" if finding.times > 1 else ""
    ours = f" [{printable(finding.correlation_id)}]" if finding.correlation_id else ""
    return f"{_WORDS[finding.verdict]:<4} {printable(finding.says)}{again}{ours}"


def _answered(findings: Sequence[Finding]) -> Iterator[str]:
    for finding in findings:
        if finding.probe is Probe.AUTH and finding.seconds is not None and finding.status is not None:
            yield f"{_WORDS[Verdict.GOOD]:<4} it answered who we are in {finding.seconds:.2f} s"


def _clocks(vendor: Vendor, findings: Sequence[Finding]) -> str:
    ahead = next((f.numbers[CLOCK_AHEAD] for f in findings if CLOCK_AHEAD in f.numbers), None)
    if ahead is None:
        return ""
    if abs(ahead) <= CLOCKS_AGREE:
        return f"; {vendor.title}'s clock agrees"
    return f"; our clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} {vendor.title}'s"


def _next(diagnosis: Diagnosis) -> str:
    first = ", then ".join(diagnosis.do) or "nothing"
    look = ", ".join(diagnosis.next_probes)
    return f"{first}; look at: {look}" if look else first


def _line(name: str, text: str) -> str:
    return f"  {name:<17}{text}"
