"""What a month of Steward costs, from what one of everything asks for and what one of that costs. Pure.

A month has 30 days. What cannot be known without an account is assumed, and stands in ``usage.toml`` under ``assumed``;
where there is a choice, it is the dearer one. What vendors, data transfer and the mirror's database cost is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

MINUTES = 30 * 24 * 60
"""Of a month."""

GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Price:
    """A list price: ``usd`` for ``per`` units, of which ``free`` a month cost nothing; ``what`` the units are."""

    usd: float
    per: float
    what: str
    source: str
    checked: str
    free: float = 0.0

    def of(self, units: float) -> float:
        """What so many units cost, in dollars."""
        return self.usd * units / self.per


@dataclass(frozen=True, slots=True)
class Stack:
    """What there is, whether it is used or not.

    Attributes:
        memory: each function's memory in MB, by the part that it is.
        architecture: ``arm64`` or ``x86_64``.
        traced: the functions write traces.
        secrets, keys, composites, dashboards: how many there are.
        alarms: metrics that alarms listen to, each as often as it is listened to.
        sweep_minutes: between two sweeps.
        journal_days: that the journal keeps an event.
        lanes: serial lanes.
        kept: price → MB that ingest keeps all the time, so that it starts faster.
    """

    memory: Mapping[str, int]
    architecture: str
    traced: bool
    secrets: int
    keys: int
    alarms: int
    composites: int
    dashboards: int
    sweep_minutes: int = 15
    journal_days: int = 90
    lanes: int = 1
    kept: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Load:
    """A month of events.

    Attributes:
        events: deliveries that are accepted.
        told: the share of them that somebody is told of, by a comment and a message.
        read: the share of them whose page is read, and nothing is to be told.
    """

    events: int
    told: float = 0.2
    read: float = 0.3


@dataclass(frozen=True, slots=True)
class Usage:
    """What was measured.

    Attributes:
        one: kind of work → name → how much one of it asks for.
        metrics: kind of work → the custom metrics that it counts into.
        assumed: what could not be measured, by name.
    """

    one: Mapping[str, Mapping[str, float]]
    metrics: Mapping[str, Sequence[str]]
    assumed: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the bill: a part, the price that it is paid by, and units of an idle month and of the events."""

    part: str
    price: str
    idle: float
    events: float = 0.0


@dataclass(frozen=True, slots=True)
class Bill:
    """All lines of a stack and its load, and their prices."""

    stack: Stack
    load: Load
    lines: Sequence[Line]
    prices: Mapping[str, Price] = field(repr=False)

    def usd(self, line: Line) -> tuple[float, float]:
        """Dollars a month of a line: idle, and what the events add."""
        price = self.prices[line.price]
        return price.of(line.idle), price.of(line.events)

    @property
    def idle(self) -> float:
        """Dollars of a month without an event."""
        return sum(self.usd(line)[0] for line in self.lines)

    @property
    def by_events(self) -> float:
        """Dollars that the events add."""
        return sum(self.usd(line)[1] for line in self.lines)

    @property
    def per_million(self) -> float:
        """Dollars for a million events more, those that come once (metrics) left out."""
        once = sum(self.usd(line)[1] for line in self.lines if line.price == "metric_month")
        return (self.by_events - once) / self.load.events * 1_000_000 if self.load.events else 0.0

    def after_free_tier(self, *, events: bool = True) -> float:
        """Dollars of all, if nothing else in the account uses what AWS gives away without an end."""
        return sum(self.alone(events=events).values())

    def alone(self, *, events: bool = True) -> Mapping[str, float]:
        """Price → dollars of all units beyond the free ones, with or without those of the events."""
        units: dict[str, float] = {}
        for line in self.lines:
            units[line.price] = units.get(line.price, 0.0) + line.idle + (line.events if events else 0.0)
        return {name: self.prices[name].of(max(n - self.prices[name].free, 0)) for name, n in units.items()}


PART = {"delivery": "ingest", "look": "triage"}
"""Whose work it is; the processor's, where nothing is said."""


def bill(stack: Stack, load: Load, usage: Usage, prices: Mapping[str, Price]) -> Bill:
    """What a month costs."""
    return Bill(stack, load, tuple(_lines(stack, load, usage)), prices)


def _lines(stack: Stack, load: Load, usage: Usage) -> Iterator[Line]:
    idle = idle_work(stack)
    work = work_of(load)
    yield Line("API Gateway", "api_request", 0, load.events)
    for function in stack.memory:
        yield from _function(function, stack, usage, _of(function, idle), _of(function, work))
    for price, megabytes in stack.kept.items():
        yield Line("Lambda ingest", price, MINUTES * 60 * megabytes / 1024)
    ticks = sum(count for kind, count in idle.items() if kind.startswith("tick_"))
    polls = usage.assumed["pollers"] * usage.assumed["polls_per_minute"] * MINUTES
    # The scheduler sends a tick; the pollers receive and delete it, as they do an event; the rest is our own calls.
    sqs = _sum(idle, usage, "sqs_requests") + 3 * ticks + polls
    yield Line("SQS", "sqs_fifo_request", sqs, _sum(work, usage, "sqs_requests") + 2 * load.events)
    yield Line("Scheduler", "schedule_invocation", sum(idle.values()))
    for price, name in (("dynamodb_write_unit", "write_units"), ("dynamodb_read_unit", "read_units")):
        yield Line("DynamoDB", price, _sum(idle, usage, name), _sum(work, usage, name))
    kept = _sum(work, usage, "bytes_kept") * stack.journal_days / 30 / GIB
    # An index holds the journal's rows a second time; recovery is paid for by the size of the table without such indexes.
    yield Line("DynamoDB", "dynamodb_gb_month", 0, 2 * kept)
    yield Line("DynamoDB", "dynamodb_pitr_gb_month", 0, kept)
    yield Line("Secrets Manager", "secret_month", stack.secrets)
    # An environment reads a secret again when it is five minutes old: ingest one, the processor two.
    reads = min(load.events, MINUTES / 5) * (1 + 2 * stack.lanes)
    yield Line("Secrets Manager", "secret_call", _sum(idle, usage, "secret_calls"), reads)
    yield Line("CloudWatch alarms", "alarm_month", stack.alarms)
    yield Line("CloudWatch alarms", "composite_alarm_month", stack.composites)
    yield Line("CloudWatch dashboards", "dashboard_month", stack.dashboards)
    always = {metric for kind in idle for metric in usage.metrics.get(kind, ())}
    now_and_then = {metric for kind, count in work.items() if count for metric in usage.metrics.get(kind, ())}
    yield Line("CloudWatch metrics", "metric_month", len(always), len(now_and_then - always))
    yield Line("CloudWatch metrics", "metric_read", _sum(idle, usage, "metric_reads"))
    yield from _logs(idle, work, load, usage)
    if stack.traced:
        yield Line("X-Ray", "trace", sum(idle.values()), sum(work.values()))
    yield Line("KMS", "key_month", stack.keys)


def idle_work(stack: Stack) -> dict[str, float]:
    """Kind of work → how often a month, when nothing happens."""
    return {
        "look": MINUTES,
        "tick_settle": MINUTES,
        "tick_sweep": MINUTES / stack.sweep_minutes,
        "tick_remind": MINUTES / 15,
    }


def work_of(load: Load) -> dict[str, float]:
    """Kind of work → how often a month for the events."""
    told, read = load.events * load.told, load.events * load.read
    return {
        "delivery": load.events,
        "event_told": told,
        "event_read": read,
        "event_ignored": load.events - told - read,
    }


def seconds(one: Mapping[str, float], memory: int, assumed: Mapping[str, float]) -> float:
    """How long one invocation takes: processor time at the share of a processor that the memory buys, and all waits.

    Waits are added up as if nothing were asked in parallel; the triage asks in parallel.
    """
    share = min(memory / assumed["mb_of_a_processor"], 1.0)
    waits = (
        ("dynamodb_calls", "ms_dynamodb"),
        ("sqs_requests", "ms_sqs"),
        ("secret_calls", "ms_secret"),
        ("metric_reads", "ms_cloudwatch"),
        ("alarm_reads", "ms_cloudwatch"),
        ("notion_calls", "ms_notion"),
        ("slack_calls", "ms_slack"),
    )
    waiting = sum(one.get(name, 0.0) * assumed[each] for name, each in waits) / 1000
    return one["cpu_us"] / 1e6 / share + waiting


def _function(
    name: str, stack: Stack, usage: Usage, idle: Mapping[str, float], work: Mapping[str, float]
) -> Iterator[Line]:
    memory, part = stack.memory[name], f"Lambda {name}"
    yield Line(part, "lambda_request", sum(idle.values()), sum(work.values()))

    def gb_seconds(kinds: Mapping[str, float]) -> float:
        return sum(n * seconds(usage.one[k], memory, usage.assumed) * memory / 1024 for k, n in kinds.items())

    yield Line(part, f"lambda_gb_second_{stack.architecture}", gb_seconds(idle), gb_seconds(work))


def _logs(idle: Mapping[str, float], work: Mapping[str, float], load: Load, usage: Usage) -> Iterator[Line]:
    platform, access = usage.assumed["platform_log_bytes"], usage.assumed["access_log_bytes"]
    quiet = _sum(idle, usage, "log_bytes") + platform * sum(idle.values())
    busy = _sum(work, usage, "log_bytes") + platform * sum(work.values()) + access * load.events
    yield Line("CloudWatch Logs", "log_gb", quiet / GIB, busy / GIB)
    yield Line("CloudWatch Logs", "log_gb_month", quiet / GIB, busy / GIB)


def _of(function: str, kinds: Mapping[str, float]) -> dict[str, float]:
    return {kind: count for kind, count in kinds.items() if PART.get(kind, "processor") == function}


def _sum(kinds: Mapping[str, float], usage: Usage, name: str) -> float:
    return sum(count * usage.one[kind].get(name, 0.0) for kind, count in kinds.items())
