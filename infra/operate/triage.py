"""``triage``: whether the vendors work for us, from a terminal, in less than five seconds (T2).

Needs NOTION_TOKEN or HUBSPOT_ACCESS_TOKEN and nothing else: no stack, no AWS. With NOTION_TEST_DATABASE_ID, a database
that is shared with the connection, a query is timed and comments are looked at, too. Nothing is written.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from infra.operate import triage_report
from infra.operate.vendor_access import ALL, Surroundings, asker_of, chosen, names, settings_of
from steward.clients.transport import plain_session
from steward.incidents.classes import Class
from triage.diagnosis.diagnose import diagnose
from triage.diagnosis.diagnosis import Diagnosis
from triage.findings import Finding
from triage.looks import TERMINAL, at_status_page, at_vendor
from triage.round import Look, look
from triage.vendors.vendor import Vendor

SECONDS = 3.5
"""Of the round; the rest of the five is for Python to start."""

NO_TOKEN = 2
"""Exit status when no vendor could be asked."""

EXITS: Mapping[Class, int] = {
    Class.HEALTHY: 0,
    Class.OUTAGE: 10,
    Class.DEGRADED: 11,
    Class.TOKEN: 12,
    Class.CAPABILITY: 13,
    Class.LIMITED: 14,
    Class.WORKSPACE_LIMITED: 15,
    Class.QUOTA: 16,
    Class.BLOCKED: 17,
    Class.NETWORK: 18,
    Class.UNSHARED: 19,
    Class.SCHEMA: 20,
    Class.SUBSCRIPTION: 21,
    Class.BUG: 22,
    Class.UNKNOWN: 23,
}
"""Exit status by class; of several vendors, that of the worst. 1 is Python's own, 2 a command that can't be run."""


@dataclass(frozen=True, slots=True)
class Result:
    """What was found of one vendor; ``diagnosis`` is None where there is no token to ask with."""

    vendor: Vendor
    findings: Sequence[Finding]
    diagnosis: Diagnosis | None


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser(
        "triage",
        help="whether the vendors work for us",
        description=__doc__,
        epilog=epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "vendor", nargs="?", default=ALL, choices=names(), help="whom to look at; all without"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=_run)


def epilog() -> str:
    """The table of exit statuses."""
    rows = [(2, "no token to ask with"), *((code, str(cls)) for cls, code in EXITS.items())]
    return "exit status:\n" + "\n".join(f"  {code:>2}  {meaning}" for code, meaning in sorted(rows))


def _run(wishes: argparse.Namespace) -> int:
    return run(wishes.vendor, Surroundings(os.environ), as_json=wishes.json)


def run(name: str, surroundings: Surroundings, *, as_json: bool) -> int:
    """Look, print, and give the exit status."""
    began = surroundings.clock()
    results = examine(chosen(name, surroundings.environ), surroundings)
    took = surroundings.clock() - began
    status = exit_of(results)
    at = surroundings.now()
    if as_json:
        vendors = [triage_report.as_json(r.vendor, r.findings, r.diagnosis) for r in results]
        print(
            json.dumps({"at": at.isoformat(), "seconds": round(took, 3), "exit": status, "vendors": vendors})
        )
    else:
        for result in results:
            lines = triage_report.lines(result.vendor, result.findings, result.diagnosis, at)
            print(*lines, "", sep="\n")
        print(f"looked for {took:.1f} s; exit status {status}")
    if status == NO_TOKEN:
        variables = " or ".join(result.vendor.token_variable for result in results)
        print(f"triage: no token to ask with: put one into {variables}", file=sys.stderr)
    return status


def examine(vendors: Sequence[Vendor], surroundings: Surroundings) -> tuple[Result, ...]:
    """Look at the vendors, and say of each that could be asked what is wrong."""
    looks = [one for vendor in vendors for one in _looks(vendor, surroundings)]
    found = look(looks, now=surroundings.now, seconds=SECONDS, clock=surroundings.clock)
    at = surroundings.now()
    return tuple(
        Result(
            vendor,
            [finding for finding in found if finding.vendor == vendor.name],
            # The others' findings go along: they tell whether our own network reaches anybody.
            diagnose(vendor.name, found, at) if asker_of(vendor, surroundings) else None,
        )
        for vendor in vendors
    )


def exit_of(results: Sequence[Result]) -> int:
    """The exit status: that of the most severe diagnosis."""
    made = [result.diagnosis for result in results if result.diagnosis is not None]
    if not made:
        return NO_TOKEN
    return EXITS[min(made, key=lambda d: (d.severity is None, d.severity or 0, -d.confidence)).cls]


def _looks(vendor: Vendor, surroundings: Surroundings) -> Iterator[Look]:
    now, clock = surroundings.now, surroundings.clock
    yield at_status_page(vendor, session=plain_session, now=now, clock=clock, patience=TERMINAL)
    asker = asker_of(vendor, surroundings)
    if asker is not None:
        settings = partial(settings_of, vendor, surroundings.environ)
        yield at_vendor(asker, settings, patience=TERMINAL)
