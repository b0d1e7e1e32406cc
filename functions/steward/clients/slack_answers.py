"""What Slack's answers mean. Pure.

Source: Slack's reference on chat.postMessage, on rate limits, and on the errors of incoming webhooks (HTTP status and a
word in plain text). What is neither is not Slack's own answer, whatever its status says.
"""

import re
from collections.abc import Mapping
from typing import Any, cast

from slack_sdk.errors import SlackApiError

from steward.clients.transport import HttpAnswer
from steward.errors import CallFailed, Failure

MAX_WAIT = 3600.0
"""Seconds; a longer wish is asked again after an hour."""

_CODE = re.compile(r"[a-z0-9_]{1,80}")

_BY_ERROR = {
    "ratelimited": Failure.RATE_LIMITED,
    "rate_limited": Failure.RATE_LIMITED,
    "fatal_error": Failure.UNAVAILABLE,
    "internal_error": Failure.UNAVAILABLE,
    "service_unavailable": Failure.UNAVAILABLE,
    "request_timeout": Failure.UNAVAILABLE,
    "team_added_to_org": Failure.UNAVAILABLE,
    "not_authed": Failure.UNAUTHORIZED,
    "invalid_auth": Failure.UNAUTHORIZED,
    "account_inactive": Failure.UNAUTHORIZED,
    "token_revoked": Failure.UNAUTHORIZED,
    "token_expired": Failure.UNAUTHORIZED,
    "missing_scope": Failure.FORBIDDEN,
    "no_permission": Failure.FORBIDDEN,
    "not_allowed_token_type": Failure.FORBIDDEN,
}

_WEBHOOK_GONE = frozenset({"no_service", "no_service_id", "no_team", "team_disabled", "invalid_token"})
"""What Slack answers on an incoming webhook that was revoked: like a revoked token, a new one mends it."""


def bot_refused(call: str, error: SlackApiError, *, writes: bool) -> CallFailed:
    """What an error of the Web API means."""
    response: Any = error.response
    return api_refused(call, response.status_code, response.data, response.headers or {}, writes=writes)


def api_refused(call: str, status: int, data: Any, headers: Mapping[str, str], *, writes: bool) -> CallFailed:
    """What an answer of the Web API means that is not ``ok``: its status, decoded body and headers."""
    code = word(data.get("error")) if isinstance(data, dict) else None
    if code is not None and not _CODE.fullmatch(code):
        code = None  # slack_sdk puts words of its own there when the answer is no JSON
    if status == 429:
        failure = Failure.RATE_LIMITED
    elif status >= 500 or code is None:
        failure = Failure.UNAVAILABLE
    else:
        failure = _BY_ERROR.get(code, Failure.REJECTED)
    return CallFailed(
        failure,
        "slack",
        call,
        status=status,
        code=code,
        retry_after=_wait(headers),
        maybe_done=writes and failure is Failure.UNAVAILABLE and not 300 <= status < 500,
    )


def webhook_refused(call: str, answer: HttpAnswer) -> CallFailed:
    """What any answer of an incoming webhook but ``ok`` means."""
    status, said = answer.status, answer.content[:100].decode("utf-8", "replace").strip()
    code = said if _CODE.fullmatch(said) else None
    if status == 429:
        failure = Failure.RATE_LIMITED
    elif 400 <= status < 500 and code is not None:
        failure = Failure.UNAUTHORIZED if code in _WEBHOOK_GONE else Failure.REJECTED
    else:
        failure = Failure.UNAVAILABLE
    return CallFailed(
        failure,
        "slack",
        call,
        status=status,
        code=code,
        retry_after=_wait(answer.headers),
        maybe_done=failure is Failure.UNAVAILABLE and not 300 <= status < 500,
    )


def inner(outer: object, name: str) -> Mapping[str, Any]:
    """The object under a name, or an empty one where there is none."""
    found = outer.get(name) if isinstance(outer, Mapping) else None
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}


def word(value: object) -> str | None:
    """A text that is not empty, or None."""
    return value if isinstance(value, str) and value else None


def _wait(headers: Mapping[str, str]) -> float | None:
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return min(float(said), MAX_WAIT) if said.isascii() and said.isdigit() else None
