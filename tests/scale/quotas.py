"""Which of AWS's quotas binds first at a size: arithmetic on the template, the usage and the quotas, each with its source.

All quotas are those of one account in one region, as they are before anybody asks for more.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from infra.local.transform import read
from infra.operate.cost_inputs import TEMPLATE, stack, usage
from tests.scale.arrivals import CURVE, HOUR, Day

DAILY = Day(1_000, bulk_edits=1)
"""Of an ordinary workspace."""

AT_ONCE = 4
"""Lanes of a hundred ordinary workspaces that are worked at once: fewer are late, more are idle, see the simulation."""

OFFICE_HOURS = 8
"""In which the bulk edits of many workspaces fall."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """So many workspaces in so many stacks, and how many lanes a stack works at once."""

    name: str
    workspaces: int
    stacks: int
    slots: int

    @property
    def events(self) -> float:
        """Events a second of all of them in the fullest hour; bulk edits spread over the office hours."""
        singly = DAILY.events * max(CURVE) / sum(CURVE) / HOUR
        in_bulk = DAILY.bulk_edits * DAILY.bulk_pages / (OFFICE_HOURS * HOUR)
        return self.workspaces * (singly + in_bulk)


FLEETS = (
    Fleet("one workspace", 1, 1, 1),
    Fleet("100 workspaces, one stack", 100, 1, AT_ONCE),
    Fleet("10,000, 100 in a stack", 10_000, 100, AT_ONCE),
    Fleet("10,000, a stack each", 10_000, 10_000, 1),
)


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota: its name, how much there is, how much a fleet takes, and where that is from."""

    name: str
    most: float
    takes: Callable[[Fleet], float]
    source: str


@cache
def quotas() -> Sequence[Quota]:
    """Every quota that grows with us."""
    made = list(read(TEMPLATE)["Resources"].values())
    roles = sum(each["Type"] == "AWS::IAM::Role" for each in made)
    nested = 1 + sum(each["Type"] == "AWS::CloudFormation::Stack" for each in made)
    there, one = stack(), usage().one
    alarms, secrets = there.alarms + there.composites, there.secrets
    # Ingest takes a tenth of a second at most, and so do ticks; the processor and the triage are reserved.
    told = one["event_told"]["write_units"] * DAILY.told + one["event_read"]["write_units"] * DAILY.read
    units = told + one["event_ignored"]["write_units"] * (1 - DAILY.told - DAILY.read)
    return (
        Quota(
            "API Gateway: requests a second, all APIs",
            10_000,
            lambda fleet: fleet.events,
            "API Gateway Developer Guide, quotas",
        ),
        Quota(
            "The stage's own throttle in template.yaml: requests a second, a stack",
            100,
            lambda fleet: fleet.events / fleet.stacks,
            "template.yaml",
        ),
        Quota(
            "SQS FIFO: receives a second without batches, a queue",
            300,
            lambda fleet: fleet.events / fleet.stacks,
            "SQS Developer Guide, message quotas; high throughput is not on",
        ),
        Quota(
            "Lambda: concurrency, 100 of it unreserved",
            900,
            lambda fleet: fleet.stacks * (fleet.slots + 1),
            "Lambda Developer Guide, quotas; new accounts begin lower",
        ),
        Quota(
            "DynamoDB: write units a second, one partition",
            1_000,
            lambda fleet: units * fleet.events / fleet.stacks,
            "DynamoDB Developer Guide, warm throughput; as if all went to the hottest key, the journal's index of the day",
        ),
        Quota(
            "Secrets Manager: GetSecretValue a second",
            10_000,
            lambda fleet: (2 * fleet.stacks * fleet.slots + 4 * fleet.stacks) / 300,
            "AWS, What's New, March 2025; every environment reads each secret every five minutes",
        ),
        Quota(
            "Scheduler: invocations a second",
            1_000,
            lambda fleet: fleet.stacks * (2 + 2 / 15) / 60,
            "EventBridge Scheduler User Guide, quotas; in primary regions",
        ),
        Quota("IAM: roles", 1_000, lambda fleet: fleet.stacks * roles, "generally known, not checked"),
        Quota(
            "CloudWatch: alarms", 5_000, lambda fleet: fleet.stacks * alarms, "generally known, not checked"
        ),
        Quota(
            "CloudFormation: stacks",
            2_000,
            lambda fleet: fleet.stacks * nested,
            "generally known, not checked",
        ),
        Quota("API Gateway: HTTP APIs", 600, lambda fleet: fleet.stacks, "generally known, not checked"),
        Quota(
            "Secrets Manager: secrets",
            500_000,
            lambda fleet: fleet.stacks * secrets,
            "generally known, not checked",
        ),
    )


def first(fleet: Fleet) -> Quota:
    """The quota that a fleet takes the largest share of."""
    return max(quotas(), key=lambda quota: quota.takes(fleet) / quota.most)


def table() -> str:
    """The Markdown table: how much of each quota each fleet takes, and which binds first."""
    every = quotas()
    rows = [
        ("quota", "there is", *(fleet.name for fleet in FLEETS)),
        ("---", "---:", *("---:" for _ in FLEETS)),
        *((quota.name, f"{quota.most:,.0f}", *(_share(quota, fleet) for fleet in FLEETS)) for quota in every),
        ("**binds first**", "", *(_name(first(fleet)) for fleet in FLEETS)),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def sources() -> Iterator[str]:
    """Where each quota is from."""
    for quota in quotas():
        yield f"* {quota.name}: {quota.source}."


def _share(quota: Quota, fleet: Fleet) -> str:
    taken = quota.takes(fleet)
    share = taken / quota.most
    number = f"{taken:,.1f}" if taken < 10 else f"{taken:,.0f}"
    return f"{number} ({share:.0%})" if share < 1 else f"**{number} ({share:.0%})**"


def _name(quota: Quota) -> str:
    return quota.name.split(",")[0].removesuffix(" without batches")
