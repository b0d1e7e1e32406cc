"""From reminders that are due to those that have to be told yet. Pure.

A reminder's effects have ids that the snapshot's version has no part in: the same reminder is never planned twice, however
often its page is looked at. One that was cancelled before it was told does not count: its date may have come back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from processor.automations.deadline import Reminder
from processor.drafted import MOST_EFFECTS, Plan, room_for_changes
from processor.effect_from import effect_from
from steward.claims import hold
from steward.effects import Effect, Kind, Status, effect_id
from steward.snapshots import Snapshot

NO_VERSION = 0
"""Stands in a reminder's id in the place of the snapshot's version, which counts from 1."""


def plan_reminders(
    page: Snapshot,
    effects: Sequence[Effect],
    due: Iterable[Reminder],
    *,
    rule: str,
    event_id: str,
    now: datetime,
    quiet: tuple[datetime | None, ...],
) -> Plan | None:
    """What to commit; None when everybody has been told, or is about to be.

    Args:
        page: as it is known.
        effects: everything that is remembered of the page, also what is closed.
        due: who has to be reminded.
        rule: the automation.
        event_id: what led here.
        now: our clock.
        quiet: see ``effect_from``.
    """
    known = {e.id for e in effects if e.status is not Status.CANCELLED}
    after = replace(page, version=page.version + 1)
    planned: list[Effect] = []
    complete = True
    for reminder in due:
        # In whichever way it was planned: what was told in Slack alone, while Notion was away, is not told again.
        if known.intersection(_id(page, rule, kind, reminder.key) for kind in Kind):
            continue
        if len(planned) + len(reminder.drafts) > MOST_EFFECTS:
            complete = False
            break
        planned += [
            effect_from(
                draft,
                id=_id(page, rule, draft.kind, draft.key),
                rule=rule,
                snapshot=after,
                event_id=event_id,
                now=now,
                quiet=quiet,
            )
            for draft in reminder.drafts
        ]
    if not planned:
        return None
    obsolete = [e for e in effects if e.is_open and not hold(e.claims, after)]
    return Plan(after, tuple(planned), tuple(obsolete[: room_for_changes(len(planned))]), complete=complete)


def _id(page: Snapshot, rule: str, kind: Kind, key: str) -> str:
    return effect_id(page.page_id, NO_VERSION, rule, kind, key)
