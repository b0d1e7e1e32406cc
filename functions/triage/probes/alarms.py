"""Which of the stack's own CloudWatch alarms are on, and since when: the timeline of an incident wants to know.

What alarms measure is looked at by other probes, so an alarm is no evidence of a cause and has no bad verdict: it would
count the same trouble twice. Composite alarms are left out. CloudWatch shows them only to who may describe every alarm of
the account, and each is made of alarms that are asked for here.
Source: API reference of CloudWatch, DescribeAlarms.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from triage.findings import Finding, Probe, Verdict
from triage.probes.calls import US

SECONDS = 4.0
"""That the one call may take; nothing waits for it."""

NAMES = (
    "heartbeat-missing",
    "outage",
    "dead-letters",
    "dead-letters-expire",
    "processor-throttled",
    "ingest-throttled",
    "mirror-rests",
    "incident-untold",
    "bugs",
    "deliveries-fail",
    "answers-slow",
    "bad-signatures",
    "console-refuses",
    "ticks-lost",
    "oldest-event",
    "lane-rests-long",
    "processor-errors",
    "no-deliveries",
    "changes-unheard",
)
"""The alarms of ``infra/alarms.yaml``, after the stack's name; by name and not by prefix, which another stack's may share."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm that is on.

    Attributes:
        name: with the stack's.
        at: when it went off.
    """

    name: str
    at: datetime


def look(cloudwatch: Any, stack: str, now: datetime) -> Finding:
    """Ask which alarms of a stack are on.

    Args:
        cloudwatch: a CloudWatch client.
        stack: the stack's name.
        now: our clock.

    Returns:
        A finding whose numbers are name → when it went off, in seconds since the epoch. A stack without alarms has none on.
    """
    answer = cloudwatch.describe_alarms(
        AlarmNames=[f"{stack}-{name}" for name in NAMES],
        AlarmTypes=["MetricAlarm"],
        StateValue="ALARM",
        MaxRecords=100,
    )
    shown = (alarm for alarm in answer["MetricAlarms"] if alarm["StateValue"] == "ALARM")
    on = {str(alarm["AlarmName"]): _since(alarm).timestamp() for alarm in shown}
    says = f"on: {', '.join(sorted(on))}" if on else "no alarm is on"
    return Finding(US, Probe.ALARMS, Verdict.GOOD, now, says, numbers=on)


def on(findings: Iterable[Finding]) -> Sequence[Alarm]:
    """The alarms that findings tell of, the first that went off first."""
    told = [f for f in findings if f.probe is Probe.ALARMS and f.verdict is Verdict.GOOD]
    found = {Alarm(name, datetime.fromtimestamp(at, UTC)) for f in told for name, at in f.numbers.items()}
    return sorted(found, key=lambda alarm: (alarm.at, alarm.name))


def _since(alarm: Any) -> datetime:
    # StateUpdatedTimestamp moves also when only the evaluation's state did, which would be another moment each time.
    at: datetime = alarm.get("StateTransitionedTimestamp") or alarm["StateUpdatedTimestamp"]
    return at.astimezone(UTC)
