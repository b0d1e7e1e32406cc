"""The admin API of a small simulator in another process; the same methods as its ``Machine`` has."""

import json
import urllib.error
import urllib.request
from typing import Any, cast

from .small_wire import ADMIN, Json, SimulatorError


class MachineAdmin:
    """Drives the simulator at ``url``."""

    def __init__(self, url: str, timeout: float = 10.0) -> None:
        self.url = url.rstrip("/")
        self._timeout = timeout

    def add_fault(self, action: Json, *, path: str = "", times: int | None = 1) -> None:
        """See ``Machine.add_fault``."""
        self._call("add_fault", action=action, path=path, times=times)

    def clear_faults(self) -> None:
        """See ``Machine.clear_faults``."""
        self._call("clear_faults")

    def requests(self) -> list[Json]:
        """See ``Machine.requests``."""
        return cast("list[Json]", self._call("requests"))

    def release(self) -> None:
        """See ``Machine.release``."""
        self._call("release")

    def _call(self, operation: str, **arguments: object) -> Any:
        return operated(self.url, operation, arguments, self._timeout)


def operated(url: str, operation: str, arguments: Json, timeout: float) -> Any:
    """What an operation of the simulator at an address gives, after ``timeout`` seconds at the latest.

    Raises:
        SimulatorError: it refuses the operation; the message says what to do instead.
    """
    request = urllib.request.Request(f"{url}{ADMIN}{operation}", json.dumps(arguments).encode())  # noqa: S310 - a simulator's address
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310 - as above
            return json.loads(answer.read())["result"]
    except urllib.error.HTTPError as error:
        with error:
            raise SimulatorError(json.loads(error.read())["message"]) from None
