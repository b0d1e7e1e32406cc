"""What somebody wants to see of the events: read from a query string, never refused. Pure.

A query string is typed, bookmarked and guessed at; what can't be understood is as if it was not there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlencode

from steward.unicode import one_line

LONGEST = 200
"""Characters of a search that are taken: titles have 500, and a link to a page fits."""

_CURSOR = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]{8,15}\+00:00#.{0,128}", re.DOTALL)


class Outcome(StrEnum):
    """What came of an event, as far as people are concerned."""

    DONE = "done"  # everything that it asked for is done
    WAITING = "waiting"  # something of it is still owed
    FAILED = "failed"  # something was refused for good, or nobody can tell whether it happened
    PARKED = "parked"  # it lies among the dead letters
    QUIET = "quiet"  # it asked for nothing


@dataclass(frozen=True, slots=True)
class Wish:
    """Which events.

    Attributes:
        outcome: only those with it; None for all.
        page: part of a title, a page's id or a part of it, or a link to it; "" for all.
        before: only those that stand behind this place in the list, as ``at`` of a journal row has it; None from the newest.
    """

    outcome: Outcome | None = None
    page: str = ""
    before: str | None = None

    @staticmethod
    def of(query: Mapping[str, str]) -> "Wish":
        """The wish of a query string: ``outcome``, ``page``, ``before``."""
        outcome, before = query.get("outcome", ""), query.get("before", "")
        return Wish(
            outcome=Outcome(outcome) if outcome in {str(o) for o in Outcome} else None,
            page=one_line(query.get("page", "")[:LONGEST]),
            before=before if _is_cursor(before) else None,
        )

    @property
    def is_narrow(self) -> bool:
        """Whether some events are left out for what they are, not for when they were."""
        return self.outcome is not None or self.page != ""

    def query(self, before: str | None = None) -> str:
        """The query string of this wish from another place in the list on, ``""`` for none; not escaped for HTML."""
        given = {"outcome": self.outcome or "", "page": self.page, "before": before or ""}
        kept = {name: str(value) for name, value in given.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


def time_of(cursor: str) -> datetime:
    """When the row was finished that a place in the list names."""
    return datetime.fromisoformat(cursor.partition("#")[0])


def _is_cursor(text: str) -> bool:
    if not _CURSOR.fullmatch(text):
        return False
    try:
        time_of(text)
    except ValueError:
        return False
    return True
