"""All that is known of one event: the journal's row, and its effects as the State table has them now."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from steward.closings import Closings
from steward.effects import Status
from steward.explanation_text import LATER, NOW, THEN
from steward.journal import Journal, effect_row
from steward.state import State


def explanation(
    event_id: str, state_table: Any, journal_table: Any, journal_days: int, now: Callable[[], datetime]
) -> dict[str, Any] | None:
    """Explain an event.

    Returns:
        A JSON document, or None when the journal has no row: ``event`` (id, type, dialect, entity, title, occurred_at,
        received_at, finished_at, latency_ms), ``decision``, ``why``, ``rules``, ``changes`` (label → before, after),
        ``effects`` (as ``journal.effect_row`` gives them, with ``seen``, and ``digest`` where one told it), ``calls``,
        ``deliveries``,
        and, for what was parked, ``attempts`` and ``exception``. Times are ISO-8601 strings.
    """
    row = Journal(journal_table, journal_days, now).row(event_id)
    if row is None:
        return None
    later = Closings(journal_table, journal_days, now).of_event(event_id)
    effects = _effects(event_id, row, later, State(state_table, now))
    before, after = row.get("before", {}), row.get("after", {})
    document: dict[str, Any] = {
        "event": {"id": event_id, **_picked(row, "type", "dialect", "entity", "title")},
        "decision": row["decision"],
        "why": row["why"],
        "rules": sorted({effect["rule"] for effect in effects if "rule" in effect}),
        "changes": {
            label: {"before": before.get(label), "after": after.get(label)}
            for label in dict.fromkeys([*before, *after])
        },
        "effects": effects,
        "calls": int(row["calls"]),
        "deliveries": int(row["deliveries"]),
    }
    document["event"] |= _picked(row, "occurred_at", "received_at", "finished_at")
    if "latency_ms" in row:
        document["event"]["latency_ms"] = int(row["latency_ms"])
    if "attempts" in row:
        document |= {"attempts": int(row["attempts"]), **_picked(row, "exception")}
    return document


def _effects(
    event_id: str, row: Mapping[str, Any], later: Mapping[str, dict[str, Any]], state: State
) -> list[dict[str, Any]]:
    """In the order of the row; a Slack message may have been sent after the event was journalled."""
    page_id = row.get("entity")
    record = state.load(page_id) if page_id else None
    living = {e.id: effect_row(e) for e in record.effects if e.event_id == event_id} if record else {}
    first = {effect["id"]: effect for effect in row.get("effects", [])}
    ids = dict.fromkeys([*first, *living, *later])
    return [_stands(living.get(id_), first.get(id_, {}), later.get(id_)) for id_ in ids]


def _stands(
    living: dict[str, Any] | None, first: Mapping[str, Any], later: dict[str, Any] | None
) -> dict[str, Any]:
    """How an effect stands, by whoever knows it best: of what a digest told, only the journal says whether it was told."""
    if living is not None and (later is None or living["status"] != Status.FOLDED):
        return {**living, "seen": NOW}
    found = {**first, **(living or {}), **(later or {})}
    return {**found, "attempts": int(found.get("attempts", 0)), "seen": LATER if later else THEN}


def _picked(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names if name in row}
