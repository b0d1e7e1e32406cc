"""The lane's depth and the age of its oldest message, the dead letters, and throttled invocations.

SQS tells how many messages wait and not how old they are. CloudWatch does, for a price, a permission and some minutes'
delay, and not on one machine; the alarms of the template use it. Here the age comes from what is known anyway: the lane
works in order, so whatever arrived before the newest finished event is finished, and whatever waits came after it; and
while nothing is finished at all, the oldest has waited since a look first saw more wait than the scheduler's own ticks,
which come when a look does and stand in no journal. A lane that stands still gathers those, one a minute. So a moving lane's
age is right, a standing one's is some minutes too young, and it is never too old. With several lanes it is that of them
together, and a standing one may hide behind a moving one.

Throttles are nobody's but CloudWatch's to know: an invocation that never began writes nothing down.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from steward.documents import iso, moment
from steward.memory import Memory
from triage.findings import Finding, Probe, Verdict
from triage.probes.calls import US

OLD = 300.0
"""Seconds from which a message waits too long."""

TICKS = 3
"""Messages that may be ticks which came just now: to settle, to sweep, to remind."""

_MEMORY = "BACKLOG"


@dataclass(frozen=True, slots=True)
class Depth:
    """How many messages a queue holds.

    Attributes:
        waiting: that can be received now.
        hidden: that are being worked, or were given back for later.
    """

    waiting: int
    hidden: int

    @property
    def all(self) -> int:
        """Both."""
        return self.waiting + self.hidden


def depth_of(sqs: Any, queue_url: str) -> Depth:
    """Ask SQS; its numbers are approximate."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    told = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)["Attributes"]
    return Depth(int(told[names[0]]), int(told[names[1]]))


def oldest(depth: Depth, since: datetime | None, newest_done: datetime | None, now: datetime) -> float:
    """About how long the oldest message has waited, in seconds; 0 for an empty lane.

    Args:
        depth: of the lane.
        since: see ``remembered_since``.
        newest_done: when the newest of the events that are finished had arrived, or None when none is known.
        now: our clock.
    """
    if not depth.all or since is None:
        return 0.0
    began = since if newest_done is None else max(since, newest_done)
    return max((now - began).total_seconds(), 0.0)


def remembered_since(memory: Memory, depth: Depth, now: datetime) -> datetime | None:
    """Since when the lane holds more than ticks of this minute; one read a look, and a write when it changes."""
    document = memory.recall(_MEMORY)
    since = moment(document.get("since")) if isinstance(document, dict) else None
    holds = depth.all > TICKS
    if holds == (since is not None):
        return since
    since = now if holds else None
    memory.remember(_MEMORY, {"since": iso(since)})
    return since


def lane_finding(depth: Depth, seconds: float, at: datetime) -> Finding:
    """How the lane stands."""
    numbers = {"waiting": depth.waiting, "hidden": depth.hidden, "oldest_seconds": seconds}
    if not depth.all:
        return Finding(US, Probe.LANE, Verdict.GOOD, at, "nothing waits on the lane", numbers=numbers)
    verdict = Verdict.BAD if seconds >= OLD else Verdict.GOOD
    says = f"about {depth.all} on the lane, the oldest for about {seconds:.0f} s"
    return Finding(US, Probe.LANE, verdict, at, says, numbers=numbers)


def dead_letter_finding(depth: Depth, at: datetime) -> Finding:
    """How many dead letters there are."""
    verdict = Verdict.BAD if depth.all else Verdict.GOOD
    says = f"{depth.all or 'no'} dead letter{'' if depth.all == 1 else 's'}"
    return Finding(US, Probe.DEAD_LETTERS, verdict, at, says, numbers={"waiting": depth.all})


def throttle_finding(cloudwatch: Any, functions: Sequence[str], now: datetime, minutes: int = 5) -> Finding:
    """How many invocations of our functions AWS refused in the last minutes; one request a function."""
    counted = {
        name: sum(
            point["Sum"]
            for point in cloudwatch.get_metric_statistics(
                Namespace="AWS/Lambda",
                MetricName="Throttles",
                Dimensions=[{"Name": "FunctionName", "Value": name}],
                StartTime=now - timedelta(minutes=minutes),
                EndTime=now,
                Period=60,
                Statistics=["Sum"],
            )["Datapoints"]
        )
        for name in functions
    }
    total = sum(counted.values())
    says = f"{total:.0f} invocations throttled in {minutes} minutes" if total else "nothing was throttled"
    return Finding(
        US,
        Probe.LANE,
        Verdict.BAD if total else Verdict.GOOD,
        now,
        says,
        code="Throttles" if total else None,
        numbers={"throttled": total},
    )


class Throttles:
    """Asks for throttles in every third minute only while there are none: each request to CloudWatch has its price.

    What was found good is told again meanwhile, with its time. CloudWatch shows a throttle a minute or two late anyway, and
    each answer reaches further back than the next one is away. The alarms on throttles wait for none of this.
    """

    KEPT = timedelta(minutes=3)

    def __init__(self, cloudwatch: Any, functions: Sequence[str]) -> None:
        """Make it of a CloudWatch client and the names of our functions."""
        self._cloudwatch = cloudwatch
        self._functions = functions
        self._good: Finding | None = None

    def look(self, now: datetime) -> Finding:
        """The finding of this round. A clock that was set back asks anew."""
        if self._good is not None and timedelta(0) <= now - self._good.at < self.KEPT:
            return self._good
        found = throttle_finding(self._cloudwatch, self._functions, now)
        self._good = found if found.verdict is Verdict.GOOD else None
        return found
