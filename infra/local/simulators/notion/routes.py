"""Which endpoint a method and a path mean.

Promises Notion's own answer to an unknown path: 400 `invalid_request_url`.
"""

import re
from collections.abc import Callable
from urllib.parse import unquote

from . import api_blocks, api_comments, api_data, api_pages, api_users
from .call import Call
from .errors import ApiError
from .model import Json

Endpoint = Callable[[Call], Json]

_ROUTES: tuple[tuple[str, str, Endpoint], ...] = (
    ("GET", "/v1/users", api_users.list_all),
    ("GET", "/v1/users/me", api_users.me),
    ("GET", "/v1/users/{}", api_users.retrieve),
    ("POST", "/v1/pages", api_pages.create),
    ("GET", "/v1/pages/{}", api_pages.retrieve),
    ("PATCH", "/v1/pages/{}", api_pages.update),
    ("POST", "/v1/pages/{}/move", api_pages.move),
    ("GET", "/v1/pages/{}/properties/{}", api_pages.retrieve_property),
    ("GET", "/v1/blocks/{}", api_blocks.retrieve),
    ("GET", "/v1/blocks/{}/children", api_blocks.children),
    ("PATCH", "/v1/blocks/{}/children", api_blocks.append),
    ("POST", "/v1/comments", api_comments.create),
    ("GET", "/v1/comments", api_comments.list_open),
    ("GET", "/v1/comments/{}", api_comments.retrieve),
    ("PATCH", "/v1/comments/{}", api_comments.update),
    ("DELETE", "/v1/comments/{}", api_comments.delete),
    ("GET", "/v1/data_sources/{}", api_data.retrieve_source),
    ("POST", "/v1/data_sources/{}/query", api_data.query),
    ("GET", "/v1/databases/{}", api_data.retrieve_database),
    ("POST", "/v1/search", api_data.search),
)
_COMPILED = [
    (method, re.compile(re.escape(path).replace(r"\{\}", "([^/]+)") + "/?"), endpoint)
    for method, path, endpoint in _ROUTES
]


def route(method: str, path: str) -> tuple[Endpoint, list[str]]:
    """The endpoint and the path's variable parts, percent-decoded once.

    Raises:
        ApiError: 400 `invalid_request_url`.
    """
    for known, pattern, endpoint in _COMPILED:
        match = pattern.fullmatch(path)
        if match and known == method:
            return endpoint, [unquote(part) for part in match.groups()]
    raise ApiError(400, "invalid_request_url", "Invalid request URL.")
