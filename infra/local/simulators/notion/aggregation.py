"""Notion's aggregation: what happens to one entity within a short window is told together, or not at all.

Promises that authors and updated properties of merged events are united and none is lost, and that a state which
returns to where it was is not told. Notion documents neither the window nor which moment an aggregated event's
timestamp names; both are settings.
"""

from .envelope import Event
from .model import Json

NEVER_AGGREGATED = ("page.locked", "page.unlocked", "comment.", "file_upload.", "view.")
_EXISTENCE = ("created", "deleted", "undeleted")


def aggregated(event_type: str) -> bool:
    """True when Notion batches this type per entity."""
    return not event_type.startswith(NEVER_AGGREGATED)


class Bucket:
    """The events of one entity within one window.

    Args:
        timestamp: "first" or "last": which of the merged moments the event names.
    """

    def __init__(self, timestamp: str) -> None:
        self._timestamp = timestamp
        self._events: list[Event] = []
        self._existed_before: bool | None = None
        self._exists = True

    def add(self, event: Event) -> Event | None:
        """Take ``event`` in; return the event that it was merged into, when it was."""
        verb = event.type.rpartition(".")[2]
        if verb in _EXISTENCE:
            if self._existed_before is None:
                self._existed_before = verb == "deleted"
            self._exists = verb != "deleted"
        same = next((known for known in self._events if known.type == event.type), None)
        if same is None:
            self._events.append(event)
            return None
        self._merge(same, event)
        return same

    def _merge(self, into: Event, event: Event) -> None:
        into.authors = _union(into.authors, event.authors)
        if self._timestamp == "last":
            into.at_ms = event.at_ms
        for key, value in event.data.items():
            lists = isinstance(value, list) and isinstance(into.data.get(key), list)
            into.data[key] = _union(into.data[key], value) if lists else value

    def close(self) -> tuple[list[Event], list[Event]]:
        """The events to send, and those that collapsed into nothing."""
        if self._existed_before is None:
            return self._events, []
        if self._existed_before == self._exists:
            # Created and deleted: nothing of it is told. Deleted and restored: what else changed still is.
            gone = [
                event
                for event in self._events
                if not self._exists or event.type.rpartition(".")[2] in _EXISTENCE
            ]
            return [event for event in self._events if event not in gone], gone
        verbs = ("deleted",) if not self._exists else ("created", "undeleted")
        first = next(event for event in self._events if event.type.rpartition(".")[2] in verbs)
        gone = [e for e in self._events if e is not first and e.type.rpartition(".")[2] in _EXISTENCE]
        return [event for event in self._events if event not in gone], gone


def _union(first: list[Json], second: list[Json]) -> list[Json]:
    return first + [item for item in second if item not in first]
