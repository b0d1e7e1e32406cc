"""What the console reads: the two tables, as the parts that know their rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from steward.closings import Closings
from steward.health import OLDEST
from steward.incidents.names import Names
from steward.incidents.store import Incidents
from steward.journal import Journal
from steward.memory import Memory
from steward.post_mortems import PostMortems

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator sets.

    Attributes:
        environ: as the handler was given it: the budget's limit and lanes are read from it as the other functions do.
        journal_days: how long the journal keeps an event.
        names: how vendors are written.
        connections: names of the further Notion connections.
        oldest: how long the oldest event may wait until the alarm rings.
    """

    environ: Mapping[str, str]
    journal_days: int
    names: Names
    connections: tuple[str, ...] = ()
    oldest: timedelta = OLDEST


@dataclass(frozen=True, slots=True)
class Sources:
    """Where everything that is shown comes from; nothing here is written to."""

    now: Callable[[], datetime]
    memory: Memory
    journal: Journal
    closings: Closings
    incidents: Incidents
    post_mortems: PostMortems
    state_table: "Table"
    journal_table: "Table"
    settings: Settings


def sources(settings: Settings, state: "Table", journal: "Table", now: Callable[[], datetime]) -> Sources:
    """All of them, from the two tables."""
    days = settings.journal_days
    return Sources(
        now=now,
        memory=Memory(state, now),
        journal=Journal(journal, days, now),
        closings=Closings(journal, days, now),
        incidents=Incidents(journal, days, now),
        post_mortems=PostMortems(journal, now),
        state_table=state,
        journal_table=journal,
        settings=settings,
    )
