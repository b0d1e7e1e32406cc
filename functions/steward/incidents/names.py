"""How what an incident is about is written for people. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

TITLES = {"notion": "Notion", "hubspot": "HubSpot", "slack": "Slack", "postgres": "PostgreSQL"}
"""How the services that we work with write themselves; a vendor that is not here is capitalised."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the words need to know of the world.

    Attributes:
        titles: vendor → how people write it, e.g. ``hubspot`` → ``HubSpot``.
        dashboard_url: of the dashboard; "" for none.
    """

    titles: Mapping[str, str] = field(default_factory=dict)
    dashboard_url: str = ""

    def title(self, vendor: str) -> str:
        """How people write a vendor."""
        return self.titles.get(vendor, vendor.capitalize())
