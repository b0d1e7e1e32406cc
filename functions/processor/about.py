"""What an event is about, beside its page: the data source, the connection, and the reason to look at the page."""

from collections.abc import Callable
from datetime import datetime, timedelta

from processor.burst import DEEP
from processor.known import Known
from processor.observation import Reason
from processor.ourselves import Ourselves
from processor.relevance import news_of
from steward.events import Event
from steward.rules import DataSource, Rules
from steward.snapshots import Snapshot

LATE = timedelta(minutes=10)
"""An event so old is not news by the minute any more: its messages are gathered into a digest."""


class About:
    """Answers for any event; a snapshot of its page helps where there is one."""

    def __init__(
        self,
        rules: Rules,
        known: Known,
        ourselves: Ourselves,
        now: Callable[[], datetime],
        gather: timedelta,
    ) -> None:
        """Make it; ``gather``: how long messages wait for others of a digest."""
        self._rules = rules
        self._known = known
        self._ourselves = ourselves
        self._now = now
        self._gather = gather

    def source(self, event: Event, snapshot: Snapshot | None) -> DataSource | None:
        """The data source of an event's page, as far as the event or the snapshot says."""
        return self._rules.source_of(event.data_source_id, snapshot.source_id if snapshot else None)

    def connection(self, event: Event, snapshot: Snapshot | None) -> str:
        """The connection of an event's page; only the older payloads do not say in which data source it is."""
        source = self.source(event, snapshot) or self._rules.source_of(event.parent_id)
        if source is not None:
            return source.connection
        return self._ourselves.connection_in(event.workspace_id)

    def reason(self, event: Event, waiting: int) -> Reason:
        """Why an event's page is looked at, while so many messages wait behind it."""
        late = event.occurred_at is not None and self._now() - event.occurred_at > LATE
        return Reason(
            event.id,
            lambda _page, source: news_of(
                event, self._known.properties_of(source).get("assignee"), source.properties.assignee
            ),
            self._now() + self._gather if late or waiting >= DEEP else None,
        )
