"""What is different between two snapshots, in words for a person who asks why something was told. Pure."""

from collections.abc import Sequence

from steward.pages import Person
from steward.snapshots import Snapshot
from steward.values import same, shown

SOURCE = "data source"


def changes(before: Snapshot | None, after: Snapshot | None) -> tuple[dict[str, str], dict[str, str]]:
    """What changed, as it was and as it became.

    Args:
        before: None when the page was not known.
        after: None when it still is not.

    Returns:
        Two mappings of label (``title``, ``assignees``, ``gone``, ``locked``, ``data source``, and the roles of other
        properties) → readable value. Both hold the labels that differ; the first is empty when the page was not known.
        People count as the same when their ids are, and so do options.
    """
    if after is None:
        return {}, {}
    if before is None:
        labels = [label for label, value in _every(after).items() if value not in ("no", "unknown")]
        return {}, _shown(after, [label for label in labels if label != SOURCE])
    labels = [label for label, same in _same(before, after).items() if not same]
    return _shown(before, labels), _shown(after, labels)


def _same(before: Snapshot, after: Snapshot) -> dict[str, bool]:
    both = before.values.keys() & after.values.keys()
    return {
        "title": before.title == after.title,
        "assignees": _ids(before.assignees) == _ids(after.assignees),
        **{
            role: role in both and same(before.values[role], after.values[role])
            for role in _roles(before, after)
        },
        "gone": before.gone == after.gone,
        "locked": bool(before.locked) == bool(after.locked),
        SOURCE: before.source_id == after.source_id,
    }


def _roles(before: Snapshot, after: Snapshot) -> list[str]:
    return list(dict.fromkeys([*before.values, *after.values]))


def _every(snapshot: Snapshot) -> dict[str, str]:
    return {
        "title": snapshot.title,
        "assignees": _people(snapshot.assignees),
        **{role: shown(value) for role, value in snapshot.values.items()},
        "gone": "yes" if snapshot.gone else "no",
        "locked": "yes" if snapshot.locked else "no",
        SOURCE: snapshot.source_id,
    }


def _shown(snapshot: Snapshot, labels: Sequence[str]) -> dict[str, str]:
    every = _every(snapshot)
    return {label: every.get(label, "unknown") for label in labels}


def _ids(people: tuple[Person, ...] | None) -> frozenset[str] | None:
    return None if people is None else frozenset(p.id for p in people)


def _people(people: tuple[Person, ...] | None) -> str:
    if people is None:
        return "unknown"
    return ", ".join(f"{p.name} ({p.id})" if p.name else p.id for p in people) or "nobody"
