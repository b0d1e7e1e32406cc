"""``rules check``: every mistake of a rules file, and what of it would break against Notion as it is now (A10).

Without ``--live`` nothing is called. With it, each data source costs one read; the tokens come from ``NOTION_TOKEN``, and
``NOTION_TOKEN_PARTNER`` for a connection called partner, or else from the Notion secret of the stack.
"""

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.setup import ROOT
from infra.operate import target as targets
from infra.operate.clock import utc_now
from infra.operate.target import Target, TargetError, add_arguments, plainly
from infra.operate.text import printable
from steward.budget import Budget
from steward.clients.notion import NotionClient
from steward.clients.transport import Transport, plain_session
from steward.deadline import Deadline
from steward.errors import CallFailed, Failure, RulesError
from steward.mirror.connection import NONE, is_kept
from steward.rules import MAIN, Rules, load
from steward.rules.mistakes import path_of
from steward.rules.places import line_of, lines_of
from steward.schema import Schema, decode_schema
from steward.schema_check import Break, check

DEFAULT = ROOT / "functions" / "steward.toml"

API, VERSION = "https://api.notion.com", "2026-03-11"


@dataclass(frozen=True, slots=True)
class Access:
    """How Notion is reached.

    Attributes:
        url: origin of the API, without ``/v1``.
        version: the ``Notion-Version``.
        tokens: connection → its token.
        where: where a token that is missing should be, for people; ``{name}`` is the connection's.
        keeps_a_mirror: whether the stack has a database for one; None when no stack is looked at.
    """

    url: str
    version: str
    tokens: Mapping[str, str]
    where: str
    keeps_a_mirror: bool | None = None


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser("rules", help="check the rules file", description=__doc__)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    checking = actions.add_parser("check", help="say every mistake; exit status 1 when there is one")
    checking.add_argument(
        "file", nargs="?", type=Path, default=DEFAULT, metavar="FILE", help="the rules file"
    )
    checking.add_argument("--live", action="store_true", help="also against Notion's live properties")
    checking.set_defaults(run=_run)
    add_arguments(checking)


def _run(wishes: argparse.Namespace) -> int:
    try:
        rules = load(wishes.file)
    except RulesError as error:
        if wishes.json:
            print(json.dumps({"file": wishes.file.name, "mistakes": str(error).splitlines()}))
        else:
            print("\n".join(map(printable, str(error).splitlines())))
        return 1
    automations = sum(len(source.automation) for source in rules.data_source)
    counts = {"data_sources": len(rules.data_source), "automations": automations}
    if wishes.json and not wishes.live:
        print(json.dumps({"file": wishes.file.name, "mistakes": [], **counts}))
        return 0
    print(
        f"{wishes.file.name}: no mistakes; {_count(len(rules.data_source), 'data source')}, {_count(automations, 'automation')}"
    )
    if not wishes.live:
        return 0
    try:
        access = _access(wishes, rules)
    except TargetError as error:
        print(f"rules check: {error}", file=sys.stderr)
        return 2
    return _live(wishes.file, rules, access)


def _live(file: Path, rules: Rules, access: Access) -> int:
    schemas: dict[str, Schema] = {}
    for source in rules.data_source:
        try:
            schemas[source.id] = _schema(access, source.connection, source.id)
        except CallFailed as failure:
            print(printable(f"{source.name}: not checked: {_why(failure, access, source.connection)}"))
    breaks = check(rules, schemas)
    lines = lines_of(file.read_text(encoding="utf-8"))
    for found in breaks:
        print(printable(_told(found, file.name, line_of(found.place, lines))))
    broken = len({rule for found in breaks for rule in found.rules})
    if breaks:
        print(f"{_count(broken, 'automation')} would break")
    elif schemas:
        print(f"{_count(len(schemas), 'live data source')} checked; everything fits")
    homeless = is_kept(rules) and access.keeps_a_mirror is False
    if homeless:
        print(NONE)
    return 0 if not (breaks or homeless) and len(schemas) == len(rules.data_source) else 1


def _access(wishes: argparse.Namespace, rules: Rules) -> Access:
    """The stack that is named, else the environment's token, else the local stack."""
    if wishes.stack_name is None and os.environ.get("NOTION_TOKEN"):
        names = {name: _variable(name) for name in rules.connections()}
        tokens = {name: os.environ.get(variable, "") for name, variable in names.items()}
        url = os.environ.get("NOTION_API_URL") or API
        return Access(url, VERSION, tokens, "put it into the environment, see `rules --help`")
    target = targets.find(wishes.stack_name, wishes.region, wishes.profile)
    with plainly(target.name):
        return Access(
            target.parameter("NotionApiUrl", API),
            target.parameter("NotionVersion", VERSION),
            _secret(target),
            "put it into the Notion secret: `token`, or by the connection's name under `connections`",
            _keeps_a_mirror(target),
        )


def _keeps_a_mirror(target: Target) -> bool:
    by_dsn = target.parameter("MirrorByDsn", "false") == "true"
    return by_dsn or bool(target.parameter("MirrorHost", ""))


def _secret(target: Target) -> dict[str, str]:
    client = target.client("secretsmanager")
    try:
        text = client.get_secret_value(SecretId=target.output("NotionSecretArn")).get("SecretString")
    except client.exceptions.ResourceNotFoundException:  # made, but never filled
        text = None
    try:
        document = json.loads(text or "{}")
        further = document.get("connections") or {}
        return {MAIN: str(document.get("token") or ""), **{str(k): str(v) for k, v in further.items()}}
    except (ValueError, AttributeError) as error:
        raise TargetError("the Notion secret is no JSON object with a token") from error


def _schema(access: Access, connection: str, source_id: str) -> Schema:
    client = NotionClient(
        Transport(plain_session(), "notion", Deadline(), time.sleep, random.Random()),  # noqa: S311 - jitter
        access.url,
        access.version,
        lambda _: access.tokens.get(connection, ""),
        Budget(180, time.time),
        utc_now,
    )
    return decode_schema(client.data_source(source_id).body)


def _why(failure: CallFailed, access: Access, connection: str) -> str:
    if not access.tokens.get(connection):
        return f"the connection {connection!r} has no token; {access.where}"
    if failure.failure is Failure.NOT_FOUND:
        return "Notion knows no such data source; share it with the connection, and give its own id, not its database's"
    return str(failure)


def _told(found: Break, name: str, line: int | None) -> str:
    where = f"{name}: line {line}: " if line else f"{name}: "
    breaks = f"breaks {', '.join(found.rules)}" if found.rules else "no automation uses it yet"
    proposal = f"; write {found.proposal}" if found.proposal else ""
    return f"{where}{path_of(found.place)}: {found.text}; {breaks}{proposal}"


def _variable(connection: str) -> str:
    return "NOTION_TOKEN" if connection == MAIN else f"NOTION_TOKEN_{connection.upper().replace('-', '_')}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")
