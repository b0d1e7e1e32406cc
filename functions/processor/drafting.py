"""From one step of a page's history to its effects: every automation is asked, and each draft gets its id. Pure."""

from collections.abc import Iterator
from datetime import datetime

from processor.automations import PLANNERS
from processor.automations.change import Change, Draft, Note
from steward.effects import GATHERED, Effect, effect_id
from steward.rules import AnyRule


def effects_of(
    change: Change, event_id: str, quiet_until: datetime | None
) -> tuple[tuple[Effect, ...], tuple[Note, ...]]:
    """What the automations want done, and what they have to say about what they don't.

    Args:
        change: the step.
        event_id: what led here.
        quiet_until: messages wait until then to be gathered into a digest; None sends them at once.
    """
    effects: list[Effect] = []
    notes: list[Note] = []
    for rule_id, rule in _rules(change):
        for found in PLANNERS[rule.kind](change, rule):
            if isinstance(found, Note):
                notes.append(found)
            else:
                effects.append(_effect(found, rule_id, change, event_id, quiet_until))
    return tuple(effects), tuple(notes)


def _rules(change: Change) -> Iterator[tuple[str, AnyRule]]:
    """Those of the page's data source, and those of other data sources that work in both directions."""
    for rule in change.source.automation:
        yield change.source.rule_id(rule), rule
    for peer in change.peers:
        if not peer.forward:
            yield peer.rule_id, peer.rule


def _effect(
    draft: Draft, rule_id: str, change: Change, event_id: str, quiet_until: datetime | None
) -> Effect:
    snapshot = change.after
    waits = [draft.not_before]
    if draft.kind in GATHERED and not draft.urgent:
        waits.append(quiet_until)
    return Effect(
        id=effect_id(snapshot.page_id, snapshot.version, rule_id, draft.kind, draft.key),
        kind=draft.kind,
        page_id=snapshot.page_id,
        version=snapshot.version,
        rule=rule_id,
        event_id=event_id,
        words=draft.words,
        planned_at=change.now,
        claims=draft.claims,
        person=draft.person,
        channel=draft.channel,
        urgent=draft.urgent,
        writes=draft.writes,
        other_page=draft.other_page,
        source_id=draft.source_id or snapshot.source_id,
        retry_at=max(filter(None, waits), default=None),
    )
