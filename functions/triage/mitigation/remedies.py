"""Which remedies an incident calls for. Pure.

Nothing here rotates, restarts or redeploys: a token is promoted only when it was put there by an operator and has proved
itself, and nothing is tried with tokens while the vendor is out, because then nothing proves anything.
"""

from collections.abc import Iterable
from enum import StrEnum

from steward.incidents.classes import Class, Severity
from steward.incidents.incident import Incident, Stage
from steward.pauses import Cause

WORKED_ON = "notion"
"""The vendor that our queue, journal and code are about, and whose trouble the lane rests for.

Of the others' trouble nothing waits but their own effects."""


class Remedy(StrEnum):
    """What is done, in the order in which it is done."""

    PROMOTE_TOKEN = "promote the pending token"  # noqa: S105 - a remedy
    PAUSE = "pause the lane"
    FALL_BACK = "answer from memory"


_REMEDIES: dict[Class, tuple[Remedy, ...]] = {
    Class.OUTAGE: (Remedy.PAUSE, Remedy.FALL_BACK),
    Class.DEGRADED: (Remedy.FALL_BACK,),
    Class.TOKEN: (Remedy.PROMOTE_TOKEN, Remedy.PAUSE, Remedy.FALL_BACK),
    Class.BLOCKED: (Remedy.PAUSE, Remedy.FALL_BACK),
    Class.NETWORK: (Remedy.FALL_BACK,),
}
"""The other classes are healed by people, or by waiting as every call does."""

CAUSES: dict[Class, Cause] = {
    Class.OUTAGE: Cause.VENDOR,
    Class.TOKEN: Cause.TOKEN,
    Class.BLOCKED: Cause.BLOCKED,
}
"""Why the lane is paused."""

_OUT = (Class.OUTAGE, Class.DEGRADED)


def remedies_for(incidents: Iterable[Incident]) -> list[tuple[Remedy, Incident]]:
    """What the open incidents call for, each remedy once, with the incident that calls for it first.

    Args:
        incidents: all that are open, the worst first.
    """
    ours = [
        i
        for i in incidents
        if i.vendor == WORKED_ON
        and i.stage in (Stage.INVESTIGATING, Stage.MITIGATING)
        # What is only announced, on a status page, does not reach us: live answers are better than remembered ones.
        and i.severity < Severity.P4
    ]
    vendor_is_out = any(i.cls in _OUT for i in ours)
    wanted: dict[Remedy, Incident] = {}
    for incident in ours:
        for remedy in _REMEDIES.get(incident.cls, ()):
            if remedy is Remedy.PROMOTE_TOKEN and vendor_is_out:
                continue
            wanted.setdefault(remedy, incident)
    return [(remedy, wanted[remedy]) for remedy in Remedy if remedy in wanted]
