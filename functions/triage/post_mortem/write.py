"""Writes the post-mortem of a resolved incident, once.

It only reads until its last step, which is one conditional write: after a crash at any point the same call does what is
left to do, and where another run was faster, that one's draft stays.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from steward.closings import Closings
from steward.incidents.incident import Incident, printed_by
from steward.journal import Journal
from steward.post_mortems import PostMortem, PostMortems
from triage.post_mortem.draft import draft
from triage.post_mortem.facts import MOST_ROWS, collect


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a post-mortem is.

    Attributes:
        incident_id: of which incident.
        resolved_at: of which of its resolutions.
        command: prints it; stands where a link would. See docs/adr/0012.
        written: whether this run wrote it; False when it was there.
    """

    incident_id: str
    resolved_at: datetime
    command: str
    written: bool


def write_post_mortem(
    incident: Incident,
    *,
    title: str,
    journal: Journal,
    closings: Closings,
    store: PostMortems,
    now: Callable[[], datetime],
    most_rows: int = MOST_ROWS,
) -> Reference:
    """Make sure that the post-mortem of an incident's last resolution is written.

    Args:
        incident: the incident, resolved, with its whole timeline.
        title: the vendor's name for people.
        journal: what happened in its time.
        closings: how effects ended after their events.
        store: where it is kept.
        now: our clock.
        most_rows: events that are read, see ``facts.MOST_ROWS``.

    Raises:
        ValueError: the incident is not resolved.
        ClientError: DynamoDB's; nothing was written.
    """
    if incident.resolved_at is None:
        raise ValueError(f"the incident {incident.id} is not resolved")
    command = printed_by(incident.id)
    if store.has(incident.id, incident.resolved_at):
        return Reference(incident.id, incident.resolved_at, command, written=False)
    facts = collect(incident, journal.between, closings.between, now(), most_rows)
    made = draft(incident, facts, title)
    kept = PostMortem(
        incident.id, incident.resolved_at, facts.until, facts.first, facts.last, made.queries, made.text
    )
    return Reference(incident.id, incident.resolved_at, command, store.keep(kept))
