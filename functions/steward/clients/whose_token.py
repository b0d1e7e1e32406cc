"""Whose token is this? One cheap read a vendor: the proof that a token works before anything relies on it.

Source: Notion's ``GET /v1/users/me``, Slack's ``auth.test`` and the errors of its incoming webhooks, HubSpot's ``GET /account-info/v3/details``.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from steward.clients.notion_answers import classify, parse
from steward.clients.slack_answers import api_refused, webhook_refused
from steward.clients.transport import HttpAnswer, Transport
from steward.errors import CallFailed, Failure
from steward.identifiers import normalise_id
from steward.identity import Identity, Prove

HUBSPOT = "https://api.hubapi.com"

_WEBHOOK = re.compile(r"/services/(T[A-Z0-9]+)/B[A-Z0-9]+/[A-Za-z0-9]+")

_EMPTY = (b"no_text", b"invalid_payload", b"missing_text_or_fallback_or_attachments")
"""What Slack says of an empty message: it knew the webhook."""

_OF_HUBSPOT = {
    401: Failure.UNAUTHORIZED,
    403: Failure.FORBIDDEN,
    404: Failure.NOT_FOUND,
    429: Failure.RATE_LIMITED,
}


def of_notion(
    transport: Transport,
    base_url: str,
    version: str,
    now: Callable[[], datetime],
    before: Callable[[], None] = lambda: None,
) -> Prove:
    """Ask Notion.

    Args:
        transport: sends the request.
        base_url: the API's origin, without ``/v1``.
        version: the ``Notion-Version``.
        now: our clock.
        before: runs before the request; pays it from a budget.
    """

    def prove(token: str) -> Identity:
        call = "notion.me"
        headers = {"Authorization": f"Bearer {token}", "Notion-Version": version}
        url = f"{base_url.rstrip('/')}/v1/users/me"
        answer = transport.send(call, "GET", url, headers=headers, before=before)
        body = parse(answer)
        if failure := classify(call, "GET", answer, body, now(), ("id", "bot")):
            raise failure
        known, bot = body or {}, _mapping((body or {}).get("bot"))
        workspace, title = _text(bot.get("workspace_id")), _text(bot.get("workspace_name"))
        place = normalise_id(workspace) if workspace else ""
        return Identity(place, normalise_id(str(known["id"])), _name(_text(known.get("name")), title))

    return prove


def of_slack(transport: Transport, api_url: str) -> Prove:
    """Ask Slack; ``api_url`` ends with a slash."""

    def prove(token: str) -> Identity:
        call = "slack.auth_test"
        headers = {"Authorization": f"Bearer {token}"}
        answer = transport.send(call, "POST", f"{api_url}auth.test", headers=headers)
        body = parse(answer)
        if answer.status != 200 or body is None or body.get("ok") is not True or "team_id" not in body:
            raise api_refused(call, answer.status, body, answer.headers, writes=False)
        actor = _text(body.get("bot_id")) or _text(body.get("user_id"))
        return Identity(str(body["team_id"]), actor, _name(_text(body.get("user")), _text(body.get("team"))))

    return prove


def of_slack_webhook(transport: Transport, scheme: str = "https") -> Prove:
    """Ask an incoming webhook, without posting: Slack refuses an empty message from one that lives for its emptiness.

    It proves that the address is not revoked, and not that its channel takes messages: only a message would.
    ``scheme`` is that of Slack's addresses.
    """

    def prove(token: str) -> Identity:
        call = "slack.webhook"
        identity = in_webhook(token, scheme)
        if identity is None:
            message = "that is no address of an incoming webhook: https://hooks.slack.com/services/T…/B…/…"
            raise CallFailed(Failure.INVALID, "slack", call, message=message)
        answer = transport.send(call, "POST", token, headers={}, json={})
        if answer.status == 400 and answer.content.strip() in _EMPTY:
            return identity
        raise webhook_refused(call, answer)

    return prove


def in_webhook(url: str, scheme: str = "https") -> Identity | None:
    """The team that an incoming webhook's own address names; None when it is no such address. Asks nobody.

    The app's part of the address is another one for each webhook, so it tells none from its successor.
    """
    parts = urlsplit(url)
    found = _WEBHOOK.fullmatch(parts.path)
    if found is None or parts.scheme != scheme or not parts.hostname or parts.query or parts.fragment:
        return None
    return Identity(found[1], "", f"an incoming webhook of team {found[1]}")


def of_hubspot(transport: Transport, base_url: str = HUBSPOT) -> Prove:
    """Ask HubSpot."""

    def prove(token: str) -> Identity:
        call = "hubspot.account"
        headers = {"Authorization": f"Bearer {token}"}
        answer = transport.send(
            call, "GET", f"{base_url.rstrip('/')}/account-info/v3/details", headers=headers
        )
        body = parse(answer)
        if answer.status == 200 and body is not None and "portalId" in body:
            return Identity(str(body["portalId"]), "", f"HubSpot account {body['portalId']}")
        raise _hubspot_refused(call, answer, body or {})

    return prove


def _hubspot_refused(call: str, answer: HttpAnswer, body: Mapping[str, Any]) -> CallFailed:
    strange = answer.status < 400 or answer.status >= 500
    return CallFailed(
        Failure.UNAVAILABLE if strange else _OF_HUBSPOT.get(answer.status, Failure.REJECTED),
        "hubspot",
        call,
        status=answer.status,
        code=_text(body.get("category")) or None,
        message=_text(body.get("message"))[:300],
        request_id=_text(body.get("correlationId")) or None,
    )


def _name(who: str, where: str) -> str:
    return f"{who or 'a bot'} in {where}" if where else who or "a bot"


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
