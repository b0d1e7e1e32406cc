"""Short ways to write runs, diagnoses and incidents in tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from steward.incidents.classes import Class, Severity
from steward.incidents.incident import Incident, Stage
from triage.diagnosis.diagnosis import Diagnosis
from triage.findings import Finding
from triage.incidents.damping import Rules
from triage.incidents.life import Past
from triage.incidents.runs import Run, run_of

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULES = Rules()

CLASSES = {
    "h": Class.HEALTHY,
    "o": Class.OUTAGE,
    "d": Class.DEGRADED,
    "n": Class.NETWORK,
    "t": Class.TOKEN,
    "u": Class.UNKNOWN,
    "s": Class.SCHEMA,
    "l": Class.LIMITED,
    "b": Class.BLOCKED,
    "c": Class.CAPABILITY,
}


def diagnosis(
    cls: Class,
    *,
    vendor: str = "notion",
    severity: Severity = Severity.P2,
    confidence: float = 0.9,
    says: str | None = None,
    evidence: tuple[Finding, ...] = (),
    **more: Any,
) -> Diagnosis:
    """A diagnosis; healthy ones have no severity."""
    shown = None if cls is Class.HEALTHY else severity
    return Diagnosis(vendor, cls, confidence, shown, evidence, says=says or f"{vendor} has: {cls}", **more)


def runs(letters: str, *, severity: Severity = Severity.P2, confidence: float = 0.9) -> list[Run]:
    """One run a letter (see ``CLASSES``), a minute apart; ``-`` did not look at Notion, ``.`` did not happen."""
    made = []
    for number, letter in enumerate(letters):
        at = START + number * MINUTE
        if letter == "-":
            made.append(Run(at, ()))
        elif letter != ".":
            found = diagnosis(CLASSES[letter], severity=severity, confidence=confidence)
            made.append(run_of([found], [], at))
    return made


def past(letters: str, *, severity: Severity = Severity.P2, confidence: float = 0.9) -> Past:
    """The last five of such runs."""
    return Past(tuple(runs(letters, severity=severity, confidence=confidence))[-5:], RULES)


def incident(**more: Any) -> Incident:
    """An open incident."""
    return Incident(
        **{
            "id": "notion-20261121-1",
            "vendor": "notion",
            "cls": Class.OUTAGE,
            "severity": Severity.P2,
            "stage": Stage.INVESTIGATING,
            "says": "Notion answers nothing but 503",
            "opened_at": START,
            "updated_at": START,
            **more,
        }
    )
