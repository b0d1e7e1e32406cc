"""Whether the alarms are there and somebody is told of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infra.operate.doctor.line import Line, fault, ok, unchecked, warning
from infra.operate.doctor.stack import Stack
from triage.probes.alarms import NAMES

NAME, TOLD = "alarms", "on-call"

COMPOSITES = ("symptoms",)
"""The composite alarms of ``infra/alarms.yaml``, after the stack's name."""

OF_THE_MIRROR = ("mirror-rests",)
"""Those that only a stack with a mirror has."""

DEPLOY = "deploy the stack's template again"
SUBSCRIBE = "deploy with AlertEmail or AlertUrl, or subscribe somebody to the topic AlertTopicArn"


def look(stack: Stack) -> Sequence[Line]:
    """Ask CloudWatch."""
    if stack.target.is_local:
        return [unchecked(NAME, "the local AWS has none")]
    name = stack.target.stack_name
    pages = (
        stack.client("cloudwatch")
        .get_paginator("describe_alarms")
        .paginate(AlarmNamePrefix=f"{name}-", AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    )
    found = [a for page in pages for kind in ("MetricAlarms", "CompositeAlarms") for a in page.get(kind, [])]
    return list(judged(name, found, mirrored=stack.keeps_mirror))


def judged(stack: str, alarms: Sequence[Mapping[str, Any]], *, mirrored: bool) -> Iterator[Line]:
    """How the alarms of a stack stand, that keeps a mirror or does not. Pure."""
    by_name = {str(alarm["AlarmName"]): alarm for alarm in alarms}
    left_out = () if mirrored else OF_THE_MIRROR
    wanted = [f"{stack}-{name}" for name in (*NAMES, *COMPOSITES) if name not in left_out]
    ours = {name: by_name[name] for name in wanted if name in by_name}
    missing = [name for name in wanted if name not in ours]
    if missing:
        yield fault(NAME, f"{len(missing)} of {len(wanted)} are not there: {', '.join(missing[:3])}", DEPLOY)
    off = [name for name, alarm in ours.items() if alarm.get("ActionsEnabled") is False]
    if off:
        remedy = f"aws cloudwatch enable-alarm-actions --alarm-names {off[0]}"
        yield fault(NAME, f"the actions of {', '.join(off[:3])} are switched off: nobody is told", remedy)
    ringing = [name for name, alarm in ours.items() if alarm.get("StateValue") == "ALARM"]
    if ringing:
        yield warning(NAME, f"on: {', '.join(ringing[:5])}", "docs/runbook.md has a row for each")
    if not missing and not off and not ringing:
        yield ok(NAME, f"all {len(wanted)} are there, and none is on")


def look_at_topic(stack: Stack) -> Sequence[Line]:
    """Ask who is subscribed to the topic."""
    if stack.target.is_local:
        return [unchecked(TOLD, "the local stack pages nobody")]
    pages = (
        stack.client("sns")
        .get_paginator("list_subscriptions_by_topic")
        .paginate(TopicArn=stack.target.output("AlertTopicArn"))
    )
    return [judged_topic([one for page in pages for one in page["Subscriptions"]])]


def judged_topic(subscriptions: Sequence[Mapping[str, Any]]) -> Line:
    """Whether anybody hears the alarms. Pure; no address is told."""
    waiting = [one for one in subscriptions if not str(one.get("SubscriptionArn", "")).startswith("arn:")]
    confirmed = len(subscriptions) - len(waiting)
    if not subscriptions:
        return fault(TOLD, "nobody is subscribed to the alarms", SUBSCRIBE)
    if not confirmed:
        remedy = "open the mail from AWS and confirm; if it is gone, deploy with AlertEmail again"
        return fault(TOLD, f"{len(waiting)} subscribed, and none has confirmed", remedy)
    if waiting:
        remedy = "let them open the mail from AWS and confirm"
        return warning(TOLD, f"{confirmed} told, {len(waiting)} not confirmed", remedy)
    return ok(TOLD, f"{confirmed} confirmed")
