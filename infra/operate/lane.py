"""``lane``: how the lane stands, pause it, let it go on (T5).

What is paused here stays paused until ``lane resume``: the triage probes only what it may end itself. Events wait in the
queue meanwhile, for up to 14 days, with their receives unspent.
"""

import argparse
import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from infra.operate.clock import utc_now
from infra.operate.target import Target, add_arguments, on_target
from infra.operate.text import printable, when
from steward.budget_memory import lift
from steward.documents import iso
from steward.lane_switch import EventSource, LaneSwitch
from steward.memory import Memory
from steward.pauses import Cause, Pause

NO_REASON = "an operator paused it"
"""What is told of a rest when nobody said why."""


def register(commands: Any) -> None:
    """Add the command to the operator's command line."""
    parser = commands.add_parser(
        "lane", help="how the lane stands; pause it, let it go on", description=__doc__
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    status = actions.add_parser("status", help="whether it runs, and how much waits")
    status.add_argument("--json", action="store_true", help="print one JSON object")
    status.set_defaults(run=on_target("lane status", _status))
    pause = actions.add_parser("pause", help="let it rest until `lane resume`")
    pause.add_argument("--reason", default=NO_REASON, help="for whoever asks why it rests")
    pause.set_defaults(run=on_target("lane pause", _pause))
    resume = actions.add_parser("resume", help="let it go on, whatever it rests for")
    resume.set_defaults(run=on_target("lane resume", _resume))
    for action in (status, pause, resume):
        add_arguments(action)


def _status(wishes: argparse.Namespace, target: Target) -> int:
    pause = _switch(target).read()
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    queue = target.client("sqs").get_queue_attributes(
        QueueUrl=target.output("LaneQueueUrl"), AttributeNames=names
    )["Attributes"]
    waiting, hidden = (int(queue[name]) for name in names)
    if wishes.json:
        print(json.dumps({**document(pause), "waiting": waiting, "hidden": hidden}))
        return 0
    print(f"{standing(pause)}; about {waiting} messages wait, {hidden} more are hidden or being worked")
    return 0


def _pause(wishes: argparse.Namespace, target: Target) -> int:
    print(standing(rest(target, wishes.reason)))
    return 0


def _resume(_: argparse.Namespace, target: Target) -> int:
    print(gone_on(wake(target)))
    return 0


def rest(target: Target, reason: str) -> Pause:
    """Let a stack's lane rest until an operator ends it; how it stands then."""
    return _switch(target).pause(Cause.OPERATOR, reason)


def wake(target: Target) -> bool:
    """Let a stack's lane go on, whatever it rests for; whether it rested."""
    return let_go_on(_switch(target), _memory(target), utc_now())


def gone_on(rested: bool) -> str:
    """What became of a lane that was to go on, for people."""
    return "the lane goes on" if rested else "the lane did not rest; its event source is enabled"


def document(pause: Pause) -> dict[str, Any]:
    """How the lane stands, as JSON."""
    times = {name: iso(getattr(pause, name)) for name in ("since", "next_probe_at", "resumed_at")}
    return {**asdict(pause), **times}


def let_go_on(switch: LaneSwitch, memory: Memory, now: datetime) -> bool:
    """Let the lane go on; whether it rested.

    Notion does not tell when a block ends, so the request budget obeys one for an hour: who ends that rest knows better.
    """
    before = switch.read()
    if before.holds and before.cause is Cause.BLOCKED:
        lift(memory, now.timestamp())
    switch.resume()
    return before.holds


def standing(pause: Pause) -> str:
    """How the lane stands, in one line for people."""
    if not pause.holds:
        return "the lane runs"
    probe = (
        f"next probe {when(pause.next_probe_at)}"
        if pause.next_probe_at
        else "no probe: `lane resume` ends it"
    )
    return f"the lane rests since {when(pause.since)} ({pause.cause}): {printable(pause.detail)}; {probe}"


def _memory(target: Target) -> Memory:
    return Memory(target.table(target.output("StateTableName")), utc_now)


def _switch(target: Target) -> LaneSwitch:
    return LaneSwitch(
        _memory(target),
        EventSource(target.client("lambda"), target.output("LaneQueueArn"), target.output("ProcessorName")),
        utc_now,
    )
