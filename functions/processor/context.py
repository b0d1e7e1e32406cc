"""What a plan needs to know besides the page. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from processor.automations.change import Peer
from processor.relevance import News
from steward.rules import DataSource, Rules


@dataclass(frozen=True, slots=True)
class Context:
    """What a plan needs to know besides the page.

    Attributes:
        rules: the whole file.
        source: the page's data source.
        properties: role → id of the property that has it, or its name until the id is known.
        types: role → type of that property, as far as known.
        news: what is claimed about the page.
        event_id: what led here.
        margin: see ``Snapshot.covers``.
        now: our clock.
        quiet_until: messages wait until then to be gathered into a digest; None sends them at once.
        listed: the page is a row of a query.
        announced: an event tells of this page, or the sweep counts the change itself.
        absent: roles that the automations use and that the page can't be read by.
        turns: rule → how many turns it has taken.
        peers: the other sides that the page's status is kept in step with.
        written: property → value that a write of ours just gave the page; None when it is no write that is observed.
    """

    rules: Rules
    source: DataSource
    properties: Mapping[str, str]
    types: Mapping[str, str]
    news: News
    event_id: str
    margin: timedelta
    now: datetime
    quiet_until: datetime | None = None
    listed: bool = False
    announced: bool = True
    absent: frozenset[str] = frozenset()
    turns: Mapping[str, int] = field(default_factory=dict)
    written: Mapping[str, Any] | None = None
    peers: tuple[Peer, ...] = ()

    @property
    def own(self) -> frozenset[str]:
        """The roles of the properties that were just written by us."""
        return frozenset(role for role, prop in self.properties.items() if prop in (self.written or {}))
