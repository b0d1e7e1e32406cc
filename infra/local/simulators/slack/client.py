"""The admin API of a simulator in another process."""

import json
import urllib.error
import urllib.request
from typing import Any

from .control import SlackControl
from .model import SimulatorError


class SlackAdmin(SlackControl):
    """Drives the simulator at ``url``."""

    def __init__(self, url: str, timeout: float = 10.0) -> None:
        self.url = url.rstrip("/")
        self._timeout = timeout

    def _call(self, operation: str, **arguments: object) -> Any:
        body = json.dumps(arguments).encode()
        request = urllib.request.Request(f"{self.url}/_admin/{operation}", body)  # noqa: S310 - a simulator's address
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as answer:  # noqa: S310
                return json.loads(answer.read())["result"]
        except urllib.error.HTTPError as error:
            with error:
                raise SimulatorError(json.loads(error.read())["message"]) from None
