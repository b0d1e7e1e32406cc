"""HubSpot, as the probes need to know it.

Source: HubSpot's reference on error handling and usage guidelines (as of 2026-10). Every field of an error is optional by
its documents, so all is read with care. Where two limits are told, the daily one and that of ten seconds, both are passed on.
"""

from collections.abc import Mapping
from typing import Any

from steward.clients.notion_answers import retry_after
from steward.errors import CallFailed, Failure
from triage.findings import Probe
from triage.vendors.vendor import Answer, Ask, Headroom, Vendor

LOCKED_WAIT = 2.0
"""Seconds that HubSpot asks to wait at least before a locked resource is asked for again."""

ROLLING_WAIT = 10.0
"""Seconds until a window of the short limit has passed."""

_BY_STATUS = {
    400: Failure.INVALID,
    401: Failure.UNAUTHORIZED,
    403: Failure.FORBIDDEN,
    404: Failure.NOT_FOUND,
    409: Failure.CONFLICT,
    423: Failure.UNAVAILABLE,  # locked: somebody else is at it
    429: Failure.RATE_LIMITED,
    477: Failure.UNAVAILABLE,  # the account is moved to another region, for up to a day
}
_CODES = {423: "LOCKED", 477: "MIGRATION_IN_PROGRESS"}
_WAITS = {423: LOCKED_WAIT, 429: ROLLING_WAIT}

DAILY = "DAILY"
"""The ``policyName`` of the limit that only midnight lifts."""


def _decode(answer: Answer, ask: Ask, call: str) -> CallFailed | None:
    body = answer.body if isinstance(answer.body, Mapping) else None
    if 200 <= answer.status < 300 and body is not None and all(key in body for key in ask.expects):
        return None
    told = body or {}
    failure = _meaning(answer.status, body)
    code = _text(told.get("policyName")) or _text(told.get("category")) or _CODES.get(answer.status)
    wait = retry_after(answer.headers, None, answer.at)
    if wait is None and code != DAILY:
        wait = _WAITS.get(answer.status)
    return CallFailed(
        failure,
        "hubspot",
        call,
        status=answer.status,
        code=code or _text(told.get("errorType")),
        message=(_text(told.get("message")) or "not the API's answer")[:300],
        request_id=_text(told.get("correlationId"))
        or answer.headers.get("x-hubspot-correlation-id")
        or answer.headers.get("cf-ray"),
        retry_after=wait,
    )


def _meaning(status: int, body: Mapping[str, Any] | None) -> Failure:
    # What is not JSON comes from the edge in front of the API, whatever its status says; 477 and 423 may be bare.
    if status >= 500 or status < 400 or (body is None and status not in _CODES):
        return Failure.UNAVAILABLE
    return _BY_STATUS.get(status, Failure.REJECTED)


def _who(body: Any) -> str:
    portal, kind = body.get("portalId"), _text(body.get("accountType"))
    return f"account {portal}" + (f" ({kind.lower().replace('_', ' ')})" if kind else "")


def _headroom(headers: Mapping[str, str]) -> tuple[Headroom, ...]:
    limits = (
        ("daily", "x-hubspot-ratelimit-daily", "x-hubspot-ratelimit-daily-remaining"),
        ("10 seconds", "x-hubspot-ratelimit-max", "x-hubspot-ratelimit-remaining"),
    )
    found = []
    for name, limit, remaining in limits:
        left = _number(headers.get(remaining))
        if left is not None:  # the daily one is not told to OAuth apps, searches tell neither
            found.append(Headroom(name, _number(headers.get(limit)), left))
    return tuple(found)


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.strip().isdecimal() and len(text) < 16 else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


RUNBOOK = """\
* **401**: one is not a revoked token; HubSpot itself answers it while it is in trouble. Only steady ones are.
* **403 `MISSING_SCOPES`**: add the scope to the private app, and install it again.
* **429 `DAILY`**: nothing helps before midnight in the account's time zone. Find who spends it: the limit is the account's.
* **429 `TEN_SECONDLY_ROLLING`**: slow down; it is over in ten seconds.
* **423**: the resource is locked, wait two seconds. **477**: the account is being migrated, for up to a day; wait.
* **502, 504, 52x**: HubSpot's edge; pause for seconds, then try again. Give the correlation id to its support.
"""

VENDOR = Vendor(
    name="hubspot",
    title="HubSpot",
    status_pages=("https://status.hubspot.com/api/v2/summary.json",),
    base_url="https://api.hubapi.com",
    token_variable="HUBSPOT_ACCESS_TOKEN",  # noqa: S106 - a name
    headers={},
    auth=Ask(Probe.AUTH, "which account this is", "GET", "/account-info/v3/details", expects=("portalId",)),
    latency=Ask(
        Probe.LATENCY,
        "one contact",
        "GET",
        "/crm/v3/objects/contacts",
        query={"limit": "1", "archived": "false"},
        expects=("results",),
    ),
    decode=_decode,
    who=_who,
    slow=2.0,
    runbook=RUNBOOK,
    headroom=_headroom,
)
