"""Whether the lane runs: its record, its event source, what waits, and what is dead."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infra.operate import lane
from infra.operate.doctor.line import Line, fault, ok, warning
from infra.operate.doctor.stack import Stack
from steward.lane_switch import PAUSE, pause_of
from steward.pauses import Cause, Pause
from triage.probes.backlog import Depth, depth_of

NAME, DEAD = "lane", "dead letters"


def look(stack: Stack) -> Sequence[Line]:
    """Ask for the record, the event source and the queue."""
    pause = pause_of(*stack.memory().recall_version(PAUSE))
    target = stack.target
    mappings = stack.client("lambda").list_event_source_mappings(
        EventSourceArn=target.output("LaneQueueArn")
    )["EventSourceMappings"]
    depth = depth_of(stack.client("sqs"), target.output("LaneQueueUrl"))
    return list(judged(pause, mappings, target.output("ProcessorName"), depth))


def look_at_dead_letters(stack: Stack) -> Sequence[Line]:
    """Ask how many dead letters there are."""
    depth = depth_of(stack.client("sqs"), stack.target.output("DeadLetterQueueUrl"))
    if not depth.all:
        return [ok(DEAD, "there are none")]
    remedy = "run `dlq list`; then `dlq redrive --all`"
    return [warning(DEAD, f"{depth.all} wait: SQS deletes them after 14 days", remedy)]


def judged(
    pause: Pause, mappings: Sequence[Mapping[str, Any]], processor: str, depth: Depth
) -> Iterator[Line]:
    """How the lane stands. Pure.

    Args:
        pause: its record.
        mappings: the event sources of the lane, as Lambda lists them.
        processor: the function's name.
        depth: how much waits.
    """
    ours = f":function:{processor}"
    found = [m for m in mappings if f"{m.get('FunctionArn', '')}:".partition(ours)[2][:1] == ":"]
    if not found:
        yield fault(
            NAME, f"no event source leads from the lane to {processor}", "deploy the stack's template again"
        )
        return
    off = [m for m in found if m.get("State") not in ("Enabled", "Enabling")]
    if pause.holds:
        says = lane.standing(pause)
        if pause.cause is Cause.OPERATOR:
            yield fault(NAME, says, "run `resume`")
        else:
            yield warning(NAME, says, "run `triage`; Steward goes on by itself when the cause is gone")
    elif off:
        yield fault(
            NAME, f"its event source is {off[0].get('State')}, and nobody paused it", "run `lane resume`"
        )
    else:
        yield ok(NAME, f"it runs; about {depth.waiting} wait, {depth.hidden} are hidden or being worked")
