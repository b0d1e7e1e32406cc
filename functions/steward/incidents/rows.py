"""Incidents, their moments and what was told of them as rows of the Journal table, and back. Pure; ``store`` does the talking.

::

    INCIDENT#<id>  RECORD                     the incident, over the version before
    INCIDENT#<id>  MOMENT#<time>#<mark>       one line of its timeline
    INCIDENT#<id>  TELLING                    what people were told
    INCIDENTS      AT#<opened at>#<id>        lists them, the newest last
    INCIDENTS      LIVE#<id>                  those that are open, or of which something is still to be told
    INCIDENTS      OPEN#<vendor>#<family>     one per cause; names the incident
    INCIDENTS      UNWRITTEN#<id>             those that are over and have no post-mortem yet

The lists are a partition of their own: the index ``by-day`` lists events, and whoever reads it expects nothing else.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from steward.documents import Item, iso, moment
from steward.incidents.causes import Cause
from steward.incidents.classes import Advice, Class, Severity
from steward.incidents.incident import Incident, Moment, Stage, Step, in_order
from steward.incidents.told import Pending, Telling

LISTS = "INCIDENTS"
AT, LIVE, OPEN, UNWRITTEN, MOMENT = "AT#", "LIVE#", "OPEN#", "UNWRITTEN#", "MOMENT#"


def incident_key(incident_id: str) -> Item:
    """The key of an incident's row."""
    return {"pk": f"INCIDENT#{incident_id}", "sk": "RECORD"}


def telling_key(incident_id: str) -> Item:
    """The key of what was told."""
    return {"pk": f"INCIDENT#{incident_id}", "sk": "TELLING"}


def list_key(incident: Incident) -> Item:
    """The key of the entry that lists it for good."""
    return {"pk": LISTS, "sk": f"{AT}{iso(incident.opened_at)}#{incident.id}"}


def live_key(incident_id: str) -> Item:
    """The key of the entry that lists it while there is something to do about it."""
    return {"pk": LISTS, "sk": f"{LIVE}{incident_id}"}


def unwritten_key(incident_id: str) -> Item:
    """The key of the entry that lists it until its post-mortem is written."""
    return {"pk": LISTS, "sk": f"{UNWRITTEN}{incident_id}"}


def cause_key(cause: Cause) -> Item:
    """The key of the entry that keeps a second incident of the cause away."""
    return {"pk": LISTS, "sk": f"{OPEN}{cause.vendor}#{cause.family}"}


def incident_item(incident: Incident) -> Item:
    """An incident as an item, without its timeline and without what is None."""
    item: Item = {
        **incident_key(incident.id),
        "id": incident.id,
        "vendor": incident.vendor,
        "class": str(incident.cls),
        "severity": int(incident.severity),
        "stage": str(incident.stage),
        "says": incident.says,
        "opened_at": iso(incident.opened_at),
        "updated_at": iso(incident.updated_at),
        "acknowledged_by": incident.acknowledged_by,
        "silenced_until": iso(incident.silenced_until),
        "resolved_at": iso(incident.resolved_at),
        "posted": incident.posted,
        "impact": list(incident.impact),
        "do": [str(advice) for advice in incident.do],
        "eta": iso(incident.eta),
        "version": incident.version,
    }
    return {key: value for key, value in item.items() if value is not None}


def incident_of(item: Mapping[str, Any], moments: Iterable[Mapping[str, Any]] = ()) -> Incident:
    """The incident that an item holds, with the moments of their items."""
    return Incident(
        id=item["id"],
        vendor=item["vendor"],
        cls=Class(item["class"]),
        severity=Severity(int(item["severity"])),
        stage=Stage(item["stage"]),
        says=item["says"],
        opened_at=datetime.fromisoformat(item["opened_at"]),
        updated_at=datetime.fromisoformat(item["updated_at"]),
        acknowledged_by=item.get("acknowledged_by"),
        silenced_until=moment(item.get("silenced_until")),
        resolved_at=moment(item.get("resolved_at")),
        posted=item.get("posted"),
        timeline=in_order(moment_of(row) for row in moments),
        version=int(item["version"]),
        impact=tuple(item.get("impact", ())),
        do=tuple(Advice(advice) for advice in item.get("do", ())),
        eta=moment(item.get("eta")),
    )


def moment_item(told: Moment) -> Item:
    """A moment as an item; its key is its row's."""
    pk, sk = told.key.split(" ", 1)
    return {"pk": pk, "sk": sk, "at": iso(told.at), "step": str(told.step), "says": told.says, "by": told.by}


def moment_of(item: Mapping[str, Any]) -> Moment:
    """The moment that an item holds."""
    at = datetime.fromisoformat(item["at"])
    return Moment(at, Step(item["step"]), item["says"], item["by"], f"{item['pk']} {item['sk']}")


def telling_item(incident_id: str, telling: Telling) -> Item:
    """What was told, as an item, without what is None."""
    pending = telling.pending
    item: Item = {
        **telling_key(incident_id),
        "told": sorted(telling.told),
        "shown": telling.shown,
        "number": telling.number,
        "attempts": telling.attempts,
        "retry_at": iso(telling.retry_at),
        "channel": telling.channel,
        "paged": telling.paged,
        "paging": telling.paging,
        "version": telling.version,
    }
    if pending is not None:
        item["pending"] = {
            "id": pending.id,
            "channel": pending.channel,
            "started_at": iso(pending.started_at),
            "tells": sorted(pending.tells),
            "shows": pending.shows,
        }
    return {key: value for key, value in item.items() if value is not None}


def telling_of(item: Mapping[str, Any] | None) -> Telling:
    """What an item says was told; nothing when there is none."""
    if item is None:
        return Telling()
    row = item.get("pending")
    pending = row and Pending(
        row["id"],
        row["channel"],
        datetime.fromisoformat(row["started_at"]),
        frozenset(row["tells"]),
        row["shows"],
    )
    return Telling(
        told=frozenset(item["told"]),
        shown=item["shown"],
        number=int(item["number"]),
        pending=pending or None,
        attempts=int(item["attempts"]),
        retry_at=moment(item.get("retry_at")),
        channel=item["channel"],
        paged=item["paged"],
        paging=item["paging"],
        version=int(item["version"]),
    )
