"""Is it Notion, or is it this page? Asked before the whole lane is made to rest.

A page that Notion answers with a 5xx for ever would otherwise pause the lane, be let go on by the next probe, and pause
it again.
"""

from collections.abc import Sequence

from steward.clients.notion import NotionClient
from steward.errors import CallFailed
from steward.identifiers import normalise_id


class Vitals:
    """Asks about something else."""

    def __init__(self, notion: NotionClient, sources: Sequence[str]) -> None:
        """Make it.

        Args:
            notion: the client.
            sources: ids of the data sources in the rules file.
        """
        self._notion = notion
        self._sources = sources

    def answers_without(self, page_id: str | None) -> bool:
        """Whether Notion reads another page well. Costs up to two calls for each data source; False when none is found."""
        try:
            for source_id in self._sources:
                rows = self._notion.query(source_id, page_size=2).body["results"]
                others = [str(row["id"]) for row in rows if normalise_id(str(row.get("id", ""))) != page_id]
                if others:
                    self._notion.page(others[0])
                    return True
        except CallFailed:
            return False
        return False
