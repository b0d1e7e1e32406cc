"""What Notion's answers mean. Pure.

Source: Notion's reference on status codes and request limits (as of 2026-10), and its SDK's retry rules: an answer that
is not JSON comes from the edge in front of the API, whatever its status says, and a 5xx to a write does not mean that
nothing was written.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, cast

from steward.clients.transport import HttpAnswer
from steward.errors import CallFailed, Failure

MAX_WAIT = 3600.0
"""Seconds; a vendor's longer wish is asked again after an hour."""

_BY_STATUS = {
    400: Failure.INVALID,
    401: Failure.UNAUTHORIZED,
    403: Failure.FORBIDDEN,
    404: Failure.NOT_FOUND,
    409: Failure.CONFLICT,
}

_BY_REASON = {
    "public_api_space_request_rate_limit": Failure.WORKSPACE_LIMITED,
    "public_api_request_blocked": Failure.BLOCKED,
}


def parse(answer: HttpAnswer) -> Mapping[str, Any] | None:
    """The JSON object of an answer, or None when it is none."""
    try:
        body = json.loads(answer.content)
    except (ValueError, RecursionError):
        return None
    return cast("Mapping[str, Any]", body) if isinstance(body, dict) else None


def observed_at(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When an answer was made: its ``Date``, never later than our own clock; None without a usable date."""
    try:
        date = parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return min(date, now)


def classify(
    call: str,
    method: str,
    answer: HttpAnswer,
    body: Mapping[str, Any] | None,
    now: datetime,
    needs: tuple[str, ...],
) -> CallFailed | None:
    """What an answer means, or None when it is the success that was asked for.

    Args:
        call: the call's name.
        method: HTTP method; everything but GET may have written.
        answer: the answer.
        body: its JSON object, or None.
        now: our clock, for waits that are given as a date.
        needs: keys without which the object is no answer to the question.
    """
    writes = method != "GET"
    status = answer.status
    if 200 <= status < 300:
        if body is not None and all(key in body for key in needs):
            return None
        return _failed(
            Failure.UNAVAILABLE, call, answer, body, now, maybe_done=writes, said="not the API's answer"
        )
    if body is None:
        done = writes and status >= 500
        return _failed(
            Failure.UNAVAILABLE, call, answer, body, now, maybe_done=done, said="not the API's answer"
        )
    if status < 400:
        return _failed(Failure.UNAVAILABLE, call, answer, body, now, said="an unexpected redirect")
    # 529 is refused before it is worked, like 429, but nothing documents that: better to look once too often.
    return _failed(_meaning(status, body), call, answer, body, now, maybe_done=writes and status >= 500)


def _meaning(status: int, body: Mapping[str, Any]) -> Failure:
    if status == 429:
        return _BY_REASON.get(str(_additional(body).get("rate_limit_reason")), Failure.RATE_LIMITED)
    return Failure.UNAVAILABLE if status >= 500 else _BY_STATUS.get(status, Failure.REJECTED)


def retry_after(headers: Mapping[str, str], body: Mapping[str, Any] | None, now: datetime) -> float | None:
    """Seconds that the vendor asks to wait: a number or a date in the header, else the body's own; None without."""
    for said in (headers.get("retry-after"), _additional(body or {}).get("retry_after")):
        seconds = _seconds(said, now)
        if seconds is not None:
            return min(max(seconds, 0.0), MAX_WAIT)
    return None


def _seconds(said: object, now: datetime) -> float | None:
    text = str(said).strip() if isinstance(said, str | int | float) else ""
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if number == number and abs(number) != float("inf"):  # noqa: PLR0124 - NaN is not itself
        return number
    try:
        date = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now.timestamp()


def _failed(
    failure: Failure,
    call: str,
    answer: HttpAnswer,
    body: Mapping[str, Any] | None,
    now: datetime,
    *,
    maybe_done: bool = False,
    said: str = "",
) -> CallFailed:
    known = body or {}
    committed = _additional(known).get("committed_resource_id")
    request_id = (
        answer.headers.get("x-notion-request-id") or known.get("request_id") or answer.headers.get("cf-ray")
    )
    return CallFailed(
        failure,
        "notion",
        call,
        status=answer.status,
        code=_text(known.get("code")),
        message=(said or _text(known.get("message")) or "")[:300],
        request_id=_text(request_id),
        # Blocked is lifted by people; what it says of seconds would only have us knock every minute.
        retry_after=MAX_WAIT if failure is Failure.BLOCKED else retry_after(answer.headers, body, now),
        maybe_done=maybe_done,
        committed_id=_text(committed) if maybe_done else None,
    )


def _additional(body: Mapping[str, Any]) -> Mapping[str, Any]:
    found = body.get("additional_data")
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
