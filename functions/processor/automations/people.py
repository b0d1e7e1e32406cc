"""People, as the rules file names them and as the ways reach them. Pure.

Somebody of the rules file may be known by their e-mail address alone: then the address is their id, and what stands before
the @ is their name. By a direct message, an e-mail, or as the value of a people property they can be reached by it; a
comment can't mention them.
"""

from collections.abc import Iterator, Sequence

from steward.effects import Kind
from steward.pages import Person
from steward.rules import PersonalNotice
from steward.rules.notices import Escalation
from steward.words import Part, Text

MOST_NAMED = 20
"""People that one sentence names: the rest is counted."""


def named(reference: str) -> Person:
    """Somebody of the rules file, by Notion user id or by e-mail address."""
    return Person(reference, reference.partition("@")[0] if "@" in reference else None, "person")


def ways_to(person: Person, rule: PersonalNotice | Escalation) -> Iterator[Kind]:
    """In which ways a rule tells a person and nobody else; a group has neither inbox nor address."""
    if person.kind == "person":
        if rule.direct:
            yield Kind.DIRECT
        if rule.email:
            yield Kind.EMAIL


def listed(people: Sequence[Person]) -> Iterator[Part]:
    """Their names with commas between; of many, the first and how many more there are."""
    for number, person in enumerate(people[:MOST_NAMED]):
        if number:
            yield Text(", ")
        yield person
    if len(people) > MOST_NAMED:
        yield Text(f" and {len(people) - MOST_NAMED} more")
