"""The admin API of a simulator in another process."""

from typing import Any

from infra.local.simulators.small_client import operated

from .control import SlackControl


class SlackAdmin(SlackControl):
    """Drives the simulator at ``url``."""

    def __init__(self, url: str, timeout: float = 10.0) -> None:
        self.url = url.rstrip("/")
        self._timeout = timeout

    def _call(self, operation: str, **arguments: object) -> Any:
        return operated(self.url, operation, arguments, self._timeout)
