"""Whether the schedules are there and enabled: without them nobody looks, sweeps or reminds."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infra.operate.doctor.line import Line, fault, ok
from infra.operate.doctor.stack import Stack

NAME = "schedules"

ALWAYS = ("TriageSchedule", "SettleSchedule", "SweepSchedule", "RemindSchedule")
MIRROR = "MirrorSchedule"


def look(stack: Stack) -> Sequence[Line]:
    """Ask the scheduler for the stack's group."""
    name = stack.target.stack_name
    pages = stack.client("scheduler").get_paginator("list_schedules").paginate(GroupName=name)
    found = [schedule for page in pages for schedule in page["Schedules"]]
    return list(judged(found, (*ALWAYS, MIRROR) if stack.keeps_mirror else ALWAYS))


def judged(schedules: Sequence[Mapping[str, Any]], wanted: Sequence[str]) -> Iterator[Line]:
    """How the schedules stand; CloudFormation names each after its logical id. Pure."""
    states = {
        one: next((str(s.get("State")) for s in schedules if one in str(s.get("Name"))), None)
        for one in wanted
    }
    missing = [one for one, state in states.items() if state is None]
    off = [one for one, state in states.items() if state not in (None, "ENABLED")]
    if missing:
        yield fault(NAME, f"not there: {', '.join(missing)}", "deploy the stack's template again")
    if off:
        yield fault(
            NAME, f"not enabled: {', '.join(off)}", "enable them in EventBridge Scheduler, or deploy again"
        )
    if not missing and not off:
        yield ok(NAME, f"all {len(wanted)} are enabled")
