"""A3: a page that came, went, moved, was locked, or of which something that is watched changed, is told to a channel.

**Created** is held back for ``SETTLING``, in which the page may get its title and its values: what is told is what it
became by then, and a page that is deleted meanwhile says nothing at all. A page that comes to fit the filters while it is
that young counts as created so.

**Moved** is told by the rules of the data source that the page came to and by those of the one that it left; a channel of
both is told once. A page that goes where no rule watches is told by those it left only, and one that comes back from there
has moved, not been restored.

**Deleted** is told of pages that were seen before. Notion does not tell a page that was deleted for good from one that is
no longer shared, and neither do we.
"""

from collections.abc import Iterator
from datetime import timedelta

from processor.automations.change import Change, Departure, Draft
from processor.automations.filters import fits, fitting, under
from processor.automations.updates import updates
from steward.claims import GONE, LOCKED, THERE, UNLOCKED, lives_in
from steward.effects import Kind
from steward.rules import LifecycleRule
from steward.rules.notices import Moment
from steward.snapshots import Snapshot
from steward.words import Text, Words

SETTLING = timedelta(seconds=60)
"""Time in which a new page becomes what it was meant to be, or goes again."""

ROUNDED = timedelta(minutes=1)
"""Notion shows the minute in which a page was created."""


def plan(change: Change, rule: LifecycleRule) -> Iterator[Draft]:
    """The drafts that tell of what the rule names."""
    if not rule.slack:
        return
    channel = change.rules.channel_for(change.source, rule)
    drafts = _gone(change, rule) if change.departure else _there(change, rule)
    for draft in drafts:
        yield Draft(
            draft.kind,
            draft.key,
            draft.words,
            draft.claims,
            channel=channel,
            urgent=rule.urgent,
            not_before=draft.not_before,
            replaces=draft.replaces,
        )


def _there(change: Change, rule: LifecycleRule) -> Iterator[Draft]:
    if not _fits(change.after, rule):
        return
    if "created" in rule.on:
        created = _created(change, rule)
        yield from created
        if created or change.pending(Kind.MESSAGE, "created"):
            return  # what happens to it meanwhile belongs to its creation
    name = change.source.name
    if "moved" in rule.on and _came(change):
        left = _left(change)
        words = Text(f" moved from {left} to {name}.") if left else Text(f" moved to {name}.")
        yield _say("moved", (change.page, words), lives_in(change.source.id))
    waits = any(change.pending(Kind.MESSAGE, moment) for moment in ("deleted", "undeleted"))
    if "undeleted" in rule.on and _is_back(change) and not waits:
        yield _say("undeleted", (change.page, Text(f" is back in {name}.")), THERE)
    yield from _locks(change, rule)
    if "updated" in rule.on and (told := updates(change, rule.watch)):
        yield _say("updated", (change.page, Text(f" in {name}: "), *told.words), told.claim)


def _created(change: Change, rule: LifecycleRule) -> list[Draft]:
    """The notice of a creation, new or in the place of one that waits and that says what is so no more."""
    waits = change.pending(Kind.MESSAGE, "created")
    if waits is None and not change.created and not _came_to_fit(change, rule):
        return []
    words = (Text(f"New in {change.source.name}: "), change.page)
    claims = (THERE, *fitting(change.after, rule.where))
    if waits and (waits.words, waits.claims) == (words, claims):
        return []
    until = waits.retry_at if waits else change.now + SETTLING
    return [Draft(Kind.MESSAGE, "created", words, claims, not_before=until, replaces=waits)]


def _came_to_fit(change: Change, rule: LifecycleRule) -> bool:
    """Whether a page whose creation was news, but which it did not fit then, fits now that it is hardly older."""
    before, after = change.stayed, change.after
    if before is None or before.gone or after.creation_untold:
        return False
    # A notice of it can't have been told and be told again: it would have been held back for longer than this.
    young = after.created_at is not None and change.now < after.created_at + SETTLING
    return young and not _fits(before, rule)


def _gone(change: Change, rule: LifecycleRule) -> Iterator[Draft]:
    before = change.before
    if before is None or before.gone:
        return
    if change.departure is Departure.ELSEWHERE:
        if "moved" in rule.on and _fits(before, rule):
            yield _moved_away(change)
        return
    if "deleted" not in rule.on or not _fits(change.after, rule) or change.pending(Kind.MESSAGE, "created"):
        return
    if "created" not in rule.on and _is_young(change):
        return
    how = (
        "was deleted."
        if change.departure is Departure.TRASHED
        else "is gone: deleted for good, or no longer shared."
    )
    yield _say("deleted", (change.page, Text(f" in {change.source.name} {how}")), GONE)


def _moved_away(change: Change) -> Draft:
    name, to = change.source.name, change.rules.source_of(change.after.source_id)
    if to is None or change.after.gone:
        return _say("moved", (change.page, Text(f" moved out of {name}.")), GONE)
    return _say("moved", (change.page, Text(f" moved from {name} to {to.name}.")), lives_in(to.id))


def _is_young(change: Change) -> bool:
    created_at = change.after.created_at
    return created_at is not None and change.now < created_at + ROUNDED + SETTLING


def _came(change: Change) -> bool:
    before = change.before
    if change.arrived or before is None:
        return change.arrived
    return before.departure is Departure.ELSEWHERE or (
        not before.gone and before.source_id != change.after.source_id
    )


def _left(change: Change) -> str | None:
    """The name of the data source that a page came from, if the rules file has it."""
    if change.before is None or change.before.source_id == change.after.source_id:
        return None
    left = change.rules.source_of(change.before.source_id)
    return left.name if left else None


def _is_back(change: Change) -> bool:
    before = change.before
    return before is not None and before.gone and before.departure is not Departure.ELSEWHERE


def _locks(change: Change, rule: LifecycleRule) -> Iterator[Draft]:
    was = change.before.locked if change.before else None
    locked = change.after.locked
    if was is None or locked is None or was == locked:
        return
    moment: Moment = "locked" if locked else "unlocked"
    if moment in rule.on:
        words = (change.page, Text(f" in {change.source.name} was {moment}."))
        yield _say(moment, words, LOCKED if locked else UNLOCKED)


def _fits(snapshot: Snapshot, rule: LifecycleRule) -> bool:
    return fits(snapshot, rule.where) and under(snapshot, rule.parent)


def _say(moment: Moment, words: Words, claim: str) -> Draft:
    return Draft(Kind.MESSAGE, moment, words, (claim,))
