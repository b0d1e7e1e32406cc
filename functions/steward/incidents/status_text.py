"""The status text for people outside the team: impact, workaround, when to look again; Markdown and JSON. Pure.

It says nothing that a stranger must not read: its sentences come from the class, its numbers from what was counted, and
neither a diagnosis's words nor a note nor a name goes in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from steward.incidents.classes import Class, Severity
from steward.incidents.incident import Incident, Stage
from steward.incidents.names import Names
from steward.incidents.told import REMIND


@dataclass(frozen=True, slots=True)
class Outside:
    """What a class means for people who use what Steward keeps in step.

    Attributes:
        impact: one sentence; ``{vendor}`` is the vendor's title.
        workaround: one sentence.
    """

    impact: str
    workaround: str


_LATER = "Work on in {vendor}; everything is made up for by itself."
_LATE = "Comments, messages and copies of changes in {vendor} arrive late. No change is lost."

OUTSIDE: dict[Class, Outside] = {
    Class.OUTAGE: Outside(
        "{vendor} does not answer. Comments, messages and copies arrive late. No change is lost.",
        "What can't wait: tell one another directly. Everything else is made up for by itself.",
    ),
    Class.DEGRADED: Outside("{vendor} is slow or fails at times. Comments and messages arrive late.", _LATER),
    Class.TOKEN: Outside(_LATE, "Tell one another of assignments directly until our access is renewed."),
    Class.CAPABILITY: Outside(
        "Some automations in {vendor} are not done, because a permission is missing.",
        "Do these steps by hand until the permission is back.",
    ),
    Class.LIMITED: Outside(_LATE, _LATER),
    Class.WORKSPACE_LIMITED: Outside(_LATE, "Put off bulk edits and imports in {vendor}."),
    Class.QUOTA: Outside(_LATE, "Work on in {vendor}; it goes on when the day's quota is renewed."),
    Class.BLOCKED: Outside(_LATE, "Tell one another of assignments directly until {vendor} lifts the block."),
    Class.NETWORK: Outside(_LATE, _LATER),
    Class.UNSHARED: Outside(
        "Changes in a part of {vendor} are not seen.",
        "If you moved or trashed a page or database lately, share it with Steward again.",
    ),
    Class.SCHEMA: Outside(
        "Some automations are not done, because properties in {vendor} have changed.",
        "Do these steps by hand, or rename the properties back.",
    ),
    Class.SUBSCRIPTION: Outside(
        "Changes in {vendor} are noticed some minutes late. No change is lost.", _LATER
    ),
    Class.BUG: Outside(
        "Some comments and messages arrive late. No change is lost.",
        "Tell one another of urgent assignments directly.",
    ),
    Class.UNKNOWN: Outside(
        "Comments and messages about {vendor} may arrive late. We are finding out why.", _LATER
    ),
}
"""Every class but healthy."""

_STAGES = {
    Stage.INVESTIGATING: "We are finding out what is wrong.",
    Stage.MITIGATING: "The cause is being dealt with.",
    Stage.MONITORING: "It works again; we watch whether it lasts.",
    Stage.RESOLVED: "It is over.",
    Stage.CLOSED: "We do not use it any more, so nobody looks whether it is over.",
}


def document(incidents: Iterable[Incident], names: Names, now: datetime) -> dict[str, Any]:
    """The status as JSON.

    Args:
        incidents: open ones, and those that were resolved lately.
        names: how vendors are written.
        now: when it is asked for.

    Returns:
        ``status`` (operational, degraded, outage), ``at``, and ``incidents``: ``id``, ``title``, ``severity``, ``stage``,
        ``says``, ``impact``, ``numbers``, ``workaround``, ``opened_at``, ``updated_at``, ``next_update_at`` (null when it is
        over), ``expected_at`` (null when nobody knows), ``resolved_at`` (null while it goes on). Times are ISO-8601, UTC.
    """
    shown = sorted(incidents, key=lambda i: (not i.is_open, i.severity, i.opened_at))
    return {
        "status": _status(shown),
        "at": _iso(now),
        "incidents": [_shown(incident, names, now) for incident in shown],
    }


def markdown(incidents: Iterable[Incident], names: Names, now: datetime) -> str:
    """The status as Markdown; arguments as of ``document``."""
    told = document(incidents, names, now)
    head = {
        "operational": "Everything works.",
        "degraded": "Some things are late or are not done.",
        "outage": "There is an outage.",
    }[told["status"]]
    lines = ["# Status", "", head, "", f"As of {told['at']}."]
    for row in told["incidents"]:
        lines += ["", f"## {row['title']} ({row['severity']}, {row['stage']})", "", row["says"], ""]
        lasts = row["stage"] in (Stage.INVESTIGATING, Stage.MITIGATING)
        lines.append(f"- **{'Impact' if lasts else 'Impact while it lasted'}:** {row['impact']}")
        lines += [f"  - {fact}" for fact in row["numbers"]]
        if lasts:
            lines.append(f"- **Workaround:** {row['workaround']}")
        lines.append(f"- **Since:** {row['opened_at']}")
        if row["expected_at"]:
            lines.append(f"- **Expected to be over:** {row['expected_at']}")
        last = (
            (str(row["stage"]).capitalize(), row["resolved_at"])
            if row["resolved_at"]
            else ("Next update", row["next_update_at"])
        )
        lines.append(f"- **{last[0]}:** {last[1]}")
        lines.append(f"- **Reference:** {row['id']}")
    return "\n".join(lines) + "\n"


def _shown(incident: Incident, names: Names, now: datetime) -> dict[str, Any]:
    outside, vendor = OUTSIDE[incident.cls], names.title(incident.vendor)
    # A promise that has passed is none: who asks late is told when to ask again from now on.
    promised = max(incident.updated_at + REMIND, now)
    return {
        "id": incident.id,
        "title": f"{vendor}: {incident.cls}",
        "severity": incident.severity.name,
        "stage": str(incident.stage),
        "says": _STAGES[incident.stage],
        "impact": outside.impact.format(vendor=vendor),
        "numbers": list(incident.impact),
        "workaround": outside.workaround.format(vendor=vendor),
        "opened_at": _iso(incident.opened_at),
        "updated_at": _iso(incident.updated_at),
        "next_update_at": _iso(promised) if incident.is_open else None,
        "expected_at": _iso(incident.eta) if incident.eta and incident.is_open else None,
        "resolved_at": _iso(incident.resolved_at) if incident.resolved_at else None,
    }


def _status(incidents: Iterable[Incident]) -> str:
    going_on = [i for i in incidents if i.is_open and i.stage is not Stage.MONITORING]
    if any(i.severity is Severity.P1 for i in going_on):
        return "outage"
    return "degraded" if going_on else "operational"


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
