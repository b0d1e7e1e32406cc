"""What is different between two snapshots, in words for a person who asks why something was told. Pure."""

from collections.abc import Sequence

from steward.pages import Person
from steward.snapshots import Snapshot


def changes(before: Snapshot | None, after: Snapshot | None) -> tuple[dict[str, str], dict[str, str]]:
    """What changed, as it was and as it became.

    Args:
        before: None when the page was not known.
        after: None when it still is not.

    Returns:
        Two mappings of label (``title``, ``assignees``, ``gone``) → readable value. Both hold the labels that differ;
        the first is empty when the page was not known. People count as the same when their ids are.
    """
    if after is None:
        return {}, {}
    if before is None:
        return {}, {**_shown(after, ("title", "assignees")), **({"gone": "yes"} if after.gone else {})}
    labels = [label for label, same in _same(before, after).items() if not same]
    return _shown(before, labels), _shown(after, labels)


def _same(before: Snapshot, after: Snapshot) -> dict[str, bool]:
    return {
        "title": before.title == after.title,
        "assignees": _ids(before.assignees) == _ids(after.assignees),
        "gone": before.gone == after.gone,
    }


def _shown(snapshot: Snapshot, labels: Sequence[str]) -> dict[str, str]:
    every = {
        "title": snapshot.title,
        "assignees": _people(snapshot.assignees),
        "gone": "yes" if snapshot.gone else "no",
    }
    return {label: every[label] for label in labels}


def _ids(people: tuple[Person, ...] | None) -> frozenset[str] | None:
    return None if people is None else frozenset(p.id for p in people)


def _people(people: tuple[Person, ...] | None) -> str:
    if people is None:
        return "unknown"
    return ", ".join(f"{p.name} ({p.id})" if p.name else p.id for p in people) or "nobody"
