"""The admin API's operations by name.

Promises that every operation runs with the workspace's lock held, except the few that wait for somebody else, and that
all failures are `SimulatorError`.
"""

from typing import Any

from .errors import ApiError, SimulatorError
from .machine import Machine
from .operations_content import ContentOperations
from .operations_network import NetworkOperations
from .operations_reading import ReadingOperations

# These talk to a receiver or wait for one, which may in turn ask us something.
_UNLOCKED = ("drain", "create_subscription", "resend_token", "reset", "release_hangs", "wait_for_hang")


class Operations(ContentOperations, NetworkOperations, ReadingOperations):
    """All operations of one machine."""


NAMES = frozenset(name for name in dir(Operations) if not name.startswith("_"))


def run(machine: Machine, name: str, arguments: dict[str, Any]) -> Any:
    """Run operation ``name``.

    Raises:
        SimulatorError: unknown name, wrong arguments, or whatever the operation refuses.
    """
    if name not in NAMES:
        raise SimulatorError(f"no operation {name!r}; there are {', '.join(sorted(NAMES))}")
    operation = getattr(Operations(machine), name)
    try:
        if name in _UNLOCKED:
            return operation(**arguments)
        with machine.workspace.lock:
            return operation(**arguments)
    except (ApiError, KeyError, TypeError) as problem:
        raise SimulatorError(f"{name}: {problem}") from problem
