"""What is said of watched properties that changed: each as it was and as it became. Pure.

One notice tells of all of them. It stays true as long as one of them is as it became; what changes again is told again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from processor.automations.change import Change
from processor.automations.filters import ASSIGNEE
from processor.automations.people import listed
from steward.claims import FREE, assigned, either, has, unassigned
from steward.pages import Person
from steward.snapshots import Snapshot
from steward.values import Value, same, shown
from steward.words import Part, Text, Words

LONGEST = 100
"""Characters of a value that a notice shows."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is said, and the claim that makes it true."""

    words: Words
    claim: str


def updates(change: Change, watch: Sequence[str]) -> Told | None:
    """What is said of the watched roles that changed, or None.

    A page that is seen for the first time, or that came from another data source, has no values to compare; what we wrote
    ourselves is no news.
    """
    before, after = change.stayed, change.after
    if before is None:
        return None
    changed = [role for role in watch if role not in change.own and _differs(before, after, role)]
    if not changed:
        return None
    words: list[Part] = []
    for role in changed:
        words += [
            Text(f"{'; ' if words else ''}{role} changed from "),
            *_shown(change, before, role),
            Text(" to "),
            *_shown(change, after, role),
        ]
    claims = [claim for role in changed for claim in _claims(before, after, role)]
    return Told((*words, Text(".")), either(claims))


def _differs(before: Snapshot, after: Snapshot, role: str) -> bool:
    if role == ASSIGNEE:
        if before.assignees is None or after.assignees is None:
            return False
        return {p.id for p in before.assignees} != {p.id for p in after.assignees}
    if role not in before.values or role not in after.values:
        return False
    return not same(before.values[role], after.values[role])


def _claims(before: Snapshot, after: Snapshot, role: str) -> Iterator[str]:
    if role != ASSIGNEE:
        yield has(role, after.values[role])
        return
    was, now = ({p.id for p in s.assignees or ()} for s in (before, after))
    yield from map(assigned, sorted(now - was))
    yield from map(unassigned, sorted(was - now))
    if not now:
        yield FREE


def _shown(change: Change, snapshot: Snapshot, role: str) -> Iterator[Part]:
    people: Sequence[Person] = snapshot.assignees or () if role == ASSIGNEE else ()
    value: Value = snapshot.values.get(role)
    if role != ASSIGNEE and change.types.get(role) == "people":
        people = [Person(person_id, None, "person") for person_id in value or ()]
    if people:
        yield from listed(people)
    else:
        yield Text(_text(value, change.types.get(role)), strong=True)


def _text(value: Value, kind: str | None) -> str:
    if value and kind == "relation":
        return "1 page" if len(value) == 1 else f"{len(value)} pages"
    text = shown(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
