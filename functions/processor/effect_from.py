"""From what an automation asks for to an effect: under which id, who asked, when, and until when it waits. Pure."""

from datetime import datetime

from processor.automations.change import Draft
from steward.effects import GATHERED, Effect
from steward.snapshots import Snapshot


def effect_from(
    draft: Draft,
    *,
    id: str,  # noqa: A002 - the effect's word for it
    rule: str,
    snapshot: Snapshot,
    event_id: str,
    now: datetime,
    quiet: tuple[datetime | None, ...],
    changed_at: datetime | None = None,
    changed_by: str = "",
) -> Effect:
    """The effect of a draft.

    Args:
        draft: what is asked for.
        id: what it is known by in the outside world.
        rule: the automation.
        snapshot: the version that plans it.
        event_id: what led here.
        now: our clock.
        quiet: until when messages wait, for the latest of these: to be gathered, or for the end of quiet hours.
        changed_at: when that happened which led here, by Notion's clock.
        changed_by: who did it.
    """
    waits = [draft.not_before]
    if draft.kind in GATHERED and not draft.urgent:
        waits += quiet
    return Effect(
        id=id,
        kind=draft.kind,
        page_id=snapshot.page_id,
        version=snapshot.version,
        rule=rule,
        event_id=event_id,
        words=draft.words,
        planned_at=now,
        claims=draft.claims,
        person=draft.person,
        channel=draft.channel,
        urgent=draft.urgent,
        writes=draft.writes,
        other_page=draft.other_page,
        source_id=draft.source_id or snapshot.source_id,
        retry_at=max(filter(None, waits), default=None),
        changed_at=changed_at,
        changed_by=changed_by,
    )
