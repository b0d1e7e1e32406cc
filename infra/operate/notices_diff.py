"""What two rules files tell differently: added, removed and changed, with counts. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from infra.operate.what_if_plan import Told


@dataclass(frozen=True, slots=True)
class Differences:
    """What is told otherwise.

    Attributes:
        added: what only the new file tells.
        removed: what only the present file tells.
        changed: what both tell one person by one automation, and how each does: present, new.
        same: how many are told alike.
    """

    added: Sequence[Told] = ()
    removed: Sequence[Told] = ()
    changed: Sequence[tuple[Told, Told]] = ()
    same: int = 0

    @property
    def any(self) -> bool:
        """Whether anything differs."""
        return bool(self.added or self.removed or self.changed)

    def document(self) -> dict[str, Any]:
        """As JSON; counts by automation and by person say how many more or fewer there are of each sort."""
        return {
            "same": self.same,
            "added": [asdict(t) for t in self.added],
            "removed": [asdict(t) for t in self.removed],
            "changed": [{"now": asdict(now), "new": asdict(new)} for now, new in self.changed],
            "by_automation": self.counts("rule"),
            "by_person": self.counts("person"),
        }

    def counts(self, what: str) -> dict[str, dict[str, int]]:
        """Automation, or person → how many were added, removed and changed."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for name, notices in (
            ("added", self.added),
            ("removed", self.removed),
            ("changed", [new for _, new in self.changed]),
        ):
            for told in notices:
                found[getattr(told, what) or "(a channel)"][name] += 1
        return {key: dict(count) for key, count in sorted(found.items())}


@dataclass
class _Side:
    now: list[Told] = field(default_factory=list)
    new: list[Told] = field(default_factory=list)


def differences(now: Iterable[Told], new: Iterable[Told]) -> Differences:
    """Compare what the present file tells with what the new one does."""
    sides: dict[tuple[str, ...], _Side] = defaultdict(_Side)
    for told in now:
        sides[_key(told)].now.append(told)
    for told in new:
        sides[_key(told)].new.append(told)
    added, removed, same = list[Told](), list[Told](), 0
    changed: list[tuple[Told, Told]] = []
    for side in sides.values():
        alike = Counter(side.now) & Counter(side.new)
        same += alike.total()
        gone, came = list(_less(side.now, alike)), list(_less(side.new, alike))
        both = min(len(gone), len(came))
        changed += zip(gone[:both], came[:both], strict=True)
        removed += gone[both:]
        added += came[both:]
    return Differences(added, removed, changed, same)


def _key(told: Told) -> tuple[str, ...]:
    return told.event_id, told.rule, told.kind, told.person


def _less(every: Sequence[Told], without: Mapping[Told, int]) -> Iterator[Told]:
    left = Counter(without)
    for told in every:
        if left[told] > 0:
            left[told] -= 1
        else:
            yield told
