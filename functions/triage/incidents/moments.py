"""Moments of an incident's timeline: each with its own row's key, the same for the same moment. Pure."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from steward.documents import iso
from steward.incidents.incident import Incident, Moment, Step, in_order
from triage.probes.alarms import Alarm

STEWARD = "steward"
"""Who does what nobody else did."""

CLOUDWATCH = "cloudwatch"
"""Who lets an alarm go off."""

LOOK_BACK = timedelta(minutes=15)
"""An alarm that went off so long before anything was found is of the same trouble: it was heard before it was seen."""

_ALARMED = frozenset({"notion", "steward"})
"""Whose trouble our own alarms are about: nothing is worked with any other vendor."""


def moment(
    incident_id: str, at: datetime, step: Step, says: str, by: str = STEWARD, token: str = ""
) -> Moment:
    """A moment with its own row's key; the same moment has the same key.

    Args:
        incident_id: the incident's.
        at: when.
        step: what happened.
        says: one line.
        by: who did it.
        token: tells two moments apart that are otherwise alike.
    """
    mark = hashlib.sha256(f"{step}|{by}|{token or says}".encode("utf-8", "replace")).hexdigest()[:8]
    return Moment(at, step, says, by, f"INCIDENT#{incident_id} MOMENT#{iso(at)}#{mark}")


def with_moments(incident: Incident, *moments: Moment) -> Incident:
    """The incident with more moments; those that it has already are left out."""
    known = {m.key for m in incident.timeline}
    new = {m.key: m for m in moments if m.key not in known}
    return replace(incident, timeline=in_order([*incident.timeline, *new.values()])) if new else incident


def heard(incident: Incident, alarms: Iterable[Alarm], now: datetime) -> Iterator[Moment]:
    """The alarms that went off in an incident's time, or right before; the same moment however often one is given.

    Args:
        incident: open, with its timeline.
        alarms: that are on.
        now: the time of the run.
    """
    if incident.vendor not in _ALARMED:
        return
    seen = [m.at for m in incident.timeline if m.step is not Step.ALARM]
    begins = min(seen, default=incident.opened_at) - LOOK_BACK
    for alarm in alarms:
        if begins <= alarm.at <= now:
            yield moment(incident.id, alarm.at, Step.ALARM, alarm.name, CLOUDWATCH)
