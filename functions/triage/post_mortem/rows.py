"""Journal rows as the facts need them. Pure; a row that says less than it should says nothing more here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from steward.effects import OPEN, Status

EVENT = "EVENT#"
"""How the partition key of an event's row begins; the table has other rows, too."""


@dataclass(frozen=True, slots=True)
class Cited:
    """Where something comes from: a row of the Journal table, and the effect in it where it is about one.

    Attributes:
        pk: partition key.
        sk: sort key.
        effect: the effect's id, or "".
    """

    pk: str
    sk: str
    effect: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One finished event; names, titles and values are not among what is kept of it.

    Attributes:
        cited: its key.
        finished_at: when it was finished, by our clock.
        received_at: when ingest took it, or None.
        occurred_at: when it happened, by Notion's clock, or None.
        dialect: ``sweep`` for what no webhook brought, see ``journal``.
        type: of the event.
        decision: what became of it.
        why: one sentence; for a parked event the reason.
        exception: the type of what a parked event failed with, or "".
        calls: vendor calls spent on it.
    """

    cited: Cited
    finished_at: datetime
    received_at: datetime | None
    occurred_at: datetime | None
    dialect: str
    type: str
    decision: str
    why: str
    exception: str
    calls: int

    @property
    def delay(self) -> float | None:
        """Seconds from received to finished; None where no webhook brought it."""
        return None if self.received_at is None else (self.finished_at - self.received_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Operation:
    """One effect, as a row has it.

    Attributes:
        cited: the row and the effect's id.
        seen_at: of when the row is.
        open_until: for an open one, until when the journal was read for its end; None: not beyond its row.
        kind: what was done, e.g. ``notion.comment``.
        status: see ``effects.Status``.
        person: id of whom it was for, or "".
        attempts: how often the call was started.
        asked_at: since when somebody could have been told: when the row's event was received, or for one that no
            webhook brought when it happened, or when the effect was planned, whichever is earliest; None: not known.
        done_at: when it was closed, or None.
        reason: why it failed, was skipped, or what it waits for.
        reminder: whether it is a reminder, which is planned by the quarter of an hour.
    """

    cited: Cited
    seen_at: datetime
    kind: str
    status: str
    person: str
    attempts: int
    asked_at: datetime | None
    done_at: datetime | None
    reason: str
    reminder: bool
    open_until: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is still owed: also as a line of a digest, whose end would be known."""
        return self.status in OPEN or self.status == Status.FOLDED

    @property
    def delay(self) -> float | None:
        """Seconds from asked to closed, or, while it was open, to when it was last seen so."""
        if self.asked_at is None:
            return None
        end = (self.open_until if self.is_open else self.done_at) or self.seen_at
        return (end - self.asked_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Account:
    """What the journal says of a time.

    Attributes:
        rows: the events, in the order in which they were finished.
        operations: the effects of these events, each as the newest of the rows has it.
        cut_at: when the last row was finished that was read, where there were more than may be read; else None.
        endings_cut_at: the same for the rows of how effects ended later.
    """

    rows: tuple[Row, ...]
    operations: tuple[Operation, ...]
    cut_at: datetime | None = None
    endings_cut_at: datetime | None = None


def account(
    items: Iterable[Mapping[str, Any]],
    most: int,
    later: Iterable[Mapping[str, Any]] = (),
    until: datetime | None = None,
) -> Account:
    """Read items of the Journal table.

    Args:
        items: in any order, perhaps repeated; those that are no events, or have no time, are left out.
        most: events that are read, and rows of ``later``; the rest is left, and is said to be.
        later: how effects ended after their event's row, oldest first, see ``steward.closings``; those of other events
            are left out.
        until: when that was read: what no row of it closes is open then.
    """
    rows: dict[str, Row] = {}
    operations: dict[str, Operation] = {}
    cut_at = None
    for item in items:
        row = _row(item)
        if row is None:
            continue
        if row.cited.pk not in rows and len(rows) == most:
            cut_at = max(r.finished_at for r in rows.values())
            break
        if row.cited.pk in rows and rows[row.cited.pk].finished_at > row.finished_at:
            continue  # it was parked, redriven and finished while we read
        rows[row.cited.pk] = row
        for operation in _operations(item, row):
            known = operations.get(operation.cited.effect)
            if known is None or _age(operation) > _age(known):
                operations[operation.cited.effect] = operation
    endings_cut_at = _end(operations, rows, later, most)
    for effect_id, operation in operations.items():
        if operation.is_open and until is not None and endings_cut_at is None:
            operations[effect_id] = replace(operation, open_until=until)
    in_order = sorted(rows.values(), key=lambda r: (r.finished_at, r.cited.pk))
    return Account(tuple(in_order), tuple(sorted(operations.values(), key=_age)), cut_at, endings_cut_at)


def _end(
    operations: dict[str, Operation], rows: Mapping[str, Row], later: Iterable[Mapping[str, Any]], most: int
) -> datetime | None:
    """Let operations end as the rows beside their events say; until when those were read, if not to their end."""
    read, last = 0, None
    for item in later:
        if read == most:
            return last
        event, changed = rows.get(str(item.get("pk", ""))), _time(item.get("changed_at"))
        read, last = read + 1, changed or last
        if event is None or changed is None:
            continue
        ended = _operation(
            item.get("effect") or {}, event, Cited(event.cited.pk, str(item.get("sk", ""))), changed
        )
        known = operations.get(ended.cited.effect)
        if known is None:
            operations[ended.cited.effect] = ended
        elif known.seen_at <= changed or known.status == Status.FOLDED:
            operations[ended.cited.effect] = replace(
                ended, asked_at=_earliest(known.asked_at, ended.asked_at)
            )
    return None


def _age(operation: Operation) -> tuple[datetime, str, str]:
    return operation.seen_at, operation.cited.pk, operation.cited.effect


def _earliest(*times: datetime | None) -> datetime | None:
    return min(filter(None, times), default=None)


def _row(item: Mapping[str, Any]) -> Row | None:
    pk, finished = str(item.get("pk", "")), _time(item.get("finished_at"))
    if not pk.startswith(EVENT) or finished is None:
        return None
    return Row(
        cited=Cited(pk, str(item.get("sk", ""))),
        finished_at=finished,
        received_at=_time(item.get("received_at")),
        occurred_at=_time(item.get("occurred_at")),
        dialect=str(item.get("dialect", "")),
        type=str(item.get("type", "")),
        decision=str(item.get("decision", "")),
        why=str(item.get("why", "")),
        exception=str(item.get("exception", "")),
        calls=int(item.get("calls", 0)),
    )


def _operations(item: Mapping[str, Any], row: Row) -> Iterator[Operation]:
    for effect in item.get("effects", ()):
        yield _operation(effect, row, row.cited, row.finished_at)


def _operation(effect: Mapping[str, Any], event: Row, row: Cited, seen_at: datetime) -> Operation:
    return Operation(
        cited=Cited(row.pk, row.sk, str(effect.get("id", ""))),
        seen_at=seen_at,
        kind=str(effect.get("kind", "")),
        status=str(effect.get("status", "")),
        person=str(effect.get("person", "")),
        attempts=int(effect.get("attempts", 0)),
        asked_at=_earliest(event.received_at or event.occurred_at, _time(effect.get("planned_at"))),
        done_at=_time(effect.get("done_at")),
        reason=str(effect.get("reason", "")),
        reminder=event.dialect == "reminder",
    )


def _time(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None
