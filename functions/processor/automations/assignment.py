"""A1: a task that became yours is told to you, once, by a comment that mentions you and by a Slack message.

Pure: who is new follows from what was known and what is there now. Bots are not told.
"""

from collections.abc import Iterable
from datetime import datetime

from steward.effects import Effect, Kind, effect_id
from steward.pages import Person
from steward.rules import AssignmentRule, DataSource, Rules
from steward.snapshots import Snapshot


def tellings(
    snapshot: Snapshot,
    people: Iterable[Person],
    source: DataSource,
    rules: Rules,
    event_id: str,
    now: datetime,
) -> tuple[Effect, ...]:
    """The effects that tell these people of this page, one for each way that each automation asks for.

    Args:
        snapshot: the version that is about to be committed; its number goes into the ids.
        people: who is newly assigned.
        source: the page's data source.
        rules: the whole file, for the channels.
        event_id: what led to it.
        now: when it is planned.
    """
    listed = list(people)
    return tuple(
        _effect(kind, person, snapshot, f"{source.name}/{rule.kind}[{index}]", channel, event_id, now)
        for index, rule in enumerate(source.automation)
        if isinstance(rule, AssignmentRule)
        for person in listed
        for kind, channel in _ways(rule, source, rules)
    )


def _ways(rule: AssignmentRule, source: DataSource, rules: Rules) -> Iterable[tuple[Kind, str]]:
    if rule.comment:
        yield Kind.COMMENT, ""
    if rule.slack:
        yield Kind.MESSAGE, rules.channel_for(source, rule)


def _effect(
    kind: Kind, person: Person, snapshot: Snapshot, rule: str, channel: str, event_id: str, now: datetime
) -> Effect:
    return Effect(
        id=effect_id(snapshot.page_id, snapshot.version, rule, kind, person.id),
        kind=kind,
        page_id=snapshot.page_id,
        version=snapshot.version,
        rule=rule,
        event_id=event_id,
        person_id=person.id,
        person_name=person.name,
        title=snapshot.title,
        url=snapshot.url,
        channel=channel,
        mention=person.kind == "person",
        planned_at=now,
    )
