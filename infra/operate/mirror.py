"""``mirror``: the copy of linked pages in PostgreSQL: bring its schema up to date, see how it stands, compare both sides and mend what differs (A7).

Operates the database of a stack, or the one that MIRROR_DSN names: then it needs no stack, and reads
functions/steward.toml. Exit status 0 when it is as it should be, 1 when `mirror migrate` is due or the database does not
answer, 2 when there is nothing to operate.
"""

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from infra.operate import mirror_check
from infra.operate import target as targets
from infra.operate.rules_of import add_rules, rules_of
from infra.operate.target import Target, TargetError, add_arguments, plainly
from infra.operate.text import printable, table
from steward.deadline import Deadline
from steward.errors import CallFailed
from steward.mirror.access import ADMIN, Access, DsnAccess, DsqlAccess
from steward.mirror.connection import columns_in
from steward.mirror.database import Database, Transaction
from steward.mirror.migrate import migrate, standing
from steward.mirror.projects import Projects
from steward.mirror.rows import Counts
from steward.mirror.schema import LATEST, Columns, SchemaMistake, missing
from steward.secret_store import SecretStore, SecretUnavailable

PATIENCE = 600.0
"""Seconds that one statement may take: an index of a large table takes its time, and nobody's Lambda ends."""

environ: Mapping[str, str] = os.environ


@dataclass(frozen=True)
class Wanted:
    """What is operated on, and how it should be."""

    name: str
    database: Database
    columns: Columns


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser("mirror", help="the copy of pages in PostgreSQL", description=__doc__)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    making = actions.add_parser("migrate", help="make the tables and columns that are missing")
    making.set_defaults(run=lambda wishes: run("mirror migrate", wishes, _migrate))
    status = actions.add_parser("status", help="whether it answers, its version, how many rows there are")
    status.set_defaults(run=lambda wishes: run("mirror status", wishes, _status))
    mirror_check.register(actions)
    for action in (making, status):
        action.add_argument("--json", action="store_true", help="print one JSON object")
        add_rules(action)
        add_arguments(action)


def run(command: str, wishes: argparse.Namespace, action: Callable[[argparse.Namespace, Wanted], int]) -> int:
    """Find the database, do something with it and the columns of the rules file, and give the exit status."""
    return operate(command, wishes, lambda target: columns_in(rules_of(target, wishes.rules)), action)


def none_more(_: Target | None) -> Columns:
    """What a command needs of the rules file that reads none."""
    return {}


def operate(
    command: str,
    wishes: argparse.Namespace,
    columns: Callable[[Target | None], Columns],
    action: Callable[[argparse.Namespace, Wanted], int],
) -> int:
    """Find the database, do something with it, and give the exit status.

    Args:
        command: its name, for errors.
        wishes: what was asked for.
        columns: further ones of the rules file that the stack runs by; of None where MIRROR_DSN names the database.
        action: what is done.
    """
    try:
        dsn = environ.get("MIRROR_DSN", "")
        if dsn and wishes.stack_name is None and not wishes.local:
            access: Access = DsnAccess(lambda _: {"dsn": dsn})
            return _with("the database of MIRROR_DSN", access, columns(None), wishes, action)
        target = targets.find(wishes.stack_name, wishes.region, wishes.profile)
        with plainly(target.name):
            access = access_of(target)
            return _with(f"the mirror of {target.name}", access, columns(target), wishes, action)
    except (TargetError, SchemaMistake) as error:
        print(printable(f"{command}: {error}"), file=sys.stderr)
        return 2
    except SecretUnavailable as error:
        print(printable(f"{command}: {error}; look whether these credentials may read it"), file=sys.stderr)
        return 2
    except CallFailed as failure:
        do = "" if "; " in str(failure) else "; look whether the database is up, and can be reached from here"
        print(printable(f"{command}: {failure}{do}"), file=sys.stderr)
        return 1


def access_of(target: Target) -> Access:
    """The way to a stack's mirror.

    Raises:
        TargetError: it has none.
    """
    if host := target.parameter("MirrorHost", ""):
        user = target.parameter("MirrorUser", ADMIN)
        return DsqlAccess(lambda _: target.client("dsql"), host, user)
    try:
        secret = target.output("MirrorSecretArn")
    except TargetError as error:
        raise TargetError(
            f"{target.name} keeps no mirror; deploy it with MirrorByDsn=true or with MirrorHost, or set MIRROR_DSN"
        ) from error
    store = SecretStore(target.client("secretsmanager"), time.monotonic)
    return DsnAccess(lambda fresh: store.refresh(secret) if fresh else store.get(secret))


def _with(
    name: str,
    access: Access,
    columns: Columns,
    wishes: argparse.Namespace,
    action: Callable[[argparse.Namespace, Wanted], int],
) -> int:
    database = Database(
        access, Deadline(), clock=time.monotonic, sleep=time.sleep, jitter=random.SystemRandom().random
    )
    try:
        return action(wishes, Wanted(name, database, columns))
    finally:
        database.close()


def _migrate(wishes: argparse.Namespace, wanted: Wanted) -> int:
    made = migrate(wanted.database, wanted.columns, PATIENCE)
    if wishes.json:
        print(json.dumps({"version": LATEST, "made": made}))
        return 0
    for line in made:
        print(printable(line))
    print(f"{wanted.name} is at version {LATEST}" + ("" if made else "; nothing was missing"))
    return 0


def _status(wishes: argparse.Namespace, wanted: Wanted) -> int:
    there = standing(wanted.database)
    counts = wanted.database.run("postgres.status", _counts) if there.version else {}
    absent = sorted(name for name in wanted.columns if name not in there.columns)
    missing(wanted.columns, there.columns)  # raises where one has another type
    due = there.version < LATEST or bool(absent)
    if wishes.json:
        shown = {name or "": asdict(found) for name, found in counts.items()}
        print(
            json.dumps({"version": there.version, "latest": LATEST, "missing_columns": absent, "rows": shown})
        )
        return int(due)
    print(f"{wanted.name} answers; version {there.version} of {LATEST}")
    if due:
        print(f"`mirror migrate` is due{': columns ' + ', '.join(absent) + ' are missing' if absent else ''}")
    if counts:
        lines = [
            (printable(name or "(none)"), str(found.rows), str(found.linked), str(found.trashed))
            for name, found in counts.items()
        ]
        print(table(("data source", "rows", "linked", "trashed"), lines))
    return int(due)


def _counts(transaction: Transaction) -> dict[str | None, Counts]:
    return Projects({}, str).counts(transaction)
