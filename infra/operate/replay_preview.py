"""What a replay of a page would do: what is owed, and, where the page was read, what differs and what that plans."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.operate.rehearsal import Rehearsal
from infra.operate.text import when
from processor.changes import changes
from processor.observation import Seen
from steward.documents import iso
from steward.effects import Effect
from steward.events import Event
from steward.rules import MAIN, Rules
from steward.snapshots import Snapshot
from steward.state import PageRecord


@dataclass(frozen=True)
class Preview:
    """What a replay would do.

    Attributes:
        event: the replay.
        snapshot: what is remembered of the page, or None.
        owed: the effects that it would settle, because they are open.
        seen: how the page was found; None when it was not read.
        before: what differs, as it is remembered.
        after: the same, as it is.
        planned: the effects that this plans.
        dropped: open effects that are true no longer.
        again: effects that are owed again, because their page is back.
    """

    event: Event
    snapshot: Snapshot | None
    owed: Sequence[Effect]
    seen: Seen | None = None
    before: Mapping[str, str] | None = None
    after: Mapping[str, str] | None = None
    planned: Sequence[Effect] = ()
    dropped: Sequence[Effect] = ()
    again: Sequence[Effect] = ()

    def document(self) -> dict[str, Any]:
        """As JSON; ``observed`` is null where the page was not read."""
        known = self.snapshot
        observed = None
        if self.seen is not None:
            observed = {
                "seen": str(self.seen),
                "before": dict(self.before or {}),
                "after": dict(self.after or {}),
                "would_plan": [told(e) for e in self.planned],
                "would_drop": [told(e) for e in self.dropped],
                "owed_again": [told(e) for e in self.again],
            }
        return {
            "event_id": self.event.id,
            "entity": self.event.entity_id,
            "title": known.title if known else None,
            "version": known.version if known else None,
            "observed_at": iso(known.observed_at) if known else None,
            "owed": [told(e) for e in self.owed],
            "observed": observed,
        }


def told(effect: Effect) -> dict[str, Any]:
    """An effect as a preview names it."""
    person = (effect.person.name or effect.person.id) if effect.person else None
    return {
        "kind": str(effect.kind),
        "rule": effect.rule,
        "person": person,
        "channel": effect.channel or None,
        "status": str(effect.status),
    }


def preview(event: Event, record: PageRecord, rules: Rules | None, rehearsal: Rehearsal | None) -> Preview:
    """Look at what a replay would do.

    Args:
        event: the replay.
        record: what is known of its page.
        rules: the rules file, to read the page by.
        rehearsal: reads it; None does not, and then nobody knows what differs.

    Raises:
        CallFailed: the page could not be read.
    """
    snapshot, owed = record.snapshot, record.still_open
    if rehearsal is None or rules is None or event.entity_type != "page":
        return Preview(event, snapshot, owed)
    source = rules.source_of(snapshot.source_id) if snapshot else None
    found, kept = rehearsal.observe(
        str(event.entity_id), event.id, source.connection if source is not None else MAIN
    )
    before, after = changes(snapshot, kept.load(str(event.entity_id)).snapshot)
    return Preview(event, snapshot, owed, found.seen, before, after, kept.planned, kept.dropped, kept.again)


def lines(shown: Preview) -> Iterator[str]:
    """A preview for a person."""
    known = shown.snapshot
    title = f"  “{known.title}”" if known else ""
    yield f"{shown.event.entity_id}{title}"
    if known is None:
        yield "  not remembered: what a look finds would be remembered, and nothing told"
    else:
        yield f"  remembered as of {when(known.observed_at)}, version {known.version}"
    yield from _effects("owed already", shown.owed)
    if shown.seen is None:
        yield "  not read, so nobody knows what differs from that"
        return
    yield f"  now {shown.seen}" + ("" if shown.after else "; nothing differs that is watched")
    for label, value in (shown.after or {}).items():
        yield f"  differs     {label}: {(shown.before or {}).get(label, 'not known')} → {value}"
    yield from _effects("would tell", shown.planned)
    yield from _effects("no longer true", shown.dropped)
    yield from _effects("owed again", shown.again)


def _effects(head: str, effects: Sequence[Effect]) -> Iterator[str]:
    for effect in effects:
        facts = told(effect)
        whom = f" for {facts['person']}" if facts["person"] else ""
        where = f" in {facts['channel']}" if facts["channel"] else ""
        yield f"  {head}: {facts['kind']}{whom}{where}, by {facts['rule']}"
