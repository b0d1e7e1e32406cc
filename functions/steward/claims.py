"""What a telling claims of its page, so that it can be checked just before it is told. Pure.

An effect waits, in the outbox or for its message's turn, and the page moves on meanwhile. Each effect carries the facts
that make it true; when the snapshot no longer has them all, it is cancelled instead of told.
"""

import json
from collections.abc import Iterable

from steward import values
from steward.snapshots import Snapshot
from steward.values import Value

THERE = "there"
GONE = "gone"
LOCKED = "locked"
UNLOCKED = "unlocked"
FREE = "assigned to nobody"

_EITHER = "either "


def assigned(person_id: str) -> str:
    """The person is among the assignees."""
    return f"assigned {person_id}"


def unassigned(person_id: str) -> str:
    """The person is not among the assignees."""
    return f"unassigned {person_id}"


def has(role: str, value: Value) -> str:
    """The property of a role has this value."""
    return f"{role} is {values.key(value)}"


def lives_in(source_id: str) -> str:
    """The page belongs to this data source."""
    return f"in {source_id}"


def either(claims: Iterable[str]) -> str:
    """At least one of these is true."""
    return _EITHER + json.dumps(list(claims), ensure_ascii=False)


def hold(claims: Iterable[str], snapshot: Snapshot) -> bool:
    """Whether all of them are true. Of a page that is gone nothing is, but that it is gone."""
    return set(claims) <= _facts(snapshot) if snapshot.gone else all(_holds(c, snapshot) for c in claims)


def _holds(claim: str, snapshot: Snapshot) -> bool:
    if claim.startswith(_EITHER):
        return any(_holds(one, snapshot) for one in json.loads(claim.removeprefix(_EITHER)))
    if claim.startswith("unassigned "):
        return assigned(claim.removeprefix("unassigned ")) not in _facts(snapshot)
    return claim in _facts(snapshot)


def _facts(snapshot: Snapshot) -> set[str]:
    if snapshot.gone:
        return {GONE}
    return {
        THERE,
        *([FREE] if snapshot.assignees == () else []),
        LOCKED if snapshot.locked else UNLOCKED,
        lives_in(snapshot.source_id),
        *(assigned(p.id) for p in snapshot.assignees or ()),
        *(has(role, value) for role, value in snapshot.values.items()),
    }
