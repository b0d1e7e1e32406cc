"""The incident desk: what a run of the triage found becomes incidents that move on and that people are told of.

Each step is written before the next begins, and made from what is written: a run that dies anywhere is made up for by the
next one, which sees the same runs and the same incidents. In order: the run is remembered; open incidents move on; new
ones are opened; people are told.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from steward.errors import StateConflict
from steward.incidents.causes import Cause, cause_of
from steward.incidents.incident import Incident
from steward.incidents.store import Incidents
from triage.diagnosis.diagnosis import Diagnosis
from triage.incidents.damping import Rules, standing
from triage.incidents.life import Past, advance, opened
from triage.incidents.runs import Measure, Runs, run_of
from triage.incidents.telling import Teller
from triage.probes.alarms import Alarm

_TRIES = 5


class Desk:
    """Damps, moves on, stores and tells."""

    def __init__(self, runs: Runs, store: Incidents, teller: Teller, rules: Rules) -> None:
        """Make it.

        Args:
            runs: the memory of the last runs; of as many as ``rules.of``.
            store: of incidents.
            teller: tells people.
            rules: how patient the desk is.
        """
        self._runs = runs
        self._store = store
        self._teller = teller
        self._rules = rules

    def take(
        self,
        diagnoses: Sequence[Diagnosis],
        measures: Sequence[Measure],
        now: datetime,
        alarms: Sequence[Alarm] = (),
    ) -> list[Incident]:
        """Take in what one run found and did.

        Args:
            diagnoses: of each vendor that was looked at, healthy ones too; one that is left out was not looked at.
            measures: what was done since the last run; the same one may be given again, its id tells.
            now: when the run was made.
            alarms: of our own, that are on; each may be given at every run.

        Returns:
            The incidents that are open, were resolved by this run, or of which something is still to be told; oldest
            first, with their timelines.
        """
        runs, counted = self._runs.add(run_of(diagnoses, measures, now.astimezone(UTC)))
        past, measured = Past(runs, self._rules, tuple(alarms)), diagnoses if counted else ()
        incidents = [self._advance(incident, past, measured) for incident in self._store.live()]
        taken = {cause_of(incident) for incident in incidents if incident.is_open}
        try:
            for cause in standing(runs, self._rules, taken):
                incident = self._open(cause, past)
                if incident is not None:
                    incidents.append(self._advance(incident, past, measured))
        finally:  # one that can't be opened keeps nobody from being told of the others
            told = self._teller.tell(incidents)
        return told

    def _advance(self, incident: Incident, past: Past, diagnoses: Sequence[Diagnosis]) -> Incident:
        if not incident.is_open:
            return incident
        for _ in range(_TRIES):
            try:
                return self._store.save(incident, advance(incident, past, diagnoses))
            except StateConflict:
                incident = self._store.load(incident.id) or incident  # an operator was first
        # Written by others all the time, or its new cause has an incident: it stays as it is, and the others go on.
        return incident

    def _open(self, cause: Cause, past: Past) -> Incident | None:
        """A new incident; None when a run beside this one opened it."""
        day = f"{past.now:%Y%m%d}"
        for _ in range(_TRIES):
            ids = self._store.ids_of_day(f"{past.now:%Y-%m-%d}")
            prefix = f"{cause.vendor}-{day}-"
            number = 1 + max((int(i.removeprefix(prefix)) for i in ids if i.startswith(prefix)), default=0)
            try:
                return self._store.create(opened(f"{prefix}{number}", cause, past))
            except StateConflict:
                if cause in {cause_of(incident) for incident in self._store.live() if incident.is_open}:
                    return None
        raise StateConflict(f"no incident of {cause.vendor} could be opened")
