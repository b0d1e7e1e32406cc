"""From what was told of a data source's schema and how it stands now, to what has to be told (A10). Pure.

The memory is a snapshot like a page's, under the data source's own id: so a message is planned, sent exactly once and
cancelled by the same means as everything else. Two sets of breaks are remembered: what is *broken*, and what people
*believe*, which differs while a message waits. A message waits for a moment, so that the edits of one sitting become
one, and so that a break that is mended before it was told is not told at all; that all is well again waits longer, so
that a schema that comes and goes is told once.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from processor import schema_words
from processor.drafted import Plan
from steward import claims, schema_memory
from steward.effects import Effect, Kind, Status, effect_id
from steward.rules import DataSource, Rules
from steward.schema import Schema
from steward.schema_check import Break, Why
from steward.snapshots import Snapshot
from steward.words import PageLink, Words

SITTING = timedelta(minutes=1)
"""How long what breaks waits before it is told."""

STEADY = timedelta(minutes=10)
"""How long all has to be well before that is told."""

SCHEMAS = "schemas"
"""The source of these snapshots: none of a rules file, whose pages they would be taken for."""

Broken = Mapping[str, Sequence[str]]
"""Key of a break → the automations that break."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a data source stands.

    Attributes:
        breaks: what does not fit; of a data source that can't be read, only that.
        readable: whether Notion shows it.
        observed_at: when, by Notion's clock; None when unknown.
        url: its address; None when unknown.
        schema: what to remember of its properties.
        mark: of the rules that it was held against.
    """

    breaks: tuple[Break, ...]
    readable: bool
    observed_at: datetime | None
    url: str | None
    schema: Schema
    mark: str


def plan_schema(
    previous: Snapshot | None,
    now: Standing,
    still_open: Sequence[Effect],
    rules: Rules,
    source: DataSource,
    event_id: str,
    at: datetime,
) -> Plan:
    """Plan for a data source as it was just looked at.

    Args:
        previous: what was remembered of it, or None.
        now: how it stands.
        still_open: messages about it that are still owed.
        rules: the whole file.
        source: the data source.
        event_id: what led here.
        at: our clock.
    """
    waiting = [e for e in still_open if e.status is Status.PLANNED]
    told_of = {key_of(one): one for one in now.breaks if one.rules}
    was = broken_in(previous)
    here: Broken = {key: one.rules for key, one in told_of.items()}
    # What waits can still be taken back, so nobody has read it.
    believed = _believed(previous) if waiting else was
    if not now.readable:
        # Nobody can tell what became of the rest; what was not told yet is found anew.
        rest = (key for key in was if key in believed and not key.startswith(Why.UNREADABLE))
        here = {**{key: was[key] for key in rest}, **here}
    changed = here.keys() != was.keys()
    first = Snapshot(source.id, 0, None, False, SCHEMAS, source.name, "", None)
    nxt = replace(
        previous or first,
        version=(previous or first).version + 1,
        observed_at=now.observed_at,
        title=source.name,
        url=now.url or (previous or first).url,
        values={
            "broken": {key: list(names) for key, names in here.items()},
            "believed": {key: list(names) for key, names in believed.items()},
            "standing": _mark(*sorted(here)),
            "schema": schema_memory.to_json(now.schema),
            "rules": now.mark,
        },
    )
    if not changed and waiting:
        return Plan(nxt)
    words, breaks = _words(nxt, told_of, here, believed)
    rule = source.schema_watch
    if not words or not rule.slack:
        return Plan(nxt, (), tuple(waiting))
    rule_id = source.rule_id(rule)
    message = Effect(
        id=effect_id(nxt.page_id, nxt.version, rule_id, Kind.MESSAGE, "schema"),
        kind=Kind.MESSAGE,
        page_id=nxt.page_id,
        version=nxt.version,
        rule=rule_id,
        event_id=event_id,
        words=words,
        planned_at=at,
        claims=(claims.has("standing", nxt.values["standing"]),),
        channel=rules.channel_for(source, rule),
        urgent=rule.urgent,
        retry_at=_not_before(rules, source, at, breaks=breaks),
    )
    return Plan(nxt, (message,), tuple(waiting))


def key_of(one: Break) -> str:
    """What a break is known by, wherever in the file its automation stands."""
    place = one.place[2:]
    within = place[2:] if place[:1] == ("automation",) else place
    return f"{one.why} {_mark(*one.rules, *map(str, within), one.option or '')}"


def broken_in(snapshot: Snapshot | None) -> Broken:
    """What was broken at the last look."""
    return snapshot.values["broken"] if snapshot else {}


def schema_in(snapshot: Snapshot | None) -> Schema:
    """What is remembered of the properties."""
    return schema_memory.from_json(snapshot.values["schema"]) if snapshot else Schema(())


def mark_of(rules: Rules, source: DataSource) -> str:
    """Changes with what the file says of any data source: one can be kept in step with another."""
    return _mark(rules.model_dump_json(include={"data_source"}), source.id)


def _believed(snapshot: Snapshot | None) -> Broken:
    return snapshot.values["believed"] if snapshot else {}


def _words(
    snapshot: Snapshot, told_of: Mapping[str, Break], here: Broken, believed: Broken
) -> tuple[Words, bool]:
    """What to say, if anything, and whether something breaks."""
    link = PageLink(snapshot.title, snapshot.url)
    new = [told_of[key] for key in here if key not in believed and key in told_of]
    still = {rule for key, names in here.items() if key in believed for rule in names}
    again = {rule for key, names in believed.items() if key not in here for rule in names}
    again -= {rule for names in here.values() for rule in names}
    if new:
        return schema_words.broken(link, new, again, still - {r for one in new for r in one.rules}), True
    return (schema_words.mended(link, again, still), False) if again else ((), False)


def _not_before(rules: Rules, source: DataSource, at: datetime, *, breaks: bool) -> datetime | None:
    if source.schema_watch.urgent:
        return None if breaks else at + STEADY
    soon = at + (SITTING if breaks else STEADY)
    return rules.calendar_for(source).quiet_until(soon) or soon


def _mark(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
