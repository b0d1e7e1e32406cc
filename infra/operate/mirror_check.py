"""``mirror check`` and ``mirror repair``: compare the two sides of the mirror, and mend what differs.

The processor does it in its lane, within its request budget; the commands send the order, need no Notion token, and show
how far it has come and what came of it. Exit status 0 when the sides are in step, 1 when something differs, 3 when the
mirror is broken or the comparison came to no end, 2 when there is nothing to operate.
"""

import argparse
import json
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from infra.operate.clock import utc_now
from infra.operate.progress import Bar, progress
from infra.operate.target import Target, add_arguments, on_target
from infra.operate.text import printable, table
from steward.baseline import Phase
from steward.envelope import GRACE, SIDES, Comparison, encode_comparison
from steward.lane import FIRST, Lane
from steward.memory import Memory
from steward.mirror.report import HEALTH, Report, Status, health
from steward.mirror.run import RUN, Run

STATUS = {Status.HEALTHY: 0, Status.DEGRADED: 1, Status.BROKEN: 3}
"""The exit status of each."""

STALE = timedelta(minutes=5)
"""Time without progress after which an order is given again rather than watched."""

POLL, PATIENCE = 1.0, 30
"""Seconds between two looks, and looks without news after which a hint is due."""

HINT = "nothing new for a while; `lane status` says whether the lane rests and how much waits before it"

sleep: Callable[[float], None] = time.sleep


def register(actions: Any) -> None:
    """Add both to the actions of ``mirror``."""
    check = actions.add_parser("check", help="compare both sides", description=__doc__)
    check.add_argument(
        "--last", action="store_true", help="show what the last comparison found, and make none"
    )
    check.set_defaults(run=on_target("mirror check", _check))
    repair = actions.add_parser(
        "repair", help="compare both sides, and mend what differs", description=__doc__
    )
    repair.add_argument("--from", dest="side", choices=SIDES, required=True, help="the side that is believed")
    repair.add_argument("--dry-run", action="store_true", help="say what would be mended, and leave it")
    repair.add_argument(
        "--link", action="store_true", help="from notion: make a row for every page, also without auto_link"
    )
    repair.set_defaults(run=on_target("mirror repair", _repair))
    for action in (check, repair):
        action.add_argument("--json", action="store_true", help="print one JSON object")
        action.add_argument(
            "--grace",
            type=int,
            default=GRACE,
            metavar="SECONDS",
            help="what was changed so lately is on its way, and no mismatch; default %(default)s",
        )
        add_arguments(action)


def _check(wishes: argparse.Namespace, target: Target) -> int:
    watch = _Watch(target, quiet=wishes.json)
    if wishes.last:
        return _show(watch.last(), wishes)
    return _order(watch, Comparison(_new_run(), grace=wishes.grace), wishes)


def _repair(wishes: argparse.Namespace, target: Target) -> int:
    order = Comparison(_new_run(), wishes.side, wishes.dry_run, wishes.link, wishes.grace)
    return _order(_Watch(target, quiet=wishes.json), order, wishes)


def _order(watch: "_Watch", order: Comparison, wishes: argparse.Namespace) -> int:
    watch.wait_for_another()
    watch.order(order)
    return _show(watch.follow(order), wishes)


class _Watch:
    """Gives an order, and watches it."""

    def __init__(self, target: Target, *, quiet: bool) -> None:
        lanes = int(target.parameter("Lanes", "1"))
        self._lane = Lane(target.client("sqs"), target.output("LaneQueueUrl"), lanes)
        self._memory = Memory(target.table(target.output("StateTableName")), utc_now)
        self._quiet = quiet

    def last(self) -> Report | None:
        """The last report."""
        return Report.of(self._memory.recall(HEALTH))

    def order(self, order: Comparison) -> None:
        """Give it."""
        self._lane.republish(encode_comparison(order), FIRST, f"compare-{order.run}")

    def wait_for_another(self) -> None:
        """Let a comparison that is under way end: a new order would take its place."""
        while (run := self._run()) and run.phase is Phase.RUNNING and utc_now() - run.updated < STALE:
            self._say("another comparison is under way")
            sleep(POLL)

    def follow(self, order: Comparison) -> Report | None:
        """Print how far it is until it ends; its report, or None when another order took its place."""
        with progress("pages compared", None, quiet=self._quiet) as bar:
            return self._follow(order, bar)

    def _follow(self, order: Comparison, bar: Bar) -> Report | None:
        said, quiet = "", 0
        while True:
            run = self._run()
            if run is not None and run.order.run == order.run:
                bar.reached(run.pages)
                if run.phase is not Phase.RUNNING:
                    return self.last()
                line = f"{run.pages} pages compared; {run.calls} calls" + (
                    f"; waits: {run.why}" if run.why else ""
                )
                if line != said:
                    self._say(line)
                    said, quiet = line, 0
            quiet += 1
            if quiet == PATIENCE:
                self._say(HINT)
            sleep(POLL)

    def _run(self) -> Run | None:
        return Run.of(self._memory.recall(RUN))

    def _say(self, line: str) -> None:
        if not self._quiet:
            print(printable(line), flush=True)


def _show(report: Report | None, wishes: argparse.Namespace) -> int:
    document = health(report, utc_now())
    if wishes.json:
        print(json.dumps(document, ensure_ascii=False))
    else:
        for line in _lines(document):
            print(printable(line))
    return STATUS[Status(document["status"])]


def _lines(document: Mapping[str, Any]) -> list[str]:
    lines = [f"{document['status']}: {document['reason']}"]
    sources = document["sources"]
    if not sources:
        return lines
    head = (
        "data source",
        "status",
        "pages",
        "linked",
        "rows",
        "mismatches",
        "settling",
        "unlinked",
        "lost",
        "mended",
    )
    names = (
        "pages",
        "linked",
        "rows",
        "mismatches",
        "settling",
        "pages_without_row",
        "rows_without_page",
        "repaired",
    )
    rows = [(printable(s["name"]), s["status"], *(str(s[name]) for name in names)) for s in sources]
    lines += table(head, rows).splitlines()
    for source in sources:
        lines += [line for found in source["differences"] for line in _difference(found)]
    lines.append(f"{document['calls']} calls; compared {document['finished']}")
    return lines


def _difference(found: Mapping[str, Any]) -> list[str]:
    done = f" ({found['repair']})" if found["repair"] else ""
    lines = [f"{found['kind'].replace('_', ' ')}: {found['name']} [{found['page_id']}]{done}"]
    for column, (page, row) in found["columns"].items():
        lines.append(f"  {column}: in Notion {_value(page)}, in the row {_value(row)}")
    return lines


def _value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _new_run() -> str:
    return secrets.token_hex(6)
