"""Whether every secret is there and well-formed; none is ever shown. Pure, but for the reading."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from infra.operate.doctor.line import Line, fault, ok, warning
from infra.operate.doctor.stack import Secret, Stack
from infra.operate.signing_documents import standing_of
from infra.operate.text import when
from infra.operate.token_kinds import LEAST
from steward.errors import CallFailed
from steward.mirror.access import DsnAccess
from steward.rules import MAIN

NAME = "secrets"

_SIGNING = re.compile(r"secret_[A-Za-z0-9_-]{20,200}")
_NOTION = re.compile(r"(ntn|secret)_[A-Za-z0-9_]{10,200}")
_BOT = re.compile(r"xoxb-[A-Za-z0-9-]{8,300}")
_PLAIN = re.compile(r"[!-~]{8,500}")


def look(stack: Stack) -> Sequence[Line]:
    """Read and judge all of them."""
    return tuple(judged(stack.secrets, stack.rules.connections(), stack.now()))


def judged(secrets: Mapping[str, Secret], connections: Sequence[str], now: datetime) -> Iterator[Line]:
    """What the secrets come to.

    Args:
        secrets: by name, as ``stack.SECRETS`` has them; one that the stack does not have is left out.
        connections: names of the Notion connections that the rules use.
        now: our clock.
    """
    for name, secret in secrets.items():
        if secret.document is None:
            yield fault(NAME, f"{name}: it is no JSON object", f"write it anew: {_SHAPES[name]}")
            continue
        yield from _JUDGES[name](secret, connections, now)


def _signing(secret: Secret, _: Sequence[str], now: datetime) -> Iterator[Line]:
    del now
    active = (secret.document or {}).get("active") or []
    if not active:
        yield fault(
            NAME, "signing: no token is active: every delivery of Notion is refused", "run `subscribe`"
        )
    elif not isinstance(active, list) or not all(
        isinstance(t, str) and _SIGNING.fullmatch(t) for t in active
    ):
        yield fault(NAME, "signing: what is active is no verification token", "run `subscribe --again`")
    else:
        standing = standing_of(secret.document or {}, {})
        if standing.rotation is not None:
            mark, since = standing.rotation.mark, when(standing.rotation.since)
            yield warning(
                NAME, f"signing: {mark} is being rotated in since {since}", "run `subscribe --second`"
            )
        elif len(active) > 1:
            yield warning(
                NAME, f"signing: {len(active)} tokens are active", "run `subscribe --second --again`"
            )
        else:
            yield ok(NAME, f"signing: {standing.active[0]} is active")


def _pending(secret: Secret, _: Sequence[str], now: datetime) -> Iterator[Line]:
    standing = standing_of({}, secret.document or {})
    if standing.candidates:
        count = len(standing.candidates)
        yield warning(
            NAME, f"handshakes: {count} wait to be confirmed", "run `subscribe`, or `subscribe --undo`"
        )
    elif standing.armed_until is not None and standing.armed_until > now:
        yield warning(
            NAME, f"handshakes: the endpoint is armed until {when(standing.armed_until)}", "run `subscribe`"
        )
    else:
        yield ok(NAME, "handshakes: the endpoint takes none, and none waits")


def _notion(secret: Secret, connections: Sequence[str], now: datetime) -> Iterator[Line]:
    del now
    further = (secret.document or {}).get("connections") or {}
    for name in connections:
        token = (
            secret.text("token") if name == MAIN else (further.get(name) if isinstance(further, dict) else "")
        )
        more = "" if name == MAIN else f", with --connection {name}"
        yield _token(f"notion, {name}", token, _NOTION, f"run `rotate notion`{more}")


def _slack(secret: Secret, _: Sequence[str], now: datetime) -> Iterator[Line]:
    del now
    bot, webhook = secret.text("bot_token"), secret.text("webhook_url")
    if not bot and not webhook:
        yield fault(NAME, "slack: neither a bot token nor an incoming webhook", "run `rotate slack`")
    if bot:
        yield _token("slack, bot token", bot, _BOT, "run `rotate slack`")
    if webhook and (not urlsplit(webhook).hostname or "/services/" not in webhook):
        yield fault(NAME, "slack, incoming webhook: it is no address of one", "run `rotate slack-webhook`")
    elif webhook:
        yield ok(NAME, "slack, incoming webhook: well-formed")


def _console(secret: Secret, _: Sequence[str], now: datetime) -> Iterator[Line]:
    del now
    token = secret.text("token")
    if not token:
        yield warning(NAME, "console: nothing opens it", "run `rotate console`")
    elif len(token) < LEAST:
        yield fault(
            NAME, f"console: shorter than {LEAST} characters, too easy to guess", "run `rotate console`"
        )
    else:
        yield ok(NAME, "console: well-formed")


def _hubspot(secret: Secret, _: Sequence[str], now: datetime) -> Iterator[Line]:
    del now
    if secret.text("token"):
        yield _token("hubspot", secret.text("token"), _PLAIN, "run `rotate hubspot`")
    else:
        yield ok(NAME, "hubspot: empty, so HubSpot is not used")


def _mirror(secret: Secret, _: Sequence[str], now: datetime) -> Iterator[Line]:
    del now
    document = secret.document or {}
    try:
        DsnAccess(lambda _: document).reach()
    except CallFailed as failure:  # its words never hold the DSN
        yield fault(NAME, f"mirror: {failure.message}", f"put {_SHAPES['mirror']} into it")
    else:
        yield ok(NAME, "mirror: well-formed")


def _token(name: str, token: object, form: re.Pattern[str], remedy: str) -> Line:
    if not token:
        return fault(NAME, f"{name}: no token", remedy)
    if not isinstance(token, str) or not form.fullmatch(token):
        return fault(NAME, f"{name}: what is there has not the form of one", remedy)
    return ok(NAME, f"{name}: well-formed")


_JUDGES = {
    "signing": _signing,
    "pending": _pending,
    "notion": _notion,
    "slack": _slack,
    "console": _console,
    "hubspot": _hubspot,
    "mirror": _mirror,
}

_SHAPES = {
    "signing": '{"active": []}, then `subscribe`',
    "pending": '{"armed_until": null, "candidates": []}',
    "notion": '{"token": "ntn_..."}',
    "slack": '{"bot_token": "xoxb-...", "webhook_url": ""}',
    "console": '{"token": ""}, then `rotate console`',
    "hubspot": '{"token": "pat-..."}',
    "mirror": '{"dsn": "postgresql://..."}',
}
