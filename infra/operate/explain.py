"""``explain``: why an event did what it did (P8)."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from infra.operate.explanation import NOW, explanation
from infra.operate.target import Target, add_arguments, on_target
from infra.operate.text import parsed, printable, when


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser("explain", help="why an event did what it did", description=__doc__)
    parser.add_argument("event", metavar="EVENT_ID", help="Notion's event id")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=on_target("explain", _explain))
    add_arguments(parser)


def _explain(wishes: argparse.Namespace, target: Target) -> int:
    days = int(target.parameter("JournalDays", "90"))
    found = explanation(
        wishes.event,
        target.table(target.output("StateTableName")),
        target.table(target.output("JournalTableName")),
        days,
        lambda: datetime.now(UTC),
    )
    if found is None:
        print(
            f"explain: the journal of {target.name} does not know the event {wishes.event}. It keeps events for {days} "
            "days. One that never arrived stands in the Webhooks tab of the Notion connection; one that arrived and is "
            "not finished waits on the lane or lies among the dead letters: see `dlq list`.",
            file=sys.stderr,
        )
        return 1
    print(json.dumps(found, indent=2, ensure_ascii=True) if wishes.json else "\n".join(lines(found)))
    return 0


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
    if again := found.get("replays"):
        yield f"replayed    {again['times']} times, last {_when(again, 'at')}: {again['decision']}: {printable(again['why'])}"
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
