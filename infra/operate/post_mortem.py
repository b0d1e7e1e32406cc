"""``post-mortem``, or ``postmortem``: print the draft of an incident's post-mortem, or all rows of one of its numbers (T7).

The draft is as it was when the incident was resolved; ``--rows`` asks the journal as it is now: rows expire, and what was
parked and redriven since is another row.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from infra.operate.clock import utc_now
from infra.operate.target import Target, add_arguments, journal_days, on_target
from infra.operate.text import printable, table, when
from steward.closings import Closings
from steward.documents import iso
from steward.journal import Journal
from steward.post_mortems import PostMortem, PostMortems
from triage.post_mortem.facts import MOST_ROWS
from triage.post_mortem.queries import Query, items
from triage.post_mortem.rows import account


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser(
        "post-mortem",
        aliases=["postmortem"],
        help="print the draft of an incident's post-mortem",
        description=__doc__,
    )
    parser.add_argument("incident", metavar="INCIDENT_ID", help="e.g. notion-20261121-1")
    parser.add_argument(
        "--version",
        type=int,
        metavar="N",
        help="which version, of an incident that was reopened; the newest without",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--list", action="store_true", help="which versions there are")
    which.add_argument(
        "--rows", metavar="QUERY", help="all rows that a query finds, by its number in the draft: Q1"
    )
    parser.set_defaults(run=on_target("post-mortem", _run))
    add_arguments(parser)


def _run(wishes: argparse.Namespace, target: Target) -> int:
    now = utc_now()
    versions = PostMortems(target.table(target.output("JournalTableName")), lambda: now).versions(
        wishes.incident
    )
    number = len(versions) if wishes.version is None else wishes.version
    if not 1 <= number <= len(versions):
        return _refuse(_missing(wishes, target, len(versions)))
    if wishes.list:
        times = [{"resolved_at": iso(v.resolved_at), "written_at": iso(v.written_at)} for v in versions]
        rows = [(str(n), when(v.resolved_at), when(v.written_at)) for n, v in enumerate(versions, 1)]
        return _tell(wishes, {"versions": times}, [table(("version", "resolved at", "written at"), rows)])
    version = versions[number - 1]
    if wishes.rows is None:
        lines = [printable(line) for line in version.text.splitlines()]
        return _tell(wishes, {"version": number, "markdown": version.text}, lines)
    query = _query(version, wishes.rows)
    if query is None:
        return _refuse(f"the draft has no query {wishes.rows}; it has Q1 to Q{len(version.queries)}")
    found = list(_rows(version, query, target, now))
    return _tell(wishes, {"version": number, "rows": found}, found or ["the query finds no row"])


def _tell(wishes: argparse.Namespace, document: Mapping[str, Any], lines: Iterable[str]) -> int:
    if wishes.json:
        print(json.dumps({"incident": wishes.incident, **document}))
        return 0
    for line in lines:
        print(line)
    return 0


def _missing(wishes: argparse.Namespace, target: Target, versions: int) -> str:
    if versions:
        return f"{wishes.incident} has no version {wishes.version}; it has 1 to {versions}"
    return (
        f"{target.name} has no post-mortem of {wishes.incident}: one is written when an incident is resolved, and kept "
        "for two years; see `incident list`"
    )


def _query(version: PostMortem, name: str) -> Query | None:
    number = name.upper().removeprefix("Q")
    if not number.isdecimal() or not 1 <= int(number) <= len(version.queries):
        return None
    return Query.parse(version.queries[int(number) - 1])


def _rows(version: PostMortem, query: Query, target: Target, now: datetime) -> Iterator[str]:
    days = journal_days(target)
    journal = Journal(target.table(target.output("JournalTableName")), days, lambda: now)
    closings = Closings(target.table(target.output("JournalTableName")), days, lambda: now)
    ended = closings.between(version.first, version.written_at)
    seen = account(journal.between(version.first, version.last), MOST_ROWS, ended, version.written_at)
    for cited in items(query, seen):
        yield printable(" ".join(filter(None, (cited.pk, cited.sk, cited.effect))))


def _refuse(why: str) -> int:
    print(f"post-mortem: {printable(why)}", file=sys.stderr)
    return 1
