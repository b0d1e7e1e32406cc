"""An incident as it is remembered. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from steward.incidents.classes import Advice, Class, Severity


class Stage(StrEnum):
    """Where in its life an incident is."""

    INVESTIGATING = "investigating"
    MITIGATING = "mitigating"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    CLOSED = "closed"  # nobody looks any more: whether it is over is not known


class Step(StrEnum):
    """What happened in an incident's life."""

    FIRST_FINDING = "first finding"
    OPENED = "opened"
    ALARM = "alarm"
    ACKNOWLEDGED = "acknowledged"
    IDENTIFIED = "cause identified"
    SEVERITY = "severity changed"
    MITIGATION = "mitigation"
    STAGE = "stage changed"
    NOTE = "note"
    SILENCED = "silenced"
    RESTORED = "restored"
    RESOLVED = "resolved"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of an incident's timeline; each is a row of the journal.

    Attributes:
        at: when, by our clock.
        step: what happened.
        says: one line for a person.
        by: who did it: an operator's name, ``steward``, or ``cloudwatch`` for an alarm.
        key: the journal row that has it, as ``pk sk``.
    """

    at: datetime
    step: Step
    says: str
    by: str
    key: str


def in_order(timeline: Iterable[Moment]) -> tuple[Moment, ...]:
    """Moments as they happened; those of one instant in the order of an incident's life."""
    life = list(Step)
    return tuple(sorted(timeline, key=lambda m: (m.at, life.index(m.step), m.key)))


@dataclass(frozen=True, slots=True)
class Incident:
    """One cause of trouble, from when it stood until it was gone.

    Attributes:
        id: short, for people and commands, e.g. ``notion-20261121-1``.
        vendor: the vendor's name, or ``steward``.
        cls: what is wrong; it may be corrected while the incident goes on.
        severity: how much it matters; it can rise and does not fall.
        stage: where in its life it is.
        says: the diagnosis in one sentence.
        opened_at: when it was opened.
        updated_at: when people were last told something.
        acknowledged_by: who takes care of it, or None.
        silenced_until: nobody is told anything before, but the first message is kept true; None when it is not silenced.
        resolved_at: when it was resolved or closed, or None.
        posted: where the first message is, as ``channel/ts``; None until it is posted.
        timeline: what happened, oldest first.
        version: counts the writes; the optimistic lock.
        impact: what it does to us, in numbers, one fact each; as the last run measured it.
        do: what to do, the first move first.
        eta: when it is expected to be over, where the vendor told; else None.
    """

    id: str
    vendor: str
    cls: Class
    severity: Severity
    stage: Stage
    says: str
    opened_at: datetime
    updated_at: datetime
    acknowledged_by: str | None = None
    silenced_until: datetime | None = None
    resolved_at: datetime | None = None
    posted: str | None = None
    timeline: tuple[Moment, ...] = ()
    version: int = 0
    impact: tuple[str, ...] = ()
    do: tuple[Advice, ...] = ()
    eta: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.stage not in (Stage.RESOLVED, Stage.CLOSED)

    def silent(self, now: datetime) -> bool:
        """Whether nobody is to be told anything."""
        return self.silenced_until is not None and now < self.silenced_until


def printed_by(incident_id: str) -> str:
    """The command that prints an incident's post-mortem; stands where a link would, see docs/adr/0012."""
    return f"python -m infra.operate post-mortem {incident_id}"
