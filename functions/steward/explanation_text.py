"""What is known of one event, in lines for a person. Pure; ``explanation`` finds it out."""

from collections.abc import Iterator, Mapping
from typing import Any

from steward.printed import parsed, printable, when

NOW, THEN, LATER = "now", "as journalled", "as it ended"
"""Where an effect's facts come from: living state; the event's row, when state has forgotten it; or the row that the
journal has of an effect that ended after its event was finished."""


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """An explanation, as ``explanation`` gives it, for a person."""
    event = found["event"]
    title = f"  “{printable(event['title'])}”" if event.get("title") else ""
    yield f"event       {printable(event['id'])}  {printable(event['type'])} ({event['dialect']})"
    yield f"about       {event.get('entity', 'nothing that has an id')}{title}"
    yield f"occurred    {_when(event, 'occurred_at')}"
    latency = f", {event['latency_ms'] / 1000:.3f} s after that" if "latency_ms" in event else ""
    yield f"received    {_when(event, 'received_at')}"
    yield f"finished    {_when(event, 'finished_at')}{latency}"
    yield f"decision    {found['decision']}: {printable(found['why'])}"
    if "attempts" in found:
        yield f"parked      at receive {found['attempts']}, {found.get('exception', 'unknown')}"
    yield f"rules       {', '.join(found['rules']) or 'none asked for anything'}"
    yield from _changes(found["changes"])
    yield from _effects(found["effects"])
    yield f"spent       {found['calls']} calls; delivered {found['deliveries']} time{'' if found['deliveries'] == 1 else 's'}"


def _changes(changes: Mapping[str, Mapping[str, str | None]]) -> Iterator[str]:
    if not changes:
        yield "changed     nothing that is watched, since the page was last looked at"
    for number, (label, values) in enumerate(changes.items()):
        before = "not known" if values["before"] is None else printable(values["before"])
        yield f"{'changed' if number == 0 else '':<12}{label}: {before} → {printable(values['after'] or 'nothing')}"


def _whom(effect: Mapping[str, Any]) -> str:
    """Whom it is for; what is for a channel, a page or a database is for nobody."""
    return f" for {effect['person']}" if "person" in effect else ""


def _effects(effects: list[dict[str, Any]]) -> Iterator[str]:
    if not effects:
        yield "effects     none"
    for effect in effects:
        seen = "" if effect["seen"] == NOW else f" ({effect['seen']})"
        yield f"effect      {effect['kind']}{_whom(effect)}: {effect['status']}{seen}"
        rule = effect.get("rule", "a rule that the journal does not name")
        yield f"              by {rule}, planned {_when(effect, 'planned_at')}, attempts {effect['attempts']}"
        if "started_at" in effect:
            closed = f", closed {_when(effect, 'done_at')}" if "done_at" in effect else ""
            yield f"              started {_when(effect, 'started_at')}{closed}"
        if "external_id" in effect:
            yield f"              is {printable(effect['external_id'])}"
        if "digest" in effect:
            yield f"              told by the digest {effect['digest']}"
        if "reason" in effect:
            yield f"              because {printable(effect['reason'])}"
        yield f"              ref {effect['id']}"


def _when(document: Mapping[str, Any], name: str) -> str:
    return when(parsed(document.get(name)))
