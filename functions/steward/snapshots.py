"""What Steward last knew of a page: the memory that a change is measured against.

A snapshot holds only the properties that the rules name, because what is not needed should not be kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from steward.pages import Person
from steward.values import Value

_NEVER = datetime.min.replace(tzinfo=UTC)


class Departure(StrEnum):
    """How a page went."""

    TRASHED = "trashed"
    MISSING = "missing"  # deleted for good, or not shared with the connection any more
    ELSEWHERE = "elsewhere"  # moved to where no rule watches it


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The remembered state of one page.

    Attributes:
        page_id: the page.
        version: counts commits of this page from 1; the optimistic lock, and part of every effect's id.
        observed_at: when Notion described it so, by Notion's own clock; None when no clock could be trusted, which
            covers no event and so costs a call, never a change.
        gone: trashed, deleted, or no longer shared with the connection.
        source_id: the id of the data source in the rules file that the page belongs to.
        title: the page's title.
        url: the page's address in Notion.
        assignees: who the task belongs to; None when the property could not be read, so nothing is known.
        baseline_at: when the page was first seen without a reason to tell anybody, or None.
        values: role in the rules file → value of the property that has it, see ``steward.values``; without those that
            could not be read.
        locked: whether the page is locked; None when Notion did not say.
        edited_at: the page's own ``last_edited_time`` as it was observed: a minute, rounded down; None when unknown.
        created_at: when the page was created, a minute; None when unknown.
        listed: observed as a row of a query, not by reading the page: a query can lag behind.
        unannounced: a query in a burst showed a change of which no event has told so far; if none does, it was lost.
        untold: ids of the people who were assigned at that first sight and have not been told: a late event may still
            say that their assignment was news.
        creation_untold: the page was first seen without an event that says how it came, that it was created or moved
            there; a late one may still.
        departure: how the page went, when it is gone; None while it is there, and where nobody wrote it down.
        parents: the ids of the data source and the database that it is a row of.
        status_at: when the status became what it is, by the webhook that told of it; for a status that Steward wrote to
            keep two pages in step, when the other one's did. None when that is not known.
    """

    page_id: str
    version: int
    observed_at: datetime | None
    gone: bool
    source_id: str
    title: str
    url: str
    assignees: tuple[Person, ...] | None
    values: Mapping[str, Value] = field(default_factory=dict)
    locked: bool | None = None
    edited_at: datetime | None = None
    created_at: datetime | None = None
    listed: bool = False
    unannounced: bool = False
    baseline_at: datetime | None = None
    untold: frozenset[str] = frozenset()
    creation_untold: bool = False
    departure: Departure | None = None
    parents: tuple[str, ...] = ()
    status_at: datetime | None = None

    def covers(self, at: datetime | None, margin: timedelta) -> bool:
        """Whether this is fresher than a change at a moment of Notion's clock.

        A row of a query counts only if the row itself is not older than the minute of the change, because the index
        that a query reads may not have seen the change yet.
        """
        if self.observed_at is None or at is None or self.observed_at < at + margin:
            return False
        return not self.listed or (self.edited_at is not None and self.edited_at >= minute_of(at))

    def changed_after(self, other: "Snapshot") -> bool:
        """Whether its status is newer than another page's. One of two pages always is, so that both sides agree."""
        mine, theirs = self.status_at or _NEVER, other.status_at or _NEVER
        return (mine, self.page_id) > (theirs, other.page_id)

    def tombstone(self, observed_at: datetime | None, departure: Departure | None = None) -> "Snapshot":
        """The next version, for a page that is gone."""
        return replace(
            self,
            version=self.version + 1,
            observed_at=observed_at,
            gone=True,
            unannounced=False,
            untold=frozenset(),
            creation_untold=False,
            departure=departure,
        )

    def announced(self) -> "Snapshot":
        """The next version, when an event has told of the change."""
        return replace(self, version=self.version + 1, unannounced=False)


def minute_of(at: datetime) -> datetime:
    """The minute that Notion shows for a time."""
    return at.replace(second=0, microsecond=0)
