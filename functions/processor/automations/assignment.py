"""A1: a task that became yours is told to you, once, by a comment that mentions you and by a message.

Who is new is decided before, by ``processor.plan``, because it depends on what was kept silent at first sight. Bots are
not told.
"""

from collections.abc import Iterator

from processor.automations.change import Change, Draft
from steward.claims import assigned
from steward.effects import Kind
from steward.rules import AssignmentRule
from steward.words import Text


def plan(change: Change, rule: AssignmentRule) -> Iterator[Draft]:
    """The drafts that tell those who were added."""
    channel = change.rules.channel_for(change.source, rule)
    for person in change.added:
        claims = (assigned(person.id),)
        if rule.comment:
            words = (person, Text(", this task is now assigned to you."))
            yield Draft(Kind.COMMENT, person.id, words, claims, person)
        if rule.slack:
            said = (person, Text(" is now assigned to "), change.page)
            yield Draft(Kind.MESSAGE, person.id, said, claims, person, channel)
