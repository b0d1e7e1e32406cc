"""What can be asked of the journal's rows of a time, each question with its words. Pure.

Every number of a post-mortem is the answer to one of these, so that whoever doubts it can ask again.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from steward.effects import Kind, Status
from steward.journal import Decision
from triage.post_mortem.rows import Account, Cited, Operation, Row

DELAYED = 60
"""Seconds from received to finished after which an event counts as delayed. Without trouble it takes a few; a message that
is given back because the lane rests is hidden for a minute, so that whatever an incident held is above it."""

LATE = 300
"""Seconds after which a notice counts as late: without trouble a digest takes up to two minutes."""

LATE_REMINDER = 1800
"""The same for a reminder: a run waits for its quarter of an hour, and goes through many pages."""

NOTICES = (Kind.COMMENT, Kind.MESSAGE, Kind.DIRECT, Kind.EMAIL)
"""Operations that tell people something."""


class Selection(StrEnum):
    """A question; some take a detail: a kind of operation, an id, a cause."""

    EVENTS = "events"
    DELAYED = "delayed-events"
    MISSED = "missed-webhooks"
    PARKED = "parked-events"
    LATE = "late-notices"
    FAILED = "failed"
    RETRIED = "retried"
    SKIPPED = "skipped"
    OPEN = "open"
    REQUEST = "request"
    CAUSE = "cause"


@dataclass(frozen=True, slots=True)
class Query:
    """One question with its detail, ``""`` for any or none."""

    selection: Selection
    detail: str = ""

    def __str__(self) -> str:
        """As it is given to the command: ``failed:notion.comment``."""
        return f"{self.selection}:{self.detail}" if self.detail else str(self.selection)

    @classmethod
    def parse(cls, text: str) -> "Query":
        """What ``str`` made.

        Raises:
            ValueError: there is no such question.
        """
        selection, _, detail = text.partition(":")
        return cls(Selection(selection), detail)


WORDS: Mapping[Selection, str] = {
    Selection.EVENTS: "events that were finished",
    Selection.DELAYED: f"events with finished_at more than {DELAYED} s after received_at",
    Selection.MISSED: "changes that the sweep found and no webhook had brought: dialect and type are sweep",
    Selection.PARKED: "events whose decision is parked",
    Selection.LATE: f"effects that tell people, closed as done or still open, more than {LATE} s "
    f"({LATE_REMINDER} s for a reminder) after their row's received_at (else occurred_at), or planned_at if that is earlier",
    Selection.FAILED: "effects whose status is failed",
    Selection.RETRIED: "effects whose attempts are more than 1",
    Selection.SKIPPED: "effects whose status is skipped: nobody can tell whether they happened",
    Selection.OPEN: "effects that are planned, started, or in a digest that has not ended",
    Selection.REQUEST: "events and effects whose why or reason names this id",
    Selection.CAUSE: "parked events and unfinished effects with this cause",
}
"""What each finds; an effect that several rows have is taken from the newest of them, its event's or its own. What tells operations apart by kind
takes the kind as its detail."""

_REQUEST = re.compile(
    r"\b(?:request|correlation)(?:[ _-]?id)?[ :=]{1,2}([A-Za-z0-9][A-Za-z0-9._-]{6,126}[A-Za-z0-9])",
    re.IGNORECASE,
)
_CALL = re.compile(r"(?:given up: )?([a-z]+\.[a-z_]+: [a-z_]+)\b")


def items(query: Query, seen: Account) -> tuple[Cited, ...]:
    """Where the answer to a question is, in the order of the rows."""
    test, detail = query.selection, query.detail
    found = [row.cited for row in seen.rows if test in _ROWS and _ROWS[test](row, detail)]
    found += [o.cited for o in seen.operations if test in _OPERATIONS and _OPERATIONS[test](o, detail)]
    return tuple(found)


def requests_in(text: str) -> Iterator[str]:
    """Correlation and request ids that a reason names: ``request 5f3…``, ``correlationId: …``."""
    return (found for found in _REQUEST.findall(text) if any(c.isdigit() for c in found))


def cause_of_row(row: Row) -> str:
    """What a parked event failed with, in one or a few words; "" for any other."""
    return (row.exception or _call(row.why)) if row.decision == Decision.PARKED else ""


def cause_of_operation(operation: Operation) -> str:
    """What an effect failed with or waited for: ``notion.create_comment: unavailable``; "" when it is done."""
    return "" if operation.status == Status.DONE else _call(operation.reason)


def is_late(operation: Operation) -> bool:
    """Whether people were told late, or were not yet told when it was late already."""
    if operation.kind not in NOTICES or operation.delay is None:
        return False
    return (operation.status == Status.DONE or operation.is_open) and operation.delay > (
        LATE_REMINDER if operation.reminder else LATE
    )


def _call(reason: str) -> str:
    found = _CALL.match(reason)
    return found[1] if found else ""


def _of(operation: Operation, kind: str) -> bool:
    return kind in ("", operation.kind)


_ROWS: Mapping[Selection, Callable[[Row, str], bool]] = {
    Selection.EVENTS: lambda _row, _: True,
    Selection.DELAYED: lambda row, _: row.delay is not None and row.delay > DELAYED,
    Selection.MISSED: lambda row, _: row.dialect == row.type == "sweep",
    Selection.PARKED: lambda row, _: row.decision == Decision.PARKED,
    Selection.REQUEST: lambda row, detail: detail in requests_in(row.why),
    Selection.CAUSE: lambda row, detail: detail != "" and cause_of_row(row) == detail,
}

_OPERATIONS: Mapping[Selection, Callable[[Operation, str], bool]] = {
    Selection.LATE: lambda o, kind: is_late(o) and _of(o, kind),
    Selection.FAILED: lambda o, kind: o.status == Status.FAILED and _of(o, kind),
    Selection.RETRIED: lambda o, kind: o.attempts > 1 and _of(o, kind),
    Selection.SKIPPED: lambda o, kind: o.status == Status.SKIPPED and _of(o, kind),
    Selection.OPEN: lambda o, kind: o.is_open and _of(o, kind),
    Selection.REQUEST: lambda o, detail: detail in requests_in(o.reason),
    Selection.CAUSE: lambda o, detail: detail != "" and cause_of_operation(o) == detail,
}
