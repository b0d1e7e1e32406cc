"""``read``: a page, or the rows of a data source, live or from memory; the first line says which, and how old it is (T5)."""

import argparse
import json
import sys
import time
from dataclasses import asdict
from random import Random
from typing import Any

from infra.operate.clock import utc_now
from infra.operate.target import Target, add_arguments, on_target
from infra.operate.text import printable, when
from steward.clients.connection import notion_client, probe_budget
from steward.clients.transport import Transport, plain_session
from steward.deadline import Deadline
from steward.errors import CallFailed
from steward.fallback import Fallback
from steward.identifiers import normalise_id
from steward.memory import Memory
from steward.reads import Labelled, Origin, Reads, View
from steward.secret_store import SecretStore
from steward.state import State

PARAMETERS = {
    "NOTION_API_URL": ("NotionApiUrl", ""),
    "NOTION_VERSION": ("NotionVersion", ""),
    "REQUESTS_PER_MINUTE": ("RequestsPerMinute", "180"),
    "PROBES_PER_MINUTE": ("ProbesPerMinute", "0"),
    "LANES": ("Lanes", "1"),
}


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser(
        "read", help="a page or the rows of a data source, live or from memory", description=__doc__
    )
    parser.add_argument("what", choices=("page", "rows"), help="a page, or a data source's rows")
    parser.add_argument("id", metavar="ID", help="of the page or the data source")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=on_target("read", _read))
    add_arguments(parser)


def _read(wishes: argparse.Namespace, target: Target) -> int:
    reads, name = _reads(target), normalise_id(wishes.id)
    try:
        found = reads.page(name) if wishes.what == "page" else reads.rows(name)
    except CallFailed as failure:
        told = printable(str(failure))
        print(f"read: Notion refuses: {told}. Is it shared with the connection?", file=sys.stderr)
        return 1
    if found is None:
        print(
            f"read: Notion can't be asked now, and nothing is remembered of {wishes.what} {name}",
            file=sys.stderr,
        )
        return 1
    views: list[View] = [found.value] if isinstance(found.value, View) else found.value
    if wishes.json:
        at = found.at.isoformat() if found.at else None
        label = {"origin": str(found.origin), "at": at, "seconds": found.seconds}
        print(json.dumps({**label, "pages": [asdict(view) for view in views]}))
        return 0
    print(_label(found))
    for view in views:
        _print(view, whole=wishes.what == "page")
    return 0


def _label(found: Labelled[Any]) -> str:
    if found.origin is Origin.LIVE:
        return "live"
    age = "nobody knows how old" if found.seconds is None else f"{found.seconds / 60:.0f} min old"
    return f"from memory, {age}" + (f", as of {when(found.at)}" if found.at else "")


def _print(view: View, *, whole: bool) -> None:
    gone = "  (gone)" if view.gone else ""
    print(f"{printable(view.id)}  {printable(view.title) or 'untitled'}{gone}")
    if whole:
        print(f"  {printable(view.url)}")
        for name, text in view.values.items():
            print(f"  {printable(name)}: {printable(text)}")


def _reads(target: Target) -> Reads:
    environ = {name: target.parameter(*parameter) for name, parameter in PARAMETERS.items()}
    environ["NOTION_SECRET_ID"] = target.output("NotionSecretArn")
    table = target.table(target.output("StateTableName"))
    memory = Memory(table, utc_now)
    notion = notion_client(
        environ,
        transport=Transport(plain_session(), "notion", Deadline(), time.sleep, Random()),  # noqa: S311 - jitter
        store=SecretStore(target.client("secretsmanager"), time.monotonic),
        budget=probe_budget(environ, memory, utc_now),
        now=utc_now,
    )
    return Reads(notion, State(table, utc_now), memory, Fallback(memory, utc_now), utc_now)
