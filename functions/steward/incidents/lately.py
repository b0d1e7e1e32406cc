"""Which incidents the status text tells of: those that are open, and those that were over lately."""

from datetime import datetime, timedelta

from steward.incidents.incident import Incident
from steward.incidents.store import Incidents

LATELY = timedelta(days=1)
"""How long what is over is still told."""

MOST = 20
"""Of the last incidents, those that are looked through for what is over lately."""


def lately(store: Incidents, now: datetime) -> list[Incident]:
    """Those to tell of, in any order."""
    told = {i.id: i for i in store.latest(MOST) if i.resolved_at and i.resolved_at >= now - LATELY}
    return list((told | {i.id: i for i in store.live() if i.is_open}).values())
