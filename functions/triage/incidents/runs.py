"""The last runs of the triage, as they are remembered from one to the next. Pure, but for ``Runs``.

A run counts once. The scheduler delivers at least once, and late; so a run that comes right after the last one, or before
it, adds no diagnosis. What was done in it is kept all the same, under its id.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from steward.documents import iso
from steward.errors import StateConflict
from steward.incidents.classes import Class, Severity
from steward.memory import Memory
from steward.unicode import one_line
from triage.diagnosis.diagnosis import Diagnosis
from triage.pace import MINUTELY, Pace

NAME = "TRIAGE-RUNS"

SAYS_LIMIT, NAME_LIMIT = 1000, 100
"""Characters of a sentence and of a name that are kept."""

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one run said of one vendor: the little of a diagnosis that damping needs."""

    vendor: str
    cls: Class
    severity: Severity | None
    confidence: float
    says: str


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that was done against a cause, or undone.

    Attributes:
        id: the same however often it is reported; the journal row that has it is a good one.
        vendor: against whose trouble.
        cls: against which trouble; UNKNOWN for whatever the vendor has.
        at: when.
        says: one line for a person, without secrets.
        by: who did it: an operator's name, or ``steward``.
        done: False when it is only said what would be done.
    """

    id: str
    vendor: str
    cls: Class
    at: datetime
    says: str
    by: str = "steward"
    done: bool = True


@dataclass(frozen=True, slots=True)
class Run:
    """One look at everything."""

    at: datetime
    seen: tuple[Sighting, ...]
    did: tuple[Measure, ...] = ()


def run_of(diagnoses: Iterable[Diagnosis], measures: Iterable[Measure], now: datetime) -> Run:
    """A run as it will be remembered."""
    # What vendors wrote may hold what no table takes.
    seen = [
        Sighting(d.vendor, d.cls, d.severity, d.confidence, one_line(d.says, SAYS_LIMIT)) for d in diagnoses
    ]
    did = [replace(m, says=one_line(m.says, SAYS_LIMIT), by=one_line(m.by, NAME_LIMIT)) for m in measures]
    return Run(now, tuple(seen), tuple(did))


def with_run(runs: Sequence[Run], run: Run, of: int, pace: Pace = MINUTELY) -> tuple[tuple[Run, ...], bool]:
    """The last ``of`` runs, oldest first, and whether this one counted."""
    kept = [r for r in runs if r.at <= run.at + pace.late]
    if kept and run.at - kept[-1].at < pace.gap:
        known = {measure.id for r in kept for measure in r.did}
        more = tuple(m for m in run.did if m.id not in known)
        kept[-1] = replace(kept[-1], did=kept[-1].did + more)
        return tuple(kept), False
    fresh = [r for r in kept if run.at - r.at <= pace.fresh]
    return (*fresh, run)[-of:], True


class Runs:
    """The memory of them, in the State table."""

    def __init__(self, memory: Memory, of: int, pace: Pace = MINUTELY) -> None:
        """Make it.

        Args:
            memory: where.
            of: how many runs are remembered.
            pace: how often they come.
        """
        self._memory = memory
        self._of = of
        self._pace = pace

    def add(self, run: Run) -> tuple[tuple[Run, ...], bool]:
        """Remember a run; the runs that are remembered now, and whether this one counted.

        Raises:
            StateConflict: others wrote all the time.
        """
        return self._change(lambda runs: with_run(runs, run, self._of, self._pace))

    def _change(
        self, change: Callable[[tuple[Run, ...]], tuple[tuple[Run, ...], bool]]
    ) -> tuple[tuple[Run, ...], bool]:
        for _ in range(_TRIES):
            document, version = self._memory.recall_version(NAME)
            before = runs_of(document)
            after, counted = change(before)
            if after == before:
                return after, counted
            try:
                self._memory.swap(NAME, document_of(after), version + 1)
            except StateConflict:
                continue  # a run beside this one: look at what it wrote
            return after, counted
        raise StateConflict("the runs were written by others all the time")


def document_of(runs: Iterable[Run]) -> list[dict[str, Any]]:
    """Runs as JSON."""
    return [
        {
            "at": iso(run.at),
            "seen": [[s.vendor, s.cls, s.severity, s.confidence, s.says] for s in run.seen],
            "did": [[m.id, m.vendor, m.cls, iso(m.at), m.says, m.by, m.done] for m in run.did],
        }
        for run in runs
    ]


def runs_of(document: Any) -> tuple[Run, ...]:
    """The runs that JSON of ``document_of`` holds; none for what nobody wrote."""
    rows = document if isinstance(document, list) else []
    return tuple(
        Run(
            datetime.fromisoformat(row["at"]),
            tuple(
                Sighting(vendor, Class(cls), None if severity is None else Severity(severity), sure, says)
                for vendor, cls, severity, sure, says in row["seen"]
            ),
            tuple(
                Measure(id_, vendor, Class(cls), datetime.fromisoformat(at), says, by, *done)
                for id_, vendor, cls, at, says, by, *done in row["did"]
            ),
        )
        for row in rows
    )
