"""Whether Slack knows us, with which scopes, and whether every channel of the rules can be written to.

Slack is asked who we are, which tells the scopes, and for its channels: by one list, or one by one where they are named by
id. Source: Slack's reference on ``auth.test``, ``conversations.list`` and ``conversations.info``.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from infra.operate.doctor.line import Line, fault, ok, unchecked, warning
from infra.operate.doctor.slack_needs import Need, channels_of, needs_of
from infra.operate.doctor.stack import Stack
from steward.clients import whose_token
from steward.clients.slack_answers import api_refused
from steward.errors import CallFailed

NAME, CHANNELS = "slack", "channels"
MOST_PAGES = 5
"""Of a thousand channels each; a larger workspace names its channels by id."""

PUBLIC = "chat:write.public"


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as Slack shows it."""

    id: str
    name: str
    archived: bool
    member: bool


def look(stack: Stack) -> Sequence[Line]:
    """Ask Slack, by whichever way the secret has."""
    secret = stack.secret("slack")
    token, webhook = secret.text("bot_token").strip(), secret.text("webhook_url").strip()
    incident = stack.target.parameter("IncidentChannel", "")
    wanted = channels_of(stack.rules, incident)
    if token:
        return list(_by_bot(stack, token, wanted))
    if webhook:
        return list(_by_webhook(stack, webhook, wanted))
    return [unchecked(NAME, "there is neither a token nor a webhook to ask with")]


def _by_bot(stack: Stack, token: str, wanted: Sequence[str]) -> Iterator[Line]:
    try:
        body, headers = _call(stack, token, "auth.test", {})
    except CallFailed as failure:
        yield fault(NAME, f"the token is refused: {failure}", "run `rotate slack`")
        return
    yield ok(NAME, f"connected as {body.get('user')} in {body.get('team')}")
    told = headers.get("x-oauth-scopes")
    scopes = frozenset(part.strip() for part in told.split(",")) if told else None
    yield from scope_lines(scopes, needs_of(stack.rules, wanted))
    try:
        known = [*_listed(stack, token, wanted), *_shown(stack, token, wanted)]
    except CallFailed as failure:
        yield warning(CHANNELS, f"can't be looked for: {failure}", _add("channels:read"))
        return
    yield from channel_lines(wanted, known, may_write_anywhere=scopes is None or PUBLIC in scopes)


def _by_webhook(stack: Stack, url: str, wanted: Sequence[str]) -> Iterator[Line]:
    with stack.session() as session:
        prove = whose_token.of_slack_webhook(stack.once(session, "slack"), urlsplit(stack.slack_api).scheme)
        try:
            who = prove(url)
        except CallFailed as failure:
            yield fault(NAME, f"the incoming webhook is refused: {failure}", "run `rotate slack-webhook`")
            return
    yield ok(NAME, f"connected as {who.name}")
    if len(wanted) > 1:
        says = f"the rules name {len(wanted)} channels, and an incoming webhook has one"
        yield warning(CHANNELS, says, "run `rotate slack` with a bot token, or name one channel")
    else:
        yield unchecked(CHANNELS, "an incoming webhook does not tell its channel")


def scope_lines(scopes: frozenset[str] | None, needs: Sequence[Need]) -> Iterator[Line]:
    """What the scopes come to; None where Slack did not tell them. Pure."""
    if scopes is None:
        yield unchecked(NAME, "Slack did not tell the token's scopes")
        return
    missing = [need for need in needs if need.scope not in scopes]
    for need in missing:
        make = fault if need.vital else warning
        yield make(NAME, f"the scope {need.scope} is missing: {need.why}", _add(need.scope))
    if not missing:
        yield ok(NAME, f"has the {len(needs)} scopes that the rules need")


def channel_lines(
    wanted: Sequence[str], known: Sequence[Channel], *, may_write_anywhere: bool
) -> Iterator[Line]:
    """What each channel of the rules comes to. Pure."""
    for name in wanted:
        found = next((c for c in known if name in (c.id, f"#{c.name}")), None)
        if found is None:
            yield warning(
                CHANNELS,
                f"{name}: not among the channels that we see: private, or misspelt",
                f"invite the app into it; if it is private, name it by its id in the rules instead of {name}",
            )
        elif found.archived:
            yield fault(CHANNELS, f"{name}: it is archived", "unarchive it, or name another one in the rules")
        elif not found.member and not may_write_anywhere:
            yield fault(
                CHANNELS, f"{name}: the app is no member", f"in {name}, write /invite and the app's name"
            )
        else:
            yield ok(CHANNELS, f"{name}: can be written to")


def _listed(stack: Stack, token: str, wanted: Sequence[str]) -> Iterator[Channel]:
    cursor, named = "", {name for name in wanted if name.startswith("#")}
    for _ in range(MOST_PAGES if named else 0):
        asked = {"limit": "999", "exclude_archived": "false"} | ({"cursor": cursor} if cursor else {})
        body, _headers = _call(stack, token, "conversations.list", asked)
        rows = body.get("channels")
        for row in rows if isinstance(rows, list) else []:
            channel = _channel(row)
            named.discard(f"#{channel.name}")
            yield channel
        metadata = body.get("response_metadata")
        cursor = str((metadata if isinstance(metadata, dict) else {}).get("next_cursor") or "")
        if not cursor or not named:
            return


def _shown(stack: Stack, token: str, wanted: Sequence[str]) -> Iterator[Channel]:
    for channel_id in (name for name in wanted if not name.startswith("#")):
        try:
            body, _headers = _call(stack, token, "conversations.info", {"channel": channel_id})
        except CallFailed as failure:
            if failure.code != "channel_not_found":
                raise
        else:
            yield _channel(body.get("channel"))


def _channel(row: Any) -> Channel:
    shown = row if isinstance(row, dict) else {}
    return Channel(
        str(shown.get("id", "")),
        str(shown.get("name", "")),
        bool(shown.get("is_archived")),
        bool(shown.get("is_member")),
    )


def _call(
    stack: Stack, token: str, method: str, asked: Mapping[str, str]
) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    with stack.session() as session:
        answer = stack.once(session, "slack").send(
            f"slack.{method}",
            "GET",
            f"{stack.slack_api}{method}",
            headers={"Authorization": f"Bearer {token}"},
            params=asked,
        )
    try:
        body = json.loads(answer.content)
    except ValueError:
        body = None
    if answer.status != 200 or not isinstance(body, dict) or body.get("ok") is not True:
        raise api_refused(f"slack.{method}", answer.status, body, answer.headers, writes=False)
    return body, {name.lower(): value for name, value in answer.headers.items()}


def _add(scope: str) -> str:
    return f"in the Slack app, OAuth & Permissions: add {scope}, and install it again"
