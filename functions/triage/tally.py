"""What the Journal has of the last moments, counted for the pulse. Pure.

An event counts in the minute in which it was finished. It failed when it was parked, or when an effect of it failed for
good; an effect that failed after its event was finished counts as one more failure, in the minute in which it failed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from steward.documents import moment
from triage.next_pulse import Counted, minute_of
from triage.probes.webhooks import DIALECTS

Row = Mapping[str, Any]


def tally(rows: Iterable[Row], closings: Iterable[Row], since: datetime, until: datetime) -> Counted:
    """Count.

    Args:
        rows: of events, see ``journal.between``.
        closings: of effects that ended later, see ``closings.between``.
        since: only what was after this.
        until: and not after this.
    """
    succeeded, failed = Counter[datetime](), Counter[datetime]()
    webhooks: list[datetime] = []
    lost: list[tuple[datetime, float | None]] = []
    for at, row in _within(rows, "finished_at", since, until):
        (failed if _failed(row) else succeeded)[minute_of(at)] += 1
        if row.get("dialect") in DIALECTS:
            webhooks.append(at)
        if row.get("dialect") == "sweep":
            happened = _time(row, "occurred_at")
            lost.append((at, None if happened is None else max((at - happened).total_seconds(), 0.0)))
    for at, row in _within(closings, "changed_at", since, until):
        if (row.get("effect") or {}).get("status") == "failed":
            failed[minute_of(at)] += 1
    return Counted(succeeded, failed, max(webhooks, default=None), tuple(lost))


def effects_of(rows: Iterable[Row], closings: Iterable[Row]) -> list[Row]:
    """All effects that these rows tell of."""
    found = [effect for row in rows for effect in row.get("effects") or ()]
    return found + [row["effect"] for row in closings if row.get("effect")]


def _failed(row: Row) -> bool:
    return row.get("decision") == "parked" or any(
        effect.get("status") == "failed" for effect in row.get("effects") or ()
    )


def _within(
    rows: Iterable[Row], name: str, since: datetime, until: datetime
) -> Iterator[tuple[datetime, Row]]:
    for row in rows:
        at = _time(row, name)
        if at is not None and since < at <= until:
            yield at, row


def _time(row: Row, name: str) -> datetime | None:
    try:
        return moment(row.get(name))
    except (TypeError, ValueError):
        return None
