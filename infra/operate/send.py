"""``send``: deliver a signed sample event to any webhook endpoint, local or deployed (I8).

A stack is sent to at its own address, signed with the token that is active there. With ``--url`` and no stack, the token
comes from the environment or a file, never from the command line, where every process could read it.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from infra.operate import target as targets
from infra.operate.clock import utc_now
from infra.operate.samples import AUTHOR, DATA_SOURCE, DIALECTS, PAGE, older_event, sample_event
from infra.operate.signing_documents import active_of
from infra.operate.signing_secret import RefusedStep, SigningSecret
from infra.operate.target import Target, TargetError, add_arguments, plainly
from infra.operate.text import printable
from steward.events import OFFICIAL_TYPES
from steward.signature import sign

TOKEN_VARIABLE = "NOTION_VERIFICATION_TOKEN"  # noqa: S105 - a name
FORGER = "secret_of_somebody_else"


class UsageError(Exception):
    """The command can't be run as it was given; the message says what to do."""


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser("send", help="send a signed sample event", description=__doc__)
    parser.add_argument(
        "--url", help="another webhook endpoint than the stack's, e.g. https://example.com/webhooks/notion"
    )
    parser.add_argument(
        "--type",
        default="page.properties_updated",
        choices=sorted(OFFICIAL_TYPES),
        metavar="TYPE",
        help="an official type",
    )
    parser.add_argument("--dialect", default="official", choices=DIALECTS, help="the envelope's shape")
    parser.add_argument("--entity", default=PAGE, help="id of what changed")
    parser.add_argument("--data-source", default=DATA_SOURCE, help="id of the data source that it lives in")
    parser.add_argument("--property", action="append", help="id of a property that changed; may be repeated")
    parser.add_argument("--author", default=AUTHOR, help="id of the person who did it")
    parser.add_argument("--event-id", help="Notion's event id; random without")
    parser.add_argument("--repeat", type=int, default=1, help="deliver the same event so many times")
    parser.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help=f"with the signing token; without, the stack's, or with --url alone {TOKEN_VARIABLE}",
    )
    parser.add_argument("--forge", action="store_true", help="sign with a token that is not yours")
    parser.add_argument("--dry-run", action="store_true", help="print what would be sent")
    parser.set_defaults(run=run)
    add_arguments(parser)


def run(wishes: argparse.Namespace) -> int:
    """Send; 0 when every delivery was taken, 1 when one was not, 2 when the command is not usable."""
    try:
        if wishes.repeat < 1:
            raise UsageError("--repeat has to be 1 or more; leave it out to send once")
        url, token = _where(wishes)
    except (UsageError, TargetError) as error:
        print(printable(f"send: {error}"), file=sys.stderr)
        return 2
    payload = _payload(wishes)
    told = [_deliver(wishes, url, {**payload, "attempt_number": n + 1}, token) for n in range(wishes.repeat)]
    if wishes.json:
        print(json.dumps({"deliveries": told}))
    return 0 if all(one["ok"] for one in told) else 1


def _where(wishes: argparse.Namespace) -> tuple[str, str]:
    """Address and token: of the stack that is named, of the endpoint that is, or else of the local stack."""
    named = wishes.stack_name is not None or wishes.local
    if wishes.url and not named:
        if wishes.forge:
            return wishes.url, FORGER
        try:
            return wishes.url, find_token(wishes.token_file, os.environ)
        except UsageError:
            ours = None if wishes.token_file else _local_at(wishes.url)
            if ours is None:
                raise
            return wishes.url, token_of(ours)
    target = targets.find(wishes.stack_name, wishes.region, wishes.profile)
    url = wishes.url or target.output("WebhookUrl")
    if wishes.forge:
        return url, FORGER
    return url, find_token(wishes.token_file, {}) if wishes.token_file else token_of(target)


def _local_at(url: str) -> Target | None:
    """The local stack, where that is its address: then its token goes nowhere else."""
    try:
        found = targets.find()
        return found if found.output("WebhookUrl") == url else None
    except TargetError:
        return None


def token_of(target: Target) -> str:
    """The token that a stack accepts; of several the newest, which signs when a rotation is over.

    Raises:
        UsageError: none is active.
    """
    try:
        with plainly(target.name):
            secret = SigningSecret(target.client("secretsmanager"), target.output("SigningSecretArn"))
            active = active_of(secret.read())
    except RefusedStep as refused:
        raise UsageError(str(refused)) from refused
    if not active:
        raise UsageError(f"no signing token is active in {target.name}; `subscribe` gets one from Notion")
    return active[-1]


def find_token(file: Path | None, environ: Mapping[str, str]) -> str:
    """The signing token.

    Raises:
        UsageError: there is none.
    """
    if file is not None:
        try:
            token = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(
                f"{file} can't be read ({type(error).__name__}); name a text file that holds the token alone"
            ) from error
    else:
        token = environ.get(TOKEN_VARIABLE, "").strip()
    if not token:
        raise UsageError(
            f"no signing token; set {TOKEN_VARIABLE}, name a file with --token-file, or name the stack whose token it is "
            "with --stack or --local"
        )
    return token


def _payload(wishes: argparse.Namespace) -> dict[str, Any]:
    now = utc_now()
    if wishes.dialect == "official":
        return sample_event(
            wishes.type,
            now=now,
            entity_id=wishes.entity,
            data_source_id=wishes.data_source,
            properties=wishes.property or ("XGe%40",),
            author_id=wishes.author,
            event_id=wishes.event_id,
        )
    older = older_event(
        wishes.dialect,
        now=now,
        entity_id=wishes.entity,
        data_source_id=wishes.data_source,
        author_id=wishes.author,
    )
    return {**older, "id": wishes.event_id} if wishes.event_id else older


def _deliver(
    wishes: argparse.Namespace, url: str, payload: Mapping[str, Any], token: str
) -> Mapping[str, Any]:
    body = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "X-Notion-Signature": sign(body, token)}
    if wishes.dry_run:
        if not wishes.json:
            print(*(f"{name}: {value}" for name, value in headers.items()), "", body.decode(), sep="\n")
        return {"ok": True, "headers": headers, "body": body.decode()}
    began = time.perf_counter()
    try:
        answer = requests.post(url, data=body, headers=headers, timeout=30, allow_redirects=False)
    except requests.exceptions.RequestException as error:
        why = f"{url} can't be reached ({type(error).__name__})"
        print(f"send: {why}; is the stack up?", file=sys.stderr)
        return {"ok": False, "error": why, "do": "look whether the stack is up"}
    milliseconds = round((time.perf_counter() - began) * 1000, 1)
    if not wishes.json:
        print(f"{answer.status_code} in {milliseconds} ms  {answer.text}")
    return {"ok": answer.ok, "status": answer.status_code, "ms": milliseconds, "answer": answer.text}
