"""``baseline``: let Steward remember the pages of whole data sources silently, a hundred a call (A1).

Nobody is told anything: from then on a change is measured against what was there. Pages that are known already are left
alone. The processor does it in its lane, within its request budget; this command sends the order, needs no Notion token,
and shows how far it has come. What was interrupted goes on where it stopped when it is ordered again.
"""

import argparse
import json
import secrets
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from infra.operate.clock import utc_now
from infra.operate.progress import Bar, progress
from infra.operate.rules_of import add_rules, rules_of
from infra.operate.target import Target, add_arguments, on_target
from infra.operate.text import printable
from steward.baseline import Phase, Progress, memory_name
from steward.envelope import Order, encode_order
from steward.lane import FIRST, Lane
from steward.memory import Memory
from steward.rules import DataSource

STALE = timedelta(minutes=5)
"""Time without progress after which an order is given again rather than watched."""

POLL, PATIENCE = 1.0, 30
"""Seconds between two looks, and looks without news after which a hint is due."""

HINT = "nothing new for a while; `lane status` says whether the lane rests and how much waits before it"

sleep: Callable[[float], None] = time.sleep


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser("baseline", help="remember whole data sources silently", description=__doc__)
    parser.add_argument(
        "--source", action="append", metavar="NAME", help="of the rules file; may be repeated; all without"
    )
    add_rules(parser)
    parser.add_argument("--no-wait", action="store_true", help="give the order and don't watch it")
    add_arguments(parser)
    parser.set_defaults(run=on_target("baseline", _run))


def _run(wishes: argparse.Namespace, target: Target) -> int:
    every = {source.name: source for source in rules_of(target, wishes.rules).data_source}
    names = list(dict.fromkeys(wishes.source or every))
    unknown = [name for name in names if name not in every]
    if unknown:
        why = f"no data source {unknown[0]!r} in the rules file; name one of {', '.join(every)}"
        print(printable(f"baseline: {why}"), file=sys.stderr)
        return 2
    watch = Watch(target, quiet=wishes.json)
    runs = {name: watch.order(every[name]) for name in names}
    if wishes.no_wait:
        if wishes.json:
            print(json.dumps({"ordered": names}))
        else:
            print(f"ordered in {target.name}; the same command shows how far it is while it goes on")
        return 0
    with progress("pages", None, quiet=wishes.json) as bar:
        ended = {name: watch.follow(every[name], run, bar) for name, run in runs.items()}
    if wishes.json:
        print(json.dumps({"sources": [{"name": n, **p.document()} for n, p in ended.items()]}))
    return 0 if all(p.phase is Phase.DONE for p in ended.values()) else 1


class Watch:
    """Gives orders, and watches them."""

    def __init__(self, target: Target, *, quiet: bool = False) -> None:
        self._quiet = quiet
        lanes = int(target.parameter("Lanes", "1"))
        self._lane = Lane(target.client("sqs"), target.output("LaneQueueUrl"), lanes)
        self._memory = Memory(target.table(target.output("StateTableName")), utc_now)

    def order(self, source: DataSource) -> str | None:
        """Give the order, unless one is being worked; returns the run that was there before, if a new one was ordered."""
        before = self._progress(source)
        if before and before.phase is Phase.RUNNING and utc_now() - before.updated < STALE:
            self._say(f"{source.name}: it is being done already")
            return None
        run = secrets.token_hex(6)
        if before and before.phase is not Phase.DONE:
            self._say(f"{source.name}: goes on after {before.listed} pages")
        self._lane.republish(encode_order(Order(source.id, run)), FIRST, f"baseline-{source.id}-{run}")
        return before.run if before else ""

    def follow(self, source: DataSource, old: str | None, bar: Bar) -> Progress:
        """Print how far it is until it ends, and give how it ended.

        Args:
            source: the data source.
            old: the run that was there before the order, which says nothing of it.
            bar: shows how many pages were listed.
        """
        said, quiet = "", 0
        while True:
            found = self._progress(source)
            if found is not None and found.run != old:
                line = _line(source, found)
                if line != said:
                    self._say(line)
                    said, quiet = line, 0
                bar.reached(found.listed)
                if found.phase is not Phase.RUNNING:
                    return found
            quiet += 1
            if quiet == PATIENCE:
                self._say(HINT)
            sleep(POLL)

    def _say(self, line: str) -> None:
        if not self._quiet:
            print(printable(line), flush=True)

    def _progress(self, source: DataSource) -> Progress | None:
        return Progress.of(self._memory.recall(memory_name(source.id)))


def _line(source: DataSource, progress: Progress) -> str:
    known = progress.listed - progress.new
    counts = f"{progress.new} pages remembered, {known} were known; {progress.calls} calls"
    match progress.phase:
        case Phase.DONE:
            return f"{source.name}: done: {counts}"
        case Phase.FAILED:
            return f"{source.name}: failed after {progress.listed} pages: {progress.why}"
        case Phase.RUNNING:
            return f"{source.name}: {counts}" + (f"; waits: {progress.why}" if progress.why else "")
