"""How often the same was found in a row, over rounds: what is steady weighs more than what was seen once. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from triage.findings import Finding, Verdict

MOST = 1000
"""More is not counted."""


def counted(
    findings: Sequence[Finding], before: Mapping[str, int]
) -> tuple[tuple[Finding, ...], Mapping[str, int]]:
    """Count the findings on.

    Args:
        findings: of this round.
        before: what this function gave for the round before; empty for the first one.

    Returns:
        the findings, with ``times`` of this round and those before in a row, and what to remember for the next round, a
        JSON object. What is good is not counted, and what was not found this time begins anew.
    """
    now: dict[str, int] = {}
    told = []
    for finding in findings:
        if finding.verdict is Verdict.GOOD:
            told.append(finding)
            continue
        times = min(before.get(_key(finding), 0) + finding.times, MOST)
        told.append(replace(finding, times=times))
        now[_key(finding)] = max(times, now.get(_key(finding), 0))
    return tuple(told), now


def _key(finding: Finding) -> str:
    """What makes two findings the same; times, numbers and correlation ids differ with every look."""
    parts = (finding.vendor, finding.probe, finding.verdict, finding.failure, finding.status, finding.code)
    return "|".join("" if part is None else str(part) for part in parts)
