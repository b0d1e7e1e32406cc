"""One round of the desk: look, diagnose, mitigate, keep the incidents, note the pulse, and write up what is over.

In this order, because what is done is part of what people are told. Each step finds what the one before it left in the
tables: a round that dies anywhere is made up for by the next.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from steward.closings import Closings
from steward.errors import StateConflict
from steward.incidents.classes import Class
from steward.incidents.incident import Incident, Stage
from steward.incidents.store import Incidents
from steward.journal import Journal
from steward.memory import Memory
from steward.post_mortems import PostMortems
from triage.diagnosis.diagnose import diagnose
from triage.diagnosis.diagnosis import Diagnosis
from triage.diagnosis.picture import FRESH
from triage.findings import Finding, Probe
from triage.incidents.desk import Desk
from triage.incidents.runs import Measure
from triage.mitigation.mitigator import Mitigator
from triage.mitigation.remedies import WORKED_ON
from triage.post_mortem.write import write_post_mortem
from triage.probes import alarms
from triage.probes.calls import US
from triage.pulse_writer import PulseWriter, Round
from triage.repeats import counted

OVER = timedelta(days=7)
"""How long after its end a post-mortem is tried that can't be written; most are in the round that ends their incident."""

_FOUND = "FOUND"


@dataclass(frozen=True, slots=True)
class Books:
    """What the desk keeps.

    Attributes:
        memory: of the State table.
        journal: what happened.
        closings: how effects ended after their events.
        incidents: the store.
        post_mortems: the store of drafts.
        titles: vendor → its name for people.
    """

    memory: Memory
    journal: Journal
    closings: Closings
    incidents: Incidents
    post_mortems: PostMortems
    titles: dict[str, str]


class Patrol:
    """Makes rounds."""

    def __init__(
        self,
        look: Callable[[], Sequence[Finding]],
        mitigator: Mitigator,
        desk: Desk,
        books: Books,
        pulse: PulseWriter,
        now: Callable[[], datetime],
        logger: Logger,
    ) -> None:
        """Make it.

        Args:
            look: looks at everything, see ``triage.round``.
            mitigator: takes remedies.
            desk: keeps the incidents and tells people.
            books: what is kept.
            pulse: notes how everything is, for whoever only looks.
            now: our clock.
            logger: logs.
        """
        self._look = look
        self._mitigator = mitigator
        self._desk = desk
        self._books = books
        self._pulse = pulse
        self._now = now
        self._logger = logger

    def go(self) -> list[Incident]:
        """Make a round; the incidents that are open, or were resolved by it."""
        found = self._look()
        # When an alarm went off is for the timeline alone: what it measures has a probe of its own.
        looks = [finding for finding in found if finding.probe is not Probe.ALARMS]
        findings, seen = counted(looks, self._books.memory.recall(_FOUND) or {})
        # What was found before a silence is no news after it, and makes nothing steady.
        self._books.memory.remember(_FOUND, seen, FRESH)
        now = self._now()
        diagnoses = [self._diagnose(vendor, findings, now) for vendor in vendors_in(findings)]
        for one in diagnoses:
            self._log(one)
        live = [incident for incident in self._books.incidents.live() if incident.is_open]
        worst_first = sorted(live, key=lambda i: (i.severity, i.opened_at))
        troubled = {one.vendor for one in diagnoses if one.cls is not Class.HEALTHY}
        measures: list[Measure] = []
        try:
            measures = self._mitigator.take(worst_first, troubled)
        finally:  # whatever a remedy stumbles over, people are told
            incidents = self._keep(diagnoses, measures, now, found)
            self._pulse.write(Round(found, diagnoses, live if incidents is None else incidents))
        if incidents is None:
            return live
        self._write_up()
        return incidents

    def _keep(
        self,
        diagnoses: Sequence[Diagnosis],
        measures: Sequence[Measure],
        now: datetime,
        found: Sequence[Finding],
    ) -> list[Incident] | None:
        try:
            return self._desk.take(diagnoses, measures, now, alarms.on(found))
        except StateConflict:
            self._logger.info("an operator was faster; the next round goes on")
            return None

    def _diagnose(self, vendor: str, findings: Sequence[Finding], now: datetime) -> Diagnosis:
        known = of_vendor(vendor, findings)
        found = diagnose(vendor, known, now)
        ours = tuple(f for f in known if f.vendor == US or f.probe is Probe.BREAKER)
        return replace(found, around=tuple(f for f in ours if f not in found.evidence))

    def _log(self, diagnosis: Diagnosis) -> None:
        log = self._logger.info if diagnosis.severity is None else self._logger.warning
        log(
            "diagnosis",
            vendor=diagnosis.vendor,
            diagnosis=str(diagnosis.cls),
            confidence=round(diagnosis.confidence, 2),
            severity=diagnosis.severity.name if diagnosis.severity else None,
        )

    def _write_up(self) -> None:
        """Write up what is over: what this round ended, and what a round ended that died before it came to this."""
        failed: Exception | None = None
        for incident in self._books.incidents.unwritten():
            try:
                self._write(incident)
            except Exception as error:  # noqa: BLE001 - one that can't be written keeps the others from nothing
                failed = error
        if failed is not None:
            raise failed

    def _write(self, incident: Incident) -> None:
        at = incident.resolved_at
        if at is not None and self._now() - at <= OVER:
            title = self._books.titles.get(incident.vendor, incident.vendor.capitalize())
            reference = write_post_mortem(
                incident,
                title=title,
                journal=self._books.journal,
                closings=self._books.closings,
                store=self._books.post_mortems,
                now=self._now,
            )
            self._logger.info("post-mortem", incident=reference.incident_id, command=reference.command)
        self._books.incidents.forget_unwritten(incident.id)


def is_getting_well(incident: Incident) -> bool:
    """Whether the trouble that the lane may rest for is seen no more: then nobody needs to wait for the next probe."""
    return incident.vendor == WORKED_ON and incident.stage is Stage.MONITORING


def vendors_in(findings: Sequence[Finding]) -> list[str]:
    """The vendors that were looked at, the one that everything is worked with first."""
    named = dict.fromkeys(finding.vendor for finding in findings if finding.vendor != US)
    return sorted(named, key=lambda vendor: vendor != WORKED_ON)


def of_vendor(vendor: str, findings: Sequence[Finding]) -> list[Finding]:
    """What speaks of a vendor: our own side is about the one that everything is worked with, and no other's trouble."""
    return [f for f in findings if f.vendor != US or vendor == WORKED_ON]
