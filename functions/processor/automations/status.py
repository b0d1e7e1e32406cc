"""A2: a status that changed is told, and escalated where it became one that somebody else has to know of.

Statuses compare by their options' ids, so that renaming one in Notion tells nobody; the rules file names them by what
people read. A page that is seen for the first time has not changed, nor has one that came from another data source, whose
statuses are others. A page that was gone is compared with what it was before.
"""

from collections.abc import Iterator

from processor.automations.change import Change, Draft
from processor.automations.filters import fits
from processor.automations.people import listed, named, ways_to
from steward.claims import assigned, has
from steward.effects import Kind
from steward.pages import Person
from steward.rules import StatusRule
from steward.rules.notices import Escalation
from steward.values import Value, same, shown, texts
from steward.words import Text, Words

STATUS = "status"


def plan(change: Change, rule: StatusRule) -> Iterator[Draft]:
    """The drafts that tell of a transition that the rule names."""
    step = _step(change, rule)
    if step is None:
        return
    was, became = step
    moved: Words = (Text(" moved from "), Text(shown(was), True), Text(" to "), Text(shown(became), True))
    claims = (has(STATUS, became),)
    assignees = change.after.assignees or ()
    channel = change.rules.channel_for(change.source, rule)
    called = rule.escalate.slack_channel or channel if rule.escalate else None
    if rule.comment:
        yield Draft(
            Kind.COMMENT,
            STATUS,
            _comment(assignees if rule.mention else (), moved),
            claims,
            urgent=rule.urgent,
        )
    if rule.slack and channel != called:
        yield Draft(Kind.MESSAGE, STATUS, (change.page, *moved), claims, channel=channel, urgent=rule.urgent)
    escalated = set(_escalated(rule.escalate))
    for person in assignees:
        for kind in ways_to(person, rule):
            if (kind, person.id) not in escalated:
                yours = (change.page, Text(", which is assigned to you,"), *moved)
                instead = channel if kind is Kind.DIRECT and not rule.slack else ""
                yield Draft(
                    kind,
                    f"{STATUS} {person.id}",
                    yours,
                    (*claims, assigned(person.id)),
                    person,
                    instead,
                    rule.urgent,
                )
    if rule.escalate and called:
        yield from _escalate(change, rule.escalate, moved, claims, called)


def _step(change: Change, rule: StatusRule) -> tuple[Value, Value] | None:
    """The status as it was and as it became, if the rule names that."""
    before, after = change.stayed, change.after
    if before is None or change.departure is not None:
        return None
    if STATUS in change.own or not (STATUS in before.values and STATUS in after.values):
        return None
    was, became = before.values[STATUS], after.values[STATUS]
    if same(was, became) or not (_named(was, rule.from_) and _named(became, rule.to)):
        return None
    return (was, became) if fits(after, rule.where) else None


def _named(value: Value, names: tuple[str, ...]) -> bool:
    return not names or not set(texts(value)).isdisjoint(names)


def _comment(people: tuple[Person, ...], moved: Words) -> Words:
    if not people:
        return (Text("This task"), *moved, Text("."))
    return (*listed(people), Text(": this task"), *moved, Text("."))


def _escalated(escalation: Escalation | None) -> Iterator[tuple[Kind, str]]:
    """Who is told by the escalation in which way; they are not told as assignees once more."""
    if escalation is not None:
        for person in map(named, escalation.to):
            yield from ((kind, person.id) for kind in ways_to(person, escalation))


def _escalate(
    change: Change, escalation: Escalation, moved: Words, claims: tuple[str, ...], channel: str
) -> Iterator[Draft]:
    people = tuple(map(named, dict.fromkeys(escalation.to)))
    said = (*listed(people), Text(": "), change.page, *moved) if people else (change.page, *moved)
    yield Draft(Kind.MESSAGE, "escalation", said, claims, channel=channel, urgent=escalation.urgent)
    for person in people:
        for kind in ways_to(person, escalation):
            key = f"escalation {person.id}"
            yield Draft(kind, key, (change.page, *moved), claims, person, urgent=escalation.urgent)
