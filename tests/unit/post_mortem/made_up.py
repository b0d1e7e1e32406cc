"""Rows, effects and an incident of which a test says only what it is about."""

from typing import Any

from steward.incidents.classes import Class, Severity
from steward.incidents.incident import Incident, Stage
from tests.unit.post_mortem.stories import at, timeline
from triage.post_mortem.facts import Facts, facts
from triage.post_mortem.rows import account

FIRST, LAST = at("12:00:00"), at("13:00:00")


def row(event_id: str = "e", finished: str = "12:10:00", **more: Any) -> dict[str, Any]:
    """A row of the journal, of an event that was received at twelve."""
    return {
        "pk": f"EVENT#{event_id}",
        "sk": "RECORD",
        "type": "page.properties_updated",
        "dialect": "official",
        "received_at": at("12:00:00").isoformat(),
        "finished_at": at(finished).isoformat(),
        "decision": "observed",
        "why": "1 to tell",
        "calls": 1,
        "effects": [],
        **more,
    }


def effect(**more: Any) -> dict[str, Any]:
    return {"id": "c1", "kind": "notion.comment", "status": "done", "person": "ann", "attempts": 1, **more}


def ended(event_id: str = "e", changed: str = "12:20:00", **more: Any) -> dict[str, Any]:
    """A row of an effect that ended later than its event."""
    told = effect(**{"done_at": at(changed).isoformat(), **more})
    return {
        "pk": f"EVENT#{event_id}",
        "sk": f"EFFECT#{told['id']}",
        "changed_at": at(changed).isoformat(),
        "effect": told,
    }


def of(*rows: dict[str, Any]) -> Facts:
    """What rows say, of events and of how effects ended."""
    later = sorted((row for row in rows if "changed_at" in row), key=lambda row: str(row["changed_at"]))
    events = [row for row in rows if "changed_at" not in row]
    return facts(account(events, 100, later, LAST), FIRST, LAST, LAST)


def incident(*lines: Any) -> Incident:
    """An outage of an hour with such moments."""
    return Incident(
        id="notion-20261120-1",
        vendor="notion",
        cls=Class.OUTAGE,
        severity=Severity.P2,
        stage=Stage.RESOLVED,
        says="down",
        opened_at=at("12:00:00"),
        updated_at=at("13:00:00"),
        resolved_at=at("13:00:00"),
        timeline=timeline("notion-20261120-1", *lines),
    )
