"""What API Gateway writes about each request: a line in the template's own format (``AccessLogSettings.Format``).

Source: "Customize HTTP API access logs" in the API Gateway developer guide. Promises that whatever the format names of who
asked and of what was asked for stands in the line, so that a test of the lines is a test of the format; what a variable
has no value for is ``-``, as on AWS.
"""

import json
import re
import secrets
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from infra.local.payload import Request

NOTHING = "-"

Context = Mapping[str, str]
"""What is known of a request, by the names of ``$context`` variables."""

_VARIABLE = re.compile(r"\$context\.([A-Za-z]\w*(?:\.\w+)*)")


def context_of(request: Request, now: datetime) -> dict[str, str]:
    """What is known of a request before it is routed; ``now`` is in UTC."""
    headers = {name.lower(): value for name, value in request.headers}
    return {
        "requestId": secrets.token_urlsafe(12),
        "requestTime": now.astimezone(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": str(int(now.timestamp())),
        "stage": "$default",
        "domainName": headers.get("host", NOTHING),
        "httpMethod": request.method,
        "path": urlsplit(request.target).path,
        "protocol": request.protocol,
        "identity.sourceIp": request.sender,
        "identity.userAgent": headers.get("user-agent", NOTHING),
    }


def line(form: str, context: Context) -> str:
    """The line of a request; what stands in it ends neither its text nor the line."""
    return _VARIABLE.sub(lambda found: json.dumps(context.get(found[1], NOTHING))[1:-1], form)


class AccessLog:
    """The access log of a run: ``access.log`` in its folder, a line for each request that was whole."""

    def __init__(self, form: str | None, folder: Path) -> None:
        """Write in a format; in none, nothing."""
        self._form = form
        self._file = folder / "access.log"
        self._lock = threading.Lock()
        self._file.touch()

    def __call__(self, context: Context) -> None:
        """Write the line of a request."""
        if self._form is None:
            return
        with self._lock, self._file.open("a") as file:
            file.write(line(self._form, context) + "\n")

    def lines(self) -> list[str]:
        """What was written so far."""
        return self._file.read_text().splitlines()
