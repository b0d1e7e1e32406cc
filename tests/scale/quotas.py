"""Which of AWS's quotas binds first at a size: arithmetic on the template, the usage and the quotas, each with its source.

All quotas are those of one account in one region, as they are before anybody asks for more.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache

from infra.local.transform import read
from infra.operate.cost_inputs import TEMPLATE, stack, usage
from infra.operate.cost_model import seconds
from tests.scale.load import ALONE, FLEETS, Fleet, mixed
from tests.scale.service import Service


class Grows(Enum):
    """What a quota is used up by."""

    BY_EVENTS = "events"
    BY_STACKS = "stacks"
    OUR_OWN = "events, and the limit is the template's"


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota: its name, how much there is, how much a fleet takes, where that is from, and what uses it up."""

    name: str
    most: float
    takes: Callable[[Fleet], float]
    source: str
    grows: Grows = Grows.BY_EVENTS

    def share(self, fleet: Fleet) -> float:
        """The part of it that a fleet takes."""
        return self.takes(fleet) / self.most


@cache
def quotas() -> Sequence[Quota]:
    """Every quota that grows with us; CloudWatch has none for alarms."""
    return (*_by_events(), *_by_stacks())


def _by_events() -> Iterator[Quota]:
    there, found = stack(), usage()
    delivery = seconds(found.one["delivery"], there.memory["ingest"], found.assumed)
    units = mixed("write_units")
    yield Quota(
        "API Gateway: requests a second, all APIs",
        10_000,
        lambda fleet: fleet.events,
        "API Gateway Developer Guide, quotas; 2,500 in younger regions",
    )
    yield Quota(
        "The stage's throttle: requests a second, a stack",
        read(TEMPLATE)["Resources"]["Api"]["Properties"]["DefaultRouteSettings"]["ThrottlingRateLimit"],
        lambda fleet: fleet.of_a_stack,
        "our own, in template.yaml",
        Grows.OUR_OWN,
    )
    yield Quota(
        "SQS FIFO: sends (or receives, or deletes) a second without batches, a queue",
        300,
        lambda fleet: fleet.of_a_stack,
        "SQS Developer Guide, message quotas and FIFO throttling; high throughput is not on",
    )
    yield Quota(
        "SQS FIFO: the same, a message group",
        300,
        lambda fleet: fleet.of_a_group,
        "the same: a group is one partition's, which has no more than a queue without high throughput; "
        "that a group's messages are worked one after the other binds long before, see above",
    )
    yield Quota(
        "Lambda: concurrency that nobody reserved",
        100,
        lambda fleet: fleet.events * delivery,
        f"Lambda Developer Guide, quotas: 100 can't be reserved; ingest alone, at {delivery * 1000:.0f} ms a delivery",
    )
    yield Quota(
        "DynamoDB: write units a second, one partition",
        1_000,
        lambda fleet: units * fleet.of_a_stack,
        "DynamoDB Developer Guide, warm throughput; as if all went to the hottest key, the journal's index of the day, "
        "and were worked as it comes",
    )


def _by_stacks() -> Iterator[Quota]:
    made = list(read(TEMPLATE)["Resources"].values())
    roles = sum(each["Type"] == "AWS::IAM::Role" for each in made)
    nested = 1 + sum(each["Type"] == "AWS::CloudFormation::Stack" for each in made)
    secrets = stack().secrets
    for name, most, takes, source in (
        (
            "Lambda: concurrency, 100 of it unreserved",
            900,
            lambda fleet: fleet.stacks * (fleet.slots + 1),
            "Lambda Developer Guide, quotas; new accounts begin lower; the processor and the triage reserve theirs",
        ),
        (
            "Secrets Manager: GetSecretValue a second",
            10_000,
            lambda fleet: (2 * fleet.stacks * fleet.slots + 4 * fleet.stacks) / 300,
            "Secrets Manager User Guide, quotas; every environment reads each secret every five minutes",
        ),
        (
            "Scheduler: invocations a second",
            1_000,
            lambda fleet: fleet.stacks * (2 + 2 / 15) / 60,
            "EventBridge Scheduler User Guide, quotas; in primary regions",
        ),
        (
            "IAM: roles",
            1_000,
            lambda fleet: fleet.stacks * roles,
            "IAM User Guide, IAM and STS quotas; 5,000 if asked for",
        ),
        (
            "CloudFormation: stacks",
            2_000,
            lambda fleet: fleet.stacks * nested,
            "CloudFormation User Guide, Understand CloudFormation quotas; more if asked for",
        ),
        (
            "API Gateway: HTTP APIs",
            600,
            lambda fleet: fleet.stacks,
            "API Gateway Developer Guide, quotas: regional APIs, never more; the page of HTTP APIs names no other number",
        ),
        (
            "Secrets Manager: secrets",
            500_000,
            lambda fleet: fleet.stacks * secrets,
            "Secrets Manager User Guide, quotas, as others cite it: the line itself was not seen",
        ),
    ):
        yield Quota(name, most, takes, source, Grows.BY_STACKS)


def first(fleet: Fleet, *grows: Grows) -> Quota:
    """The quota that a fleet takes the largest share of, of those that are used up by such things, or of all."""
    return max((q for q in quotas() if not grows or q.grows in grows), key=lambda quota: quota.share(fleet))


def table() -> str:
    """The Markdown table: how much of each quota each fleet takes, and which binds first."""
    every = quotas()
    rows = [
        ("quota", "there is", *(fleet.name for fleet in FLEETS)),
        ("---", "---:", *("---:" for _ in FLEETS)),
        ("events in the fullest minute", "", *(f"{fleet.events * 60:,.0f}" for fleet in FLEETS)),
        *((quota.name, f"{quota.most:,.0f}", *(_share(quota, fleet) for fleet in FLEETS)) for quota in every),
        ("**first to bind when more events come**", "", *_first(Grows.BY_EVENTS, Grows.OUR_OWN)),
        ("**and of AWS's own**", "", *_first(Grows.BY_EVENTS)),
        ("**first to bind when more stacks are made**", "", *_first(Grows.BY_STACKS)),
    ]
    return _lines(rows)


def alone_table(service: Service) -> str:
    """The Markdown table of what binds one workspace, which is no quota of AWS's."""
    awss = [first(each.fleet, Grows.BY_EVENTS) for each in ALONE]
    rows = [
        ("in the fullest minute", *(each.name for each in ALONE)),
        ("---", *("---:" for _ in ALONE)),
        ("requests of Notion, without those for probes", *(f"{each.requests}" for each in ALONE)),
        ("events that these pay", *(f"{each.events:,.0f}" for each in ALONE)),
        ("seconds that each lane would work for them, of 60", *(_work(each.work(service)) for each in ALONE)),
        ("events that the lanes end", *(f"{each.ended(service):,.0f}" for each in ALONE)),
        ("lanes that would end all", *(f"{each.needed(service)}" for each in ALONE)),
        ("**binds first**", *(binding(each.work(service)) for each in ALONE)),
        (
            "**AWS's quota that comes first**",
            *(
                f"{_name(quota)} ({quota.share(each.fleet):.1%})"
                for each, quota in zip(ALONE, awss, strict=True)
            ),
        ),
    ]
    return _lines(rows)


def binding(work: float) -> str:
    """What binds a workspace first whose lanes would have to work so many seconds for what a minute's budget pays."""
    return "the pace of its lanes, then Notion's budget" if work > 60 else "Notion's budget"


def sources() -> Iterator[str]:
    """Where each quota is from."""
    for quota in quotas():
        yield f"* {quota.name}: {quota.source}."


def _work(taken: float) -> str:
    return f"**{taken:.0f}**" if taken > 60 else f"{taken:.0f}"


def _first(*grows: Grows) -> Iterator[str]:
    return (_name(first(fleet, *grows)) for fleet in FLEETS)


def _lines(rows: Sequence[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _share(quota: Quota, fleet: Fleet) -> str:
    taken, share = quota.takes(fleet), quota.share(fleet)
    number = f"{taken:,.1f}" if taken < 10 else f"{taken:,.0f}"
    return f"{number} ({share:.0%})" if share < 1 else f"**{number} ({share:.0%})**"


def _name(quota: Quota) -> str:
    return quota.name.split(",")[0].removesuffix(" without batches")
