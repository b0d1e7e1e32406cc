"""The automations, one module each: pure, from one step of a page's history to what has to be done about it.

A module has ``plan(change, rule)``, which yields drafts and notes; it performs no call and reads no clock.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from processor.automations import assignment, lifecycle, mirror, on_creation, status, sync
from processor.automations.change import Change, Draft, Note

PLANNERS: Mapping[str, Callable[[Change, Any], Iterable[Draft | Note]]] = {
    "assignment": assignment.plan,
    "lifecycle": lifecycle.plan,
    "mirror": mirror.plan,
    "on_creation": on_creation.plan,
    "status": status.plan,
    "sync": sync.plan,
}
"""By the ``kind`` of an automation in the rules file; of the other kinds none is about a step of a page's history."""
