"""``status``: what people outside the team are told, as Markdown or JSON (C4).

It says nothing that a stranger must not read, so it may be pasted wherever people look.
"""

import argparse
import json
from typing import Any

from infra.operate.clock import utc_now
from infra.operate.target import Target, add_arguments, journal_days, on_target
from steward.incidents.lately import lately
from steward.incidents.names import TITLES, Names
from steward.incidents.status_text import document, markdown
from steward.incidents.store import Incidents


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser(
        "status", help="the status text for people outside the team", description=__doc__
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=on_target("status", _run))
    add_arguments(parser)


def _run(wishes: argparse.Namespace, target: Target) -> int:
    days = journal_days(target)
    store = Incidents(target.table(target.output("JournalTableName")), days, utc_now)
    now = utc_now()
    told = lately(store, now)
    names = Names(TITLES)
    if wishes.json:
        print(json.dumps(document(told, names, now)))
    else:
        print(markdown(told, names, now), end="")
    return 0
