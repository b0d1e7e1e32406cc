"""The automation that keeps a status in step between two data sources (A6)."""

from typing import Literal

from pydantic import Field

from steward.rules.notices import Automation
from steward.rules.values import Name, Slug


class SyncRule(Automation):
    """Keep the status of linked pages in step, in both directions; the newest change wins (A6).

    Attributes:
        kind: which automation it is.
        data_source: the name of the other side, which is a data source of this file with its own connection.
        link: the role whose value holds the other page's id or URL.
        options: status here → status there; empty when both sides use the same names. A status that is not in the map
            stays on its side.
    """

    kind: Literal["sync"]
    data_source: Name
    link: Slug
    options: dict[Name, Name] = Field(default_factory=dict)
