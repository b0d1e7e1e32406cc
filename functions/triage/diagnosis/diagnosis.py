"""What is wrong with one vendor, as a round found it. Pure."""

from dataclasses import dataclass

from steward.incidents.classes import Advice, Class, Severity
from triage.findings import Finding, Probe


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong with one vendor, as far as the evidence goes.

    Attributes:
        vendor: the vendor's name.
        cls: what is wrong.
        confidence: from 0 to 1; how sure the evidence makes it.
        severity: how much it matters; None when healthy.
        evidence: the findings that speak for it.
        against: the findings that speak against it.
        next_probes: the one or two that would settle it; none when it is settled.
        do: what to do, the first move first.
        do_not: what would do harm, whoever suggests it.
        says: one sentence for a person.
        around: how our own side stood at the same time: what it does to us.
    """

    vendor: str
    cls: Class
    confidence: float
    severity: Severity | None
    evidence: tuple[Finding, ...] = ()
    against: tuple[Finding, ...] = ()
    next_probes: tuple[Probe, ...] = ()
    do: tuple[Advice, ...] = ()
    do_not: tuple[Advice, ...] = ()
    says: str = ""
    around: tuple[Finding, ...] = ()
