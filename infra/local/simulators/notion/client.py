"""The admin API over HTTP, for a simulator in another process.

Promises the same methods as `NotionSimulator`; opens one connection a call, so nothing is left behind.
"""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from .control import NotionControl
from .errors import SimulatorError

OK = 200


class NotionAdmin(NotionControl):
    """A remote simulator.

    Args:
        url: origin, as the simulator printed it.
        timeout: seconds to wait for an answer; more than the longest `drain`.
    """

    def __init__(self, url: str, timeout: float = 120.0) -> None:
        self.url = url.rstrip("/")
        parts = urlsplit(self.url)
        self._host, self._port, self._timeout = parts.hostname or "127.0.0.1", parts.port, timeout

    def _call(self, operation: str, **arguments: object) -> Any:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=self._timeout)
        try:
            body = json.dumps(arguments).encode()
            connection.request("POST", f"/_admin/{operation}", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content: dict[str, Any] = json.loads(answer.read())
        except (OSError, ValueError, http.client.HTTPException) as problem:
            raise SimulatorError(f"no simulator answers at {self.url}: {problem}") from problem
        finally:
            connection.close()
        if answer.status != OK:
            raise SimulatorError(content["message"])
        return content["result"]
