"""An incident's life: from what the last runs saw to where it stands, and the moments that tell of it. Pure.

::

    INVESTIGATING ──something is done──▶ MITIGATING ──health stands──▶ MONITORING ──and lasts──▶ RESOLVED
                                              ▲──────trouble stands again─────┘
    any of them ──nobody looks any more──▶ CLOSED

Everything is made from the remembered runs and the incident itself, and the time is the latest run's: the same runs give
the same incident again, so a run that is repeated or was killed half-way doubles nothing and leaves nothing out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from steward.documents import iso
from steward.incidents.causes import Cause, cause_of, family_of
from steward.incidents.classes import Class, Severity
from steward.incidents.incident import Incident, Moment, Stage, Step, in_order
from steward.unicode import one_line
from triage.diagnosis.diagnosis import Diagnosis
from triage.incidents.damping import (
    Rules,
    bad_since,
    corrected,
    good_since,
    health_stands,
    sightings,
    trouble_stands,
)
from triage.incidents.impact import eta_of, impact_of, span
from triage.incidents.moments import heard, moment, with_moments
from triage.incidents.runs import SAYS_LIMIT, Measure, Run
from triage.probes.alarms import Alarm

AT_ONCE = 40
"""Measures that one step takes in, so that it fits one transaction; the next step takes the others."""


@dataclass(frozen=True, slots=True)
class Past:
    """What the runs saw, and how they are judged.

    Attributes:
        runs: oldest first, at least one.
        rules: how patient to be.
        alarms: of our own, that are on.
    """

    runs: Sequence[Run]
    rules: Rules
    alarms: Sequence[Alarm] = ()

    @property
    def now(self) -> datetime:
        """The time of the latest run."""
        return self.runs[-1].at


def opened(incident_id: str, cause: Cause, past: Past) -> Incident:
    """A new incident of a cause whose trouble stands."""
    known = [s for s in sightings(past.runs, cause) if family_of(s.cls) is cause.family]
    # Unknown trouble may be made of looks that each said something else.
    latest = known[-1] if known else sightings(past.runs, cause)[-1]
    cls = latest.cls if known else Class.UNKNOWN
    first_at, first_says = bad_since(past.runs, cause)
    severity = latest.severity or Severity.P4
    now = past.now
    timeline = [
        moment(incident_id, first_at, Step.FIRST_FINDING, first_says),
        moment(incident_id, now, Step.OPENED, f"opened as {severity.name}: {cls}"),
    ]
    if cls is not Class.UNKNOWN:
        timeline.append(moment(incident_id, now, Step.IDENTIFIED, latest.says))
    return Incident(
        id=incident_id,
        vendor=cause.vendor,
        cls=cls,
        severity=severity,
        stage=Stage.INVESTIGATING,
        says=latest.says,
        opened_at=now,
        updated_at=now,
        timeline=in_order(timeline),
    )


def advance(incident: Incident, past: Past, diagnoses: Iterable[Diagnosis] = ()) -> Incident:
    """The incident after the latest run.

    Args:
        incident: with its timeline.
        past: the runs.
        diagnoses: of the latest run, for what they measured; none when it did not count.
    """
    if not incident.is_open or past.now < incident.opened_at:
        return incident
    after = _corrected(incident, past)
    after = _measured(after, diagnoses)
    after = _graver(after, past)
    after = _with_measures(after, (m for run in past.runs for m in run.did))
    after = with_moments(after, *heard(after, past.alarms, past.now))
    return _closed(after, past.now) if unseen(after, past) else _staged(after, past)


def _corrected(incident: Incident, past: Past) -> Incident:
    cls = corrected(past.runs, incident.cls, incident.vendor, past.rules)
    if cls is incident.cls:
        return incident
    latest = [s for s in sightings(past.runs, cause_of(replace(incident, cls=cls))) if s.cls is cls][-1]
    after = replace(incident, cls=cls, says=latest.says)
    return with_moments(
        after, moment(after.id, past.now, Step.IDENTIFIED, latest.says, token=f"{iso(past.now)}{cls}")
    )


def _measured(incident: Incident, diagnoses: Iterable[Diagnosis]) -> Incident:
    found = next((d for d in diagnoses if d.vendor == incident.vendor and d.cls is incident.cls), None)
    if found is None:
        return incident
    return replace(
        incident,
        says=one_line(found.says, SAYS_LIMIT) or incident.says,
        impact=impact_of((*found.evidence, *found.around)) or incident.impact,
        do=found.do,
        eta=eta_of(found.evidence),
    )


def _graver(incident: Incident, past: Past) -> Incident:
    latest = [
        s.severity
        for s in sightings(past.runs[-1:], cause_of(incident))
        if s.cls is incident.cls and s.severity is not None
    ]
    if not latest or min(latest) >= incident.severity:
        return incident
    says = f"severity {incident.severity.name} → {min(latest).name}"
    after = replace(incident, severity=min(latest))
    if after.severity is Severity.P1 and after.silenced_until is not None:
        # Whoever silenced it had looked at something smaller.
        after, says = replace(after, silenced_until=None), f"{says}; not silenced any more"
    return with_moments(after, moment(after.id, past.now, Step.SEVERITY, says))


def _with_measures(incident: Incident, measures: Iterable[Measure]) -> Incident:
    cause = cause_of(incident)
    ours = [
        m
        for m in measures
        if m.vendor == cause.vendor and (m.cls is Class.UNKNOWN or Cause(m.vendor, family_of(m.cls)) == cause)
    ]
    # By its mark, which is made of its id: a measure that is reported again may carry another time.
    known = {m.key.rsplit("#", 1)[1] for m in incident.timeline}
    new: dict[str, Moment] = {}
    for measure in ours:
        step = Step.MITIGATION if measure.done else Step.NOTE
        made = moment(incident.id, measure.at, step, measure.says, measure.by, measure.id)
        new.setdefault(made.key.rsplit("#", 1)[1], made)
    return with_moments(incident, *[m for mark, m in new.items() if mark not in known][:AT_ONCE])


def _closed(incident: Incident, now: datetime) -> Incident:
    """Not resolved: nobody knows whether it is well again."""
    says = f"closed: {incident.vendor} is not configured any more, so nobody looks; whether it is well is not known"
    ended = replace(incident, stage=Stage.CLOSED, resolved_at=now, eta=None)
    return with_moments(ended, moment(incident.id, now, Step.CLOSED, says))


def _staged(incident: Incident, past: Past) -> Incident:
    cause, now = cause_of(incident), past.now
    done = any(m.step is Step.MITIGATION for m in incident.timeline)
    under_way = Stage.MITIGATING if done else Stage.INVESTIGATING
    if incident.stage is Stage.MONITORING:
        if trouble_stands(past.runs, cause, past.rules):
            return _to(incident, under_way, now, "trouble is back")
        restored = [m.at for m in incident.timeline if m.step is Step.RESTORED][-1]
        if now - restored >= past.rules.pace.lasts and health_stands(past.runs, cause, past.rules):
            says = f"resolved after {span((now - incident.opened_at).total_seconds())}"
            ended = replace(incident, stage=Stage.RESOLVED, resolved_at=now, eta=None)
            return with_moments(ended, moment(incident.id, now, Step.RESOLVED, says))
        return incident
    since = good_since(past.runs, cause)
    if since is not None and health_stands(past.runs, cause, past.rules):
        restored_by = moment(incident.id, since, Step.RESTORED, "no trouble is seen any more")
        return with_moments(_to(incident, Stage.MONITORING, now, "watching whether it lasts"), restored_by)
    if under_way is not incident.stage:
        return _to(incident, under_way, now, "something is being done")
    return incident


def unseen(incident: Incident, past: Past) -> bool:
    """Whether nobody looks at an incident's vendor any more.

    A vendor that is configured is in every run, because a look that fails is a finding too; so one that is in none of the
    remembered runs has lost its secret or its module. Not a day is waited for it, because there is nothing to wait for,
    and not less than these runs, because a secret that is written anew may be empty for a moment.
    """
    runs = past.runs[-past.rules.of :]
    return len(runs) >= past.rules.of and all(s.vendor != incident.vendor for run in runs for s in run.seen)


def _to(incident: Incident, stage: Stage, now: datetime, why: str) -> Incident:
    says = f"{incident.stage} → {stage}: {why}"
    return with_moments(replace(incident, stage=stage), moment(incident.id, now, Step.STAGE, says))
