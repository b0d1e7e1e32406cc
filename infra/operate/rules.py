"""``rules check``: every mistake of a rules file, and what of it would break against Notion as it is now (A10).

Without ``--live`` nothing is called. With it, each data source costs one read; the tokens come from ``NOTION_TOKEN``, and
``NOTION_TOKEN_PARTNER`` for a connection called partner, or else from the Notion secret of the stack. A stack has learnt
which property is which, and so takes a renamed one for what it is, as ``doctor`` does.
"""

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from infra.operate import target as targets
from infra.operate.clock import utc_now
from infra.operate.rules_access import Access, of_environment, of_stack
from infra.operate.rules_of import file_of
from infra.operate.target import Target, TargetError, add_arguments
from infra.operate.text import printable
from steward.budget import Budget
from steward.clients.notion import NotionClient
from steward.clients.transport import Transport, plain_session
from steward.deadline import Deadline
from steward.errors import CallFailed, Failure, RulesError
from steward.mirror.connection import NONE, is_kept
from steward.rules import DataSource, Rules, load
from steward.rules.mistakes import path_of
from steward.rules.places import line_of, lines_of
from steward.schema import Schema, decode_schema
from steward.schema_check import Break, check

TRASHED = "it is in the trash; take it out, or take it out of the rules file"


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser("rules", help="check the rules file", description=__doc__)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    checking = actions.add_parser(
        "check", help="say every mistake; exit status 1 when there is one", description=__doc__
    )
    checking.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="the rules file; without, that of the stack, or functions/steward.toml where none is asked",
    )
    checking.add_argument("--live", action="store_true", help="also against Notion's live properties")
    checking.set_defaults(run=_run)
    add_arguments(checking)


def _run(wishes: argparse.Namespace) -> int:
    try:
        target = _target(wishes) if wishes.file is None else None
        file = file_of(target, wishes.file)
        try:
            rules = load(file)
        except RulesError as error:
            return _mistaken(file, str(error).splitlines(), as_json=wishes.json)
        access = None
        if wishes.live:
            target = target or _target(wishes)
            access = of_environment(rules) if target is None else of_stack(target, rules)
    except TargetError as error:
        print(printable(f"rules check: {error}"), file=sys.stderr)
        return 2
    automations = sum(len(source.automation) for source in rules.data_source)
    counts = {"data_sources": len(rules.data_source), "automations": automations}
    head = (
        f"no mistakes; {_count(len(rules.data_source), 'data source')}, {_count(automations, 'automation')}"
    )
    live = None if access is None else _look(rules, access)
    if wishes.json:
        shown = {} if live is None or access is None else {"asked": access.name, **live.document(file)}
        print(json.dumps({"file": file.name, "mistakes": [], **counts, **shown}))
    else:
        print(f"{file.name}: {head}")
        for line in live.lines(file) if live else ():
            print(printable(line))
    return 0 if live is None or live.fits else 1


def _target(wishes: argparse.Namespace) -> Target | None:
    """The stack that is named; else, where Notion is asked and the environment has no token, the local stack."""
    named = wishes.stack_name is not None or wishes.local
    if not named and (not wishes.live or os.environ.get("NOTION_TOKEN")):
        return None
    return targets.find(wishes.stack_name, wishes.region, wishes.profile)


def _mistaken(file: Path, mistakes: list[str], *, as_json: bool) -> int:
    if as_json:
        do = "mend these lines and check again"
        print(json.dumps({"file": file.name, "mistakes": mistakes, "error": mistakes[0], "do": do}))
    else:
        print("\n".join(map(printable, mistakes)))
    return 1


@dataclass
class Live:
    """What the data sources show.

    Attributes:
        checked: names of those that could be read.
        unread: name of a data source → why it could not be.
        breaks: what does not fit.
        lacks_database: the rules keep a mirror, and the stack has no database for it.
    """

    checked: list[str] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    breaks: tuple[Break, ...] = ()
    lacks_database: bool = False

    @property
    def broken(self) -> int:
        """Automations that would break; what none uses yet breaks nothing, here as for `doctor`."""
        return len({rule for found in self.breaks for rule in found.rules})

    @property
    def fits(self) -> bool:
        """Nothing would break, and all was looked at."""
        return not (self.broken or self.unread or self.lacks_database)

    def document(self, file: Path) -> dict[str, Any]:
        """As JSON."""
        places = lines_of(file.read_text(encoding="utf-8"))
        return {
            "checked": self.checked,
            "not_checked": [{"data_source": name, "why": why} for name, why in self.unread.items()],
            "breaks": [
                asdict(found) | {"place": path_of(found.place), "line": line_of(found.place, places)}
                for found in self.breaks
            ],
            "automations_that_break": self.broken,
            "mirror": NONE if self.lacks_database else None,
            "fits": self.fits,
        }

    def lines(self, file: Path) -> Iterator[str]:
        """For people."""
        places = lines_of(file.read_text(encoding="utf-8"))
        for name, why in self.unread.items():
            yield f"{name}: not checked: {why}"
        for found in self.breaks:
            yield _told(found, file.name, line_of(found.place, places))
        if self.broken:
            yield f"{_count(self.broken, 'automation')} would break"
        elif self.checked:
            end = "no automation would break" if self.breaks else "everything fits"
            yield f"{_count(len(self.checked), 'live data source')} checked; {end}"
        if self.lacks_database:
            yield NONE


def _look(rules: Rules, access: Access) -> Live:
    schemas: dict[str, Schema] = {}
    live = Live(lacks_database=is_kept(rules) and access.keeps_a_mirror is False)
    for source in rules.data_source:
        try:
            body = _body(access, source)
        except CallFailed as failure:
            live.unread[source.name] = _why(failure, access, source.connection)
            continue
        if body.get("in_trash") or body.get("archived"):
            live.unread[source.name] = TRASHED
            continue
        schemas[source.id] = decode_schema(body)
        live.checked.append(source.name)
    live.breaks = check(rules, schemas, access.ids)
    return live


def _body(access: Access, source: DataSource) -> Mapping[str, Any]:
    client = NotionClient(
        Transport(plain_session(), "notion", Deadline(), time.sleep, random.Random()),  # noqa: S311 - jitter
        access.urls.get(source.connection, access.url),
        access.version,
        lambda _: access.tokens.get(source.connection, ""),
        Budget(180, time.time),
        utc_now,
    )
    return client.data_source(access.asked.get(source.id, source.id)).body


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


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")
