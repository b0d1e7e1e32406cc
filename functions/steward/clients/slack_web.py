"""slack_sdk's client, but it follows no redirect.

slack_sdk opens addresses by urllib's default opener, which follows a redirect together with the token, to whomever it
names, and has no setting that forbids it. So the one method that opens an address is replaced; a test with every kind of
redirect shows that it is still the one. ``urllib.request.install_opener`` was rejected: it changes the whole process.
"""

from typing import Any
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
    UnknownHandler,
)

from slack_sdk import WebClient


def _opener() -> OpenerDirector:
    """HTTP and HTTPS, an error for every status that is no success, and nothing else: no redirect, proxy or file."""
    opener = OpenerDirector()
    for handler in (HTTPHandler, HTTPSHandler, UnknownHandler, HTTPDefaultErrorHandler, HTTPErrorProcessor):
        opener.add_handler(handler())
    return opener


_OPENER = _opener()


class Unredirected(WebClient):
    """Sends a token to the host that it was made for, and to nobody else."""

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        """The method of slack_sdk's ``BaseClient``, by another opener; ``url`` is that of the request."""
        del url
        with _OPENER.open(req, timeout=self.timeout) as answer:
            # Without a size: with one, an answer that breaks off would pass for a whole one.
            text = answer.read().decode(answer.headers.get_content_charset() or "utf-8")
            return {"status": answer.status, "headers": answer.headers, "body": text}
