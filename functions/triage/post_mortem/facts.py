"""From an incident and the journal of its time to facts, each with the rows that it comes from. Pure.

A fact is the answer to a query of ``queries``; a number that is measured carries the one row that has it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from steward.incidents.incident import Incident, Step
from triage.post_mortem.queries import (
    Query,
    Selection,
    cause_of_operation,
    cause_of_row,
    items,
    requests_in,
)
from triage.post_mortem.rows import Account, Cited, Operation, Row, account

BEFORE = timedelta(minutes=15)
"""Read before the first moment: an incident is found some runs after it began."""

AFTER = timedelta(minutes=5)
"""Read after it was resolved."""

MOST_ROWS = 10_000
"""Events that are read. Decoding and counting so many takes 2.5 s of a whole core, about 9 s of a Lambda with 512 MB, and
their pages a second or two; a draft of more says up to when it knows."""

MOST_IDS = 20
"""Request ids that are told; the rest is counted."""

Read = Callable[[datetime, datetime], Iterable[Mapping[str, Any]]]
"""Gives rows of a time."""

BY_KIND = (Selection.LATE, Selection.FAILED, Selection.RETRIED, Selection.SKIPPED, Selection.OPEN)


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a query: everything that it found, in the order of the rows."""

    query: Query
    items: tuple[Cited, ...]

    @property
    def count(self) -> int:
        """How many."""
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A measured number: seconds, and the row that has it."""

    seconds: float
    cited: Cited


@dataclass(frozen=True, slots=True)
class Facts:
    """What the journal says of an incident.

    Attributes:
        first: from when it was read, by the time at which events were finished.
        last: until when.
        until: until when it was read how effects ended.
        cut_at: until when it was really read, when there were too many rows; else None.
        endings_cut_at: the same for how effects ended.
        events: all of that time.
        calls: vendor calls spent on them.
        delayed: see ``queries.WORDS``, as for what follows.
        p50: the delay that half of the delayed events did not exceed (nearest rank); None when there is none.
        p99: the same for 99 of 100.
        longest: the longest.
        missed: webhooks missed, and healed by the sweep.
        parked: events that wait among the dead letters.
        late: notices.
        people: how many people these were for; a message to a channel is for nobody in particular.
        kinds: kinds of operations of that time, by name; each with what is in ``BY_KIND``.
        operations: the answers of ``BY_KIND`` for all kinds together (detail ""), and for each.
        causes: what parked events and unfinished effects failed with, the most frequent first.
        requests: correlation and request ids, in the order in which they were seen.
    """

    first: datetime
    last: datetime
    until: datetime
    cut_at: datetime | None
    endings_cut_at: datetime | None
    events: Found
    calls: int
    delayed: Found
    p50: Ranked | None
    p99: Ranked | None
    longest: Ranked | None
    missed: Found
    parked: Found
    late: Found
    people: int
    kinds: tuple[str, ...]
    operations: Mapping[Query, Found]
    causes: tuple[Found, ...]
    requests: tuple[Found, ...]


def span(incident: Incident, now: datetime) -> tuple[datetime, datetime]:
    """The time whose events are read: the incident's with a margin, not beyond now."""
    begins = min([incident.opened_at, *(m.at for m in incident.timeline if m.step in _BEGINS)])
    ends = incident.resolved_at or now
    return begins - BEFORE, min(ends + AFTER, max(now, ends))


def collect(
    incident: Incident,
    read: Read,
    ended: Read,
    now: datetime,
    most: int = MOST_ROWS,
) -> Facts:
    """Read the journal of an incident's time and say what it says.

    Args:
        incident: the incident.
        read: rows of events that were finished between two times, both included, see ``Journal.between``.
        ended: rows of how effects ended between two times, see ``Closings.between``; they are asked for until now.
        now: our clock.
        most: rows of each that are read.
    """
    first, last = span(incident, now)
    until = max(now, last)
    return facts(account(read(first, last), most, ended(first, until), until), first, last, until)


def facts(seen: Account, first: datetime, last: datetime, until: datetime) -> Facts:
    """What rows say."""

    def found(selection: Selection, detail: str = "") -> Found:
        query = Query(selection, detail)
        return Found(query, items(query, seen))

    kinds = tuple(sorted({o.kind for o in seen.operations}))
    late = found(Selection.LATE)
    delayed = found(Selection.DELAYED)
    return Facts(
        first=first,
        last=last,
        until=until,
        cut_at=seen.cut_at,
        endings_cut_at=seen.endings_cut_at,
        events=found(Selection.EVENTS),
        calls=sum(row.calls for row in seen.rows),
        delayed=delayed,
        p50=_rank(seen.rows, delayed, 0.5),
        p99=_rank(seen.rows, delayed, 0.99),
        longest=_rank(seen.rows, delayed, 1.0),
        missed=found(Selection.MISSED),
        parked=found(Selection.PARKED),
        late=late,
        people=_people(seen.operations, late),
        kinds=kinds,
        operations={Query(s, kind): found(s, kind) for s in BY_KIND for kind in ("", *kinds)},
        causes=_causes(seen),
        requests=_requests(seen),
    )


def moments(incident: Incident, step: Step) -> list[tuple[datetime, Cited]]:
    """When a step happened, and the row that says so, oldest first."""
    return sorted(((m.at, key(m.key)) for m in incident.timeline if m.step is step), key=lambda m: m[0])


def key(text: str) -> Cited:
    """A moment's key, ``pk sk``; the partition key of an incident has no space."""
    pk, _, sk = text.partition(" ")
    return Cited(pk, sk)


def _rank(rows: Sequence[Row], delayed: Found, part: float) -> Ranked | None:
    """The nearest rank, so that the number is one that a row has."""
    if not delayed.count:
        return None
    counted = set(delayed.items)
    by_delay = sorted(
        (row.delay, row.cited.pk, row.cited) for row in rows if row.delay is not None and row.cited in counted
    )
    seconds, _, cited = by_delay[max(-int(-part * len(by_delay) // 1), 1) - 1]
    return Ranked(seconds, cited)


def _people(operations: Sequence[Operation], late: Found) -> int:
    told = set(late.items)
    return len({o.person for o in operations if o.cited in told and o.person})


def _causes(seen: Account) -> tuple[Found, ...]:
    by_cause: dict[str, list[Cited]] = {}
    for row in seen.rows:
        by_cause.setdefault(cause_of_row(row), []).append(row.cited)
    for operation in seen.operations:
        by_cause.setdefault(cause_of_operation(operation), []).append(operation.cited)
    by_cause.pop("", None)
    most_first = sorted(by_cause.items(), key=lambda one: (-len(one[1]), one[0]))
    return tuple(Found(Query(Selection.CAUSE, cause), tuple(cited)) for cause, cited in most_first)


def _requests(seen: Account) -> tuple[Found, ...]:
    by_id: dict[str, dict[Cited, None]] = {}
    said = [(row.why, row.cited) for row in seen.rows] + [(o.reason, o.cited) for o in seen.operations]
    for text, cited in said:
        for request_id in requests_in(text):
            by_id.setdefault(request_id, {})[cited] = None
    return tuple(Found(Query(Selection.REQUEST, id_), tuple(cited)) for id_, cited in by_id.items())


_BEGINS = (Step.FIRST_FINDING, Step.ALARM, Step.OPENED)
