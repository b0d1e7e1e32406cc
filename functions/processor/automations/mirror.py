"""A7: a page's row in PostgreSQL is made to match the page, whenever something changed that the row shows.

The effect says no more than *make the row of this page match its snapshot*: what is written is what is known when it is
sent. So a page owes one at most that was not begun, and a newer change takes the place of an older one that waits.

A page that is seen for the first time, because something tells of it, is matched too: it may have been linked long ago.
One that is only remembered plans nothing: what differs is found by comparing both sides. A page whose creation or arrival
is news gets a row where the rule says so; the effect's key remembers that as long as none was made.
"""

from collections.abc import Iterator

from processor.automations.change import Change, Departure, Draft
from steward.effects import Effect, Kind, effect_id
from steward.mirror.mapping import roles_of, shared_of
from steward.rules import MirrorRule
from steward.snapshots import Snapshot
from steward.values import same

MATCH, LINK = "match", "link"
"""Keys of its effects: the row is made to match, or made if there is none."""


def plan(change: Change, rule: MirrorRule) -> Iterator[Draft]:
    """The effect that makes the row match."""
    if change.departure is Departure.ELSEWHERE and _is_mirrored_there(change):
        return  # the rule of where it went says so
    news = change.created or change.arrived
    makes = rule.auto_link and (news or change.owed(Kind.ROW, LINK) is not None)
    if not ((makes and news) or _shows_a_change(change, rule)):
        return
    waits = [change.pending(Kind.ROW, key) for key in (LINK, MATCH)]
    yield Draft(Kind.ROW, LINK if makes else MATCH, replaces=next(filter(None, waits), None))


def makes_a_row(effect: Effect) -> bool:
    """Whether an effect may make a row where there is none."""
    return effect.id == effect_id(effect.page_id, effect.version, effect.rule, Kind.ROW, LINK)


def _is_mirrored_there(change: Change) -> bool:
    there = change.rules.source_of(change.after.source_id)
    return there is not None and not change.after.gone and bool(there.of_kind(MirrorRule))


def _shows_a_change(change: Change, rule: MirrorRule) -> bool:
    before, after = change.before, change.after
    if before is None:
        return change.heard
    if before.gone != after.gone or before.source_id != after.source_id:
        return True
    return not after.gone and _differ(before, after, rule)


def _differ(before: Snapshot, after: Snapshot, rule: MirrorRule) -> bool:
    """Whether a value changed that a row can show now; one that was not known before is none that changed."""
    if before.title != after.title:
        return True
    shown, roles = shared_of(after, rule), roles_of(rule)
    return any(
        role in before.values and not same(before.values[role], after.values[role])
        for role in (roles[column] for column in shown)
        if role in after.values
    )
