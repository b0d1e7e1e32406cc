"""A1: a task that became yours, or is no longer, is told to you, once.

Who is new is decided before, by ``processor.plan``, because it depends on what was kept silent at first sight. Bots are
not told. A group is named; it can't be mentioned or written to. Who is no longer assigned is never called back to the page
by a comment, and not told in a way in which the assignment itself was not told yet.
"""

from collections.abc import Iterator

from processor.automations.change import Change, Draft
from processor.automations.people import ways_to
from steward.claims import assigned, unassigned
from steward.effects import Kind
from steward.pages import Person
from steward.rules import AssignmentRule
from steward.words import Text, Words


def plan(change: Change, rule: AssignmentRule) -> Iterator[Draft]:
    """The drafts that tell those who were added, and those who were removed if they are to be told."""
    for person in change.added:
        claims = (assigned(person.id),)
        if rule.comment:
            words = (person, Text(", this task is now assigned to you."))
            yield Draft(Kind.COMMENT, person.id, words, claims, person, urgent=rule.urgent)
        said = (person, Text(" is now assigned to "), change.page)
        yours = (change.page, Text(" is now assigned to you."))
        yield from _tell(change, rule, person, person.id, claims, said, yours)
    for person in change.removed if rule.removed else ():
        said = (person, Text(" is no longer assigned to "), change.page)
        yours = (change.page, Text(" is no longer assigned to you."))
        for draft in _tell(
            change, rule, person, f"{person.id} removed", (unassigned(person.id),), said, yours
        ):
            if change.pending(draft.kind, person.id) is None:
                yield draft


def _tell(
    change: Change,
    rule: AssignmentRule,
    person: Person,
    key: str,
    claims: tuple[str, ...],
    said: Words,
    yours: Words,
) -> Iterator[Draft]:
    channel = change.rules.channel_for(change.source, rule)
    if rule.slack:
        yield Draft(Kind.MESSAGE, key, said, claims, person, channel, rule.urgent)
    for kind in ways_to(person, rule):
        # Whom Slack does not know is told in the channel, unless the channel is told anyway.
        instead = channel if kind is Kind.DIRECT and not rule.slack else ""
        yield Draft(kind, key, yours, claims, person, instead, rule.urgent)
