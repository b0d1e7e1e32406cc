"""Which pages an automation means: by the values that they have, and by what they are rows of. Pure.

A value of the rules file is compared by what people read: an option's name, a text, ``true``, a date as ``2026-12-25``;
of people, the name or the id. A page whose value is not known does not fit.
"""

from collections.abc import Iterator, Mapping, Sequence

from steward.claims import assigned, either, has
from steward.snapshots import Snapshot
from steward.values import texts

ASSIGNEE = "assignee"


def fits(snapshot: Snapshot, where: Mapping[str, Sequence[str]]) -> bool:
    """Whether every role has one of the values that are asked for."""
    return all(not set(wanted).isdisjoint(_texts(snapshot, role)) for role, wanted in where.items())


def under(snapshot: Snapshot, parents: Sequence[str]) -> bool:
    """Whether the page is a row of one of these data sources or databases; any will do when none is named."""
    return not parents or not {snapshot.source_id, *snapshot.parents}.isdisjoint(parents)


def fitting(snapshot: Snapshot, where: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The claims that a page which fits goes on having the values by which it does."""
    return tuple(_claim(snapshot, role, wanted) for role, wanted in where.items())


def _claim(snapshot: Snapshot, role: str, wanted: Sequence[str]) -> str:
    if role != ASSIGNEE:
        return has(role, snapshot.values[role])
    meant = (p for p in snapshot.assignees or () if {p.id, p.name} & set(wanted))
    return either(assigned(p.id) for p in meant)


def _texts(snapshot: Snapshot, role: str) -> Iterator[str]:
    if role != ASSIGNEE:
        yield from texts(snapshot.values.get(role))
        return
    for person in snapshot.assignees or ():
        yield person.id
        if person.name:
            yield person.name
