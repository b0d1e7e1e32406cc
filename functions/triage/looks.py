"""Which looks a round has: at every vendor, and at ourselves.

What is shared between looks is made for threads, or made anew for each: boto3's tables are not, so that every look has its own.
"""

import time
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests

from steward.budget import BudgetRecord
from steward.journal import Journal
from steward.learnt import query_id_of, shown_of
from steward.memory import Memory
from steward.pauses import Pause
from steward.rules import DataSource, Rules
from triage.findings import Finding, Probe
from triage.pace import MINUTELY, Pace
from triage.probes import alarms, backlog, calls, schema, standing, status_page, webhooks
from triage.probes.asking import Asker
from triage.probes.calls import US
from triage.probes.vendor_asks import ask_vendor
from triage.round import Look
from triage.vendors.vendor import Vendor


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, in seconds.

    Attributes:
        page: for a status page, all its addresses together.
        ask: for one answer of a vendor's API.
        asks: for everything that one vendor is asked.
    """

    page: float = 6.0
    ask: float = 5.0
    asks: float = 9.0


TERMINAL = Patience(page=3.0, ask=2.6, asks=3.3)
"""For somebody who waits at a terminal, and for whom Python has to start, too."""


def at_status_page(
    vendor: Vendor,
    *,
    session: Callable[[], requests.Session],
    now: Callable[[], datetime],
    clock: Callable[[], float] = time.monotonic,
    patience: Patience | None = None,
) -> Look:
    """Look at a vendor's status page."""
    seconds = (patience or Patience()).page

    def run() -> Sequence[Finding]:
        pages = vendor.status_pages
        return [status_page.look(vendor.name, pages, session=session, seconds=seconds, now=now, clock=clock)]

    return Look(vendor.name, Probe.STATUS_PAGE, run, seconds + 0.25)


def at_vendor(
    asker: Asker,
    settings: Callable[[], Mapping[str, str]],
    *,
    wanted: Container[str] = (),
    patience: Patience | None = None,
) -> Look:
    """Ask a vendor all that its description says.

    Args:
        asker: of the vendor.
        settings: gives what is known, e.g. ``data_source``; called in the look's thread.
        wanted: names of the optional capabilities that somebody needs.
        patience: how long is waited.
    """
    waits = patience or Patience()

    def run() -> Sequence[Finding]:
        return ask_vendor(asker, settings(), seconds=waits.asks, each=waits.ask, wanted=wanted)

    return Look(asker.vendor.name, Probe.AUTH, run, waits.asks + 0.25)


def at_data_sources(
    asker: Asker,
    rules: Rules,
    memory: Callable[[], Memory],
    *,
    now: Callable[[], datetime],
    patience: Patience | None = None,
) -> Iterator[Look]:
    """Look at the configured data sources whose turn it is; ``memory`` is called in each look's thread."""
    waits = patience or Patience()
    for source in schema.turn(rules, now()):

        def run(source: DataSource = source) -> Sequence[Finding]:
            remembered = memory()
            ids = {role: property_id for role, (property_id, _) in shown_of(remembered, source).items()}
            return schema.look(asker, rules, source, query_id_of(remembered, source), ids, waits.ask, now())

        yield Look(asker.vendor.name, Probe.SCHEMA, run, waits.ask + 0.25)


@dataclass(frozen=True, slots=True)
class OurSide:
    """What there is to see of ourselves. Functions give what has to be made anew for each thread.

    Attributes:
        journal: gives the journal.
        memory: gives the memory.
        pause: reads how the lane stands.
        budget: reads what is remembered of the request budget; None when nothing is.
        limit: the request limit of the connection.
        keep_days: days that the journal keeps its rows.
        sqs: an SQS client.
        lane_url: the lane's address.
        dead_letter_url: that of its dead letters.
        cloudwatch: a CloudWatch client, or None to leave alarms out.
        throttles: finds throttles of our functions; None to leave them out.
        stack: whose alarms are ours; "" to leave them out.
        pace: of the rounds; says how far back our own success is looked at.
    """

    journal: Callable[[], Journal]
    memory: Callable[[], Memory]
    pause: Callable[[], Pause]
    budget: Callable[[], BudgetRecord | None]
    limit: int
    keep_days: int
    sqs: Any
    lane_url: str
    dead_letter_url: str
    cloudwatch: Any = None
    throttles: Callable[[datetime], Finding] | None = None
    stack: str = ""
    pace: Pace = MINUTELY


def at_ourselves(ours: OurSide, *, now: Callable[[], datetime]) -> Iterator[Look]:
    """Look at our own side."""
    yield Look("notion", Probe.BREAKER, lambda: [standing.breaker_finding(ours.pause(), now())])
    yield Look("notion", Probe.QUOTA, lambda: [standing.budget_finding(ours.budget(), ours.limit, now())])
    yield Look(US, Probe.LANE, lambda: [_lane(ours, now())])
    yield Look(US, Probe.DEAD_LETTERS, lambda: [_dead_letters(ours, now())])
    yield Look("notion", Probe.CALLS, lambda: _work(ours, now()))
    yield Look("notion", Probe.WEBHOOKS, lambda: [_webhooks(ours, now())])
    throttles = ours.throttles
    if throttles is not None:
        yield Look(US, Probe.LANE, lambda: [throttles(now())])
    if ours.cloudwatch is not None and ours.stack:
        yield Look(
            US, Probe.ALARMS, lambda: [alarms.look(ours.cloudwatch, ours.stack, now())], alarms.SECONDS
        )


def _recent(ours: OurSide, at: datetime) -> list[dict[str, Any]]:
    return ours.journal().newest(at - ours.pace.window, at)


def _lane(ours: OurSide, at: datetime) -> Finding:
    depth = backlog.depth_of(ours.sqs, ours.lane_url)
    since = backlog.remembered_since(ours.memory(), depth, at)
    newest = webhooks.newest_of(_recent(ours, at)) if depth.all else None
    return backlog.lane_finding(depth, backlog.oldest(depth, since, newest, at), at)


def _dead_letters(ours: OurSide, at: datetime) -> Finding:
    return backlog.dead_letter_finding(backlog.depth_of(ours.sqs, ours.dead_letter_url), at)


def _work(ours: OurSide, at: datetime) -> Sequence[Finding]:
    rows, window = _recent(ours, at), ours.pace.window
    return [*calls.calls_of(rows, at, window), calls.bugs_of(rows, at, window)]


def _webhooks(ours: OurSide, at: datetime) -> Finding:
    memory, journal = ours.memory(), ours.journal()
    rhythm = webhooks.remembered(memory, journal, ours.keep_days, at)
    last, lost = webhooks.last_webhook(memory, journal, _recent(ours, at), at)
    held = backlog.depth_of(ours.sqs, ours.lane_url).all > backlog.TICKS or ours.pause().holds
    return webhooks.finding_of(rhythm, last, lost, at, held=held)
