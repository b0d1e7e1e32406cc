"""From one step of a page's history to what one commit takes: every automation is asked, and its drafts become effects.

A rule that needs a property which the page can't be read by is left out, and named; all other rules go on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from processor.automations import PLANNERS
from processor.automations.change import Change, Departure, Draft, Note
from processor.context import Context
from processor.effect_from import effect_from
from steward.claims import hold
from steward.effects import Effect, Status, effect_id
from steward.pages import Person
from steward.rules import LifecycleRule, MirrorRule, uses
from steward.snapshots import Snapshot

MOST_EFFECTS = 80
"""Effects planned by one commit: a DynamoDB transaction takes 100 items. Where more people are concerned, the rest
follows in the next commit."""

MOST_ITEMS = 99
"""Of a transaction, without the snapshot."""

MOST_PEOPLE = 20
"""People whose assignment is told by one commit."""

Without = Callable[[Snapshot, Sequence[Person], Sequence[Person]], Snapshot]
"""Gives a snapshot in which some were not added yet, and others not removed."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to commit.

    Attributes:
        snapshot: the next version.
        effects: what to do, planned by that version.
        obsolete: open effects of older versions that are no longer true.
        revived: effects that lapsed when the page went, and are true again now that it is back.
        complete: False when more remains than one commit takes: plan again from this snapshot.
        turns: rule → how many turns it has taken with this commit.
        skipped: the rules that were left out, because a property that they need is not there.
        surplus: further effects of the same step, which do not fit into the commit and have to be written before it.
        notes: what the automations leave undone, or decided.
    """

    snapshot: Snapshot
    effects: tuple[Effect, ...] = ()
    obsolete: tuple[Effect, ...] = ()
    complete: bool = True
    turns: Mapping[str, int] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    surplus: tuple[Effect, ...] = ()
    notes: tuple[Note, ...] = ()
    revived: tuple[Effect, ...] = ()


@dataclass(slots=True)
class _Drafted:
    effects: list[Effect] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    turns: dict[str, int] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def put_together(change: Change, context: Context, without: Without) -> Plan:
    """As much as one commit takes: who is left out is added, or removed, again when the rest is planned."""
    most = MOST_PEOPLE
    drafted = _ask(_some(change, most), context)
    while len(drafted.effects) > MOST_EFFECTS and most > 1:
        most //= 2
        drafted = _ask(_some(change, most), context)
    some = _some(change, most)
    added, removed = change.added[len(some.added) :], change.removed[len(some.removed) :]
    effects = tuple(drafted.effects[:MOST_EFFECTS])
    still_open = [e for e in change.open if e.status is not Status.LAPSED or not change.after.gone]
    obsolete = sorted(
        (e for e in still_open if e.id in drafted.replaced or not hold(e.claims, change.after)),
        key=lambda effect: (
            effect.id not in drafted.replaced
        ),  # what has a successor may not be left to a later commit
    )
    room = MOST_ITEMS - len(effects) - len(drafted.turns)
    revived = [e for e in still_open if e.status is Status.LAPSED and e not in obsolete]
    left_over = max(room - len(obsolete), 0)
    return Plan(
        without(change.after, added, removed) if added or removed else change.after,
        effects,
        tuple(obsolete[:room]),
        complete=not (added or removed) and len(obsolete) + len(revived) <= room,
        turns=drafted.turns,
        skipped=tuple(drafted.skipped),
        surplus=tuple(drafted.effects[MOST_EFFECTS:]),
        notes=tuple(drafted.notes),
        revived=tuple(revived[:left_over]),
    )


def _some(change: Change, most: int) -> Change:
    added = change.added[:most]
    return replace(change, added=added, removed=change.removed[: most - len(added)])


def _ask(change: Change, context: Context) -> _Drafted:
    drafted = _Drafted()
    said = set()
    for asked, draft in _drafts(change, context, drafted.skipped):
        if isinstance(draft, Note):
            drafted.notes.append(draft)
            continue
        place = (draft.kind, draft.channel, draft.key)
        if asked.source is not change.source and place in said:
            continue  # where a page went and where it came from is told once to a channel of both
        said.add(place)
        effect = _effect(draft, asked.rule_id, change.after, context)
        drafted.effects.append(effect)
        if draft.replaces is not None:
            drafted.replaced.append(draft.replaces.id)
        if draft.takes_turn:
            drafted.turns[asked.rule_id] = asked.turn + 1
    return drafted


def _drafts(change: Change, context: Context, skipped: list[str]) -> Iterator[tuple[Change, Draft | Note]]:
    for rule in change.source.automation:
        planner = PLANNERS.get(rule.kind)
        if planner is None:
            continue  # not about a step of a page's history
        rule_id = change.source.rule_id(rule)
        needed = {use.role for use in uses(change.source, rule) if use.source in (None, change.source.name)}
        if needed & context.absent:
            skipped.append(rule_id)
            continue
        asked = replace(change, rule_id=rule_id, turn=context.turns.get(rule_id, 0))
        yield from ((asked, draft) for draft in planner(asked, rule))
    for peer in change.peers:
        if not peer.forward:  # the rule stands on the other side, and works in both directions
            asked = replace(change, rule_id=peer.rule_id)
            yield from ((asked, draft) for draft in PLANNERS[peer.rule.kind](asked, peer.rule))
    left = change.rules.source_of(change.before.source_id) if change.before is not None else None
    if left is None or left is change.source or change.departure is not None or not _was_there(change):
        return
    concerned: tuple[LifecycleRule | MirrorRule, ...] = (
        *left.of_kind(LifecycleRule),
        *left.of_kind(MirrorRule),
    )
    for rule in concerned:
        asked = replace(change, source=left, departure=Departure.ELSEWHERE, rule_id=left.rule_id(rule))
        yield from ((asked, draft) for draft in PLANNERS[rule.kind](asked, rule))


def _was_there(change: Change) -> bool:
    return change.before is not None and not change.before.gone


def _effect(draft: Draft, rule: str, snapshot: Snapshot, context: Context) -> Effect:
    quiet_hours = context.rules.calendar_for(context.source).quiet_until(context.now)
    return effect_from(
        draft,
        id=effect_id(snapshot.page_id, snapshot.version, rule, draft.kind, draft.key),
        rule=rule,
        snapshot=snapshot,
        event_id=context.event_id,
        now=context.now,
        quiet=(context.quiet_until, quiet_hours),
        changed_at=context.news.at or snapshot.edited_at,
        changed_by=context.news.by,
    )
