"""Incidents with the journal of their time, as recorded from a whole Steward; see ``tests/integration/incident_stories.py``."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from steward.incidents.classes import Class, Severity
from steward.incidents.incident import Incident, Moment, Stage, Step
from triage.post_mortem.draft import draft
from triage.post_mortem.facts import Facts, collect

FOLDER = Path(__file__).parents[2] / "fixtures" / "incidents"
NAMES = ("outage", "token", "bug")


@dataclass(frozen=True, slots=True)
class Story:
    """One incident.

    Attributes:
        incident: as the desk has it when it is resolved.
        rows: the Journal table's rows of events, and of effects that ended later, whole.
        names: names and titles of that world, none of which may be in a draft.
    """

    incident: Incident
    rows: list[dict[str, Any]]
    names: list[str]

    @property
    def moments(self) -> list[dict[str, str]]:
        """The incident's own rows."""
        return [
            {
                "pk": m.key.split(" ")[0],
                "sk": m.key.split(" ")[1],
                "at": m.at.isoformat(),
                "step": str(m.step),
                "says": m.says,
                "by": m.by,
            }
            for m in self.incident.timeline
        ]

    def between(self, first: datetime, last: datetime) -> Iterable[Mapping[str, Any]]:
        """As ``Journal.between``."""
        return self._of("finished_at", first, last)

    def ended(self, first: datetime, last: datetime) -> Iterable[Mapping[str, Any]]:
        """As ``Closings.between``."""
        return self._of("changed_at", first, last)

    def _of(self, name: str, first: datetime, last: datetime) -> list[dict[str, Any]]:
        found = [r for r in self.rows if name in r and first <= datetime.fromisoformat(r[name]) <= last]
        return sorted(found, key=lambda row: str(row[name]))


def timeline(incident_id: str, *lines: tuple[datetime, Step, str, str]) -> tuple[Moment, ...]:
    """Moments from (at, step, says, by)."""
    return tuple(
        Moment(at, step, says, by, f"INCIDENT#{incident_id} MOMENT#{number:04d}")
        for number, (at, step, says, by) in enumerate(lines, 1)
    )


def load(name: str) -> Story:
    """A recorded story."""
    document = json.loads((FOLDER / f"{name}.json").read_text(), parse_float=Decimal)
    told = document["incident"]
    lines = [(datetime.fromisoformat(at), Step(step), says, by) for at, step, says, by in told["timeline"]]
    moments = timeline(told["id"], *lines)
    incident = Incident(
        id=told["id"],
        vendor=told["vendor"],
        cls=Class(told["cls"]),
        severity=Severity(told["severity"]),
        stage=Stage.RESOLVED,
        says=told["says"],
        opened_at=next(m.at for m in moments if m.step is Step.OPENED),
        updated_at=moments[-1].at,
        acknowledged_by=next((m.by for m in moments if m.step is Step.ACKNOWLEDGED), None),
        resolved_at=moments[-1].at,
        timeline=moments,
    )
    return Story(incident, document["rows"], document["names"])


def dump(name: str, story: Story) -> None:
    """Record a story."""
    incident = story.incident
    document = {
        "incident": {
            "id": incident.id,
            "vendor": incident.vendor,
            "cls": incident.cls,
            "severity": incident.severity,
            "says": incident.says,
            "timeline": [[m.at.isoformat(), m.step, m.says, m.by] for m in incident.timeline],
        },
        "names": story.names,
        "rows": sorted(story.rows, key=lambda row: (row.get("finished_at") or row["changed_at"], row["pk"])),
    }
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps(document, indent=1, ensure_ascii=False, default=int, sort_keys=True)
    (FOLDER / f"{name}.json").write_text(text + "\n")


def facts_of(story: Story) -> Facts:
    """What its rows say, read when it was resolved."""
    assert story.incident.resolved_at is not None
    return collect(story.incident, story.between, story.ended, story.incident.resolved_at)


def text_of(story: Story) -> str:
    """Its draft."""
    return draft(story.incident, facts_of(story), story.incident.vendor.title()).text


def at(text: str) -> datetime:
    """A time of 2026-11-20, e.g. ``12:03:00``."""
    return datetime.fromisoformat(f"2026-11-20T{text}").replace(tzinfo=UTC)
