"""Why a page is looked at, and what looking gave."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from processor.relevance import News
from steward.pages import Page
from steward.rules import DataSource


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a page is looked at.

    Attributes:
        event_id: what led here; effects carry it.
        news: what is claimed about a page of this source.
        quiet_until: messages wait until then to be gathered; None sends them at once.
        announced: False for a row of a burst's query, whose own event is still to come.
        written: what a write of ours just gave the page; None when something else leads here.
        notes: filled with what the automations leave undone, or decided.
    """

    event_id: str
    news: Callable[[Page | None, DataSource], News]
    quiet_until: datetime | None = None
    announced: bool = True
    written: Mapping[str, Any] | None = None
    notes: list[str] = field(default_factory=list)


class Seen(StrEnum):
    """What looking at a page gave."""

    PRESENT = "present"
    TRASHED = "trashed"
    MISSING = "missing"  # deleted for good, or not shared with the connection
    ELSEWHERE = "elsewhere"  # in no data source of the rules file


@dataclass(frozen=True, slots=True)
class Observation:
    """What reading a page gave, and how many effects it planned."""

    seen: Seen
    planned: int = 0
