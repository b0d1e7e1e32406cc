"""``explain``: why an event did what it did (P8)."""

import argparse
import json
import sys
from typing import Any

from infra.operate.clock import utc_now
from infra.operate.target import Target, add_arguments, journal_days, on_target
from infra.operate.text import printable
from steward.explanation import explanation
from steward.explanation_text import lines


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser("explain", help="why an event did what it did", description=__doc__)
    parser.add_argument("event", metavar="EVENT_ID", help="Notion's event id")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=on_target("explain", _explain))
    add_arguments(parser)


def _explain(wishes: argparse.Namespace, target: Target) -> int:
    days = journal_days(target)
    found = explanation(
        wishes.event,
        target.table(target.output("StateTableName")),
        target.table(target.output("JournalTableName")),
        days,
        utc_now,
    )
    if found is None:
        print(
            f"explain: the journal of {target.name} does not know the event {printable(wishes.event)}. It keeps events for {days} "
            "days. One that never arrived stands in the Webhooks tab of the Notion connection; one that arrived and is "
            "not finished waits on the lane or lies among the dead letters: see `dlq list`.",
            file=sys.stderr,
        )
        return 1
    if wishes.json:
        print(json.dumps(found, indent=2, ensure_ascii=True))
    else:
        print(*map(printable, lines(found)), sep="\n")
    return 0
