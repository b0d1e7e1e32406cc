"""The command: which of the two examinations is meant, what is printed, and the exit status.

A stack is examined when one is named, or when nothing in the environment is there to ask a vendor with; otherwise one line
says who the environment's tokens are. Exit status 0 when nothing is at fault, 1 when something is or when a vital check could
not be made (secrets, tokens, the lane, the alarms), 2 when there is nothing to examine.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from infra.operate import target as targets
from infra.operate.doctor import (
    alarms,
    clocks,
    functions,
    lane,
    mail,
    mirror,
    schedules,
    secrets,
    slack,
    vendors,
    webhooks,
    who_we_are,
)
from infra.operate.doctor.examination import examine, unmade
from infra.operate.doctor.line import Check, Line, State
from infra.operate.doctor.stack import Stack
from infra.operate.progress import progress
from infra.operate.rules_of import rules_of
from infra.operate.target import TargetError, add_arguments, plainly
from infra.operate.text import printable, table
from infra.operate.vendor_access import ALL, Surroundings, chosen, names


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser(
        "doctor",
        help="whether a stack works end to end; without one, who we are connected as",
        description=__doc__,
    )
    parser.add_argument("vendor", nargs="?", default=ALL, choices=names(), help="only who we are there")
    parser.add_argument("--rules", type=Path, metavar="FILE", help="the rules file; the stack's without")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_arguments(parser)
    parser.set_defaults(run=_run)


def _run(wishes: argparse.Namespace) -> int:
    surroundings = Surroundings(os.environ)
    named = wishes.stack_name is not None or getattr(wishes, "local", False)
    if named and wishes.vendor != ALL:
        print("doctor: a stack is examined whole; leave the vendor out, or the stack", file=sys.stderr)
        return 2
    if not named and (wishes.vendor != ALL or _has_token(surroundings)):
        return who_we_are.run(wishes.vendor, surroundings, as_json=wishes.json)
    try:
        target = targets.find(wishes.stack_name, wishes.region, wishes.profile)
        with plainly(target.name):
            return run(Stack(target, rules_of(target, wishes.rules)), as_json=wishes.json)
    except TargetError as error:
        print(printable(f"doctor: {error}"), file=sys.stderr)
        if not named:
            variables = " or ".join(vendor.token_variable for vendor in chosen(ALL, surroundings.environ))
            print(f"doctor: or put a token into {variables}, and it says whose it is", file=sys.stderr)
        return 2


def run(stack: Stack, *, as_json: bool) -> int:
    """Examine a stack, print, and give the exit status."""
    wanted = list(checks(stack))
    with progress("checks", len(wanted), quiet=as_json) as bar:
        lines = examine(wanted, clock=stack.clock, ended=bar.step)
    faults, missed = sum(line.state is State.FAULT for line in lines), unmade(wanted, lines)
    status = int(faults > 0 or bool(missed))
    if as_json:
        shown = [asdict(line) for line in lines]
        about = {"stack": stack.target.name, "at": stack.now().isoformat()}
        print(json.dumps({**about, "lines": shown, "unmade": missed}))
        return status
    print(table(("", "check", ""), [(_cell(line), line.check, _words(line)) for line in lines]))
    counts = {state: sum(line.state is state for line in lines) for state in State}
    print(", ".join(f"{count} {state}" for state, count in counts.items() if count))
    if missed:
        print(f"nobody knows whether the stack works: could not be checked: {', '.join(missed)}")
    return status


def checks(stack: Stack) -> Iterator[Check]:
    """Every check, in the order in which it is told."""

    def one(name: str, look: Callable[[Stack], Sequence[Line]], *, vital: bool = False) -> Check:
        return Check(name, lambda: look(stack), vital=vital)

    yield one(secrets.NAME, secrets.look, vital=True)
    yield from vendors.checks(stack)
    yield one(slack.NAME, slack.look, vital=True)
    yield one(mail.NAME, mail.look)
    yield one(webhooks.NAME, webhooks.look)
    yield one(lane.NAME, lane.look, vital=True)
    yield one(lane.DEAD, lane.look_at_dead_letters)
    yield one(schedules.NAME, schedules.look)
    yield one(functions.NAME, functions.look)
    yield one(alarms.NAME, alarms.look, vital=True)
    yield one(alarms.TOLD, alarms.look_at_topic, vital=True)
    yield one(mirror.NAME, mirror.look)
    yield one(clocks.NAME, clocks.look)


def _has_token(surroundings: Surroundings) -> bool:
    found = (surroundings.environ.get(v.token_variable, "") for v in chosen(ALL, surroundings.environ))
    return any(token.strip() for token in found)


def _cell(line: Line) -> str:
    return str(line.state)


def _words(line: Line) -> str:
    return printable(line.says + (f" → {line.remedy}" if line.remedy else ""))
