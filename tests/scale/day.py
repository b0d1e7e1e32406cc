"""A day on lanes that share a stack: events wait in their lane, slots of concurrency work one lane each.

Real are the budget with its window, its leases and what it remembers (``steward.budget``), the pacing of Slack's channels
(``steward.clients.pacing``), the rule that turns many messages into a digest (``processor.recent``), the lane of a page
(``steward.lane``), and the depth from which pages are read by query (``processor.burst``). Simulated are what surrounds
them: SQS hands out a lane's messages one after the other, a message that finds no budget hides until there is some, a
read page covers the events that it is younger than, and a call takes as long as ``service`` says.
"""

import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from processor.burst import DEEP, ROWS
from processor.recent import Recent
from steward.budget import Budget, BudgetRecord, part_of
from steward.clients.pacing import Pacer
from steward.effects import Kind, Target
from steward.errors import CallFailed
from steward.lane import lane_of
from steward.rules.document import DigestRules
from tests.scale.arrivals import Arrival, Asks
from tests.scale.service import Service

SETTLE_MARGIN = 2.0
"""Seconds; the template's default: a page covers an event only if it was read so much later."""

CHANNEL: Target = (Kind.MESSAGE, "#tasks", "")


@dataclass(slots=True)
class Totals:
    """What a day came to.

    Attributes:
        lags: seconds from each event's arrival on the lane to its end.
        calls: of Notion.
        queries: those of them that read many pages.
        waits: messages that were given back because the budget was spent.
        deepest: most messages that waited in one lane.
        left: messages that still waited when everything had come and ``patience`` was over.
    """

    lags: list[float] = field(default_factory=list)
    calls: int = 0
    queries: int = 0
    waits: int = 0
    deepest: int = 0
    left: int = 0

    def lag(self, share: float) -> float:
        """The lag that so many of the events stayed below."""
        ordered = sorted(self.lags)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def pooled(every: Sequence[Totals]) -> Totals:
    """The totals of stacks that share nothing, as if they were one."""
    return Totals(
        lags=[lag for each in every for lag in each.lags],
        calls=sum(each.calls for each in every),
        queries=sum(each.queries for each in every),
        waits=sum(each.waits for each in every),
        deepest=max((each.deepest for each in every), default=0),
        left=sum(each.left for each in every),
    )


class _Turned:
    """A lane's own time."""

    def __init__(self) -> None:
        self.at = 0.0

    def time(self) -> float:
        return self.at

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    def sleep(self, seconds: float) -> None:
        self.at += seconds


class _Remembered:
    """What environments remember of the budget."""

    def __init__(self) -> None:
        self._record: BudgetRecord | None = None

    def load(self) -> BudgetRecord | None:
        return self._record

    def save(self, record: BudgetRecord) -> None:
        self._record = record


class _Lane:
    """One lane: its messages, its part of the budget, and what it knows of pages."""

    def __init__(self, limit: int, service: Service, totals: Totals) -> None:
        self.clock = _Turned()
        self.messages: deque[Arrival] = deque()
        self._budget = Budget(limit, self.clock.time, _Remembered())
        self._pacer = Pacer(self.clock.time, self.clock.sleep)
        digest = DigestRules()
        self._recent = Recent(digest.notices, timedelta(seconds=digest.window_seconds), self.clock.now)
        self._read_at: dict[str, float] = {}
        self._service = service
        self._totals = totals

    def work(self, at: float) -> float:
        """Work the head from a time on; until when the lane is busy. The head is gone, or hidden until then."""
        self.clock.at = at
        head = self.messages[0]
        try:
            self._carry_out(head)
        except CallFailed as spent:
            self._totals.waits += 1
            # SQS counts whole seconds.
            return self.clock.at + max(1.0, float(int(spent.retry_after or 0) + 1))
        self.messages.popleft()
        self._totals.lags.append(self.clock.at - head.at)
        return self.clock.at

    def _carry_out(self, head: Arrival) -> None:
        service = self._service
        self.clock.sleep(service.hop)
        if head.asks is Asks.NOTHING:
            self.clock.sleep(service.ignored)
            return
        if self._read_at.get(head.page, -SETTLE_MARGIN) < head.at + SETTLE_MARGIN:
            self._observe(head)
        self.clock.sleep(service.read)
        if head.asks is Asks.TELL:
            self._call()
            self._recent_message()
            self.clock.sleep(service.told)

    def _observe(self, head: Arrival) -> None:
        # An event that is younger than the margin is read nevertheless, and its successors are covered by that later.
        waiting = [m for m in self._few() if m.at + SETTLE_MARGIN <= self.clock.at]
        deep = len(waiting) >= DEEP
        self._call()
        if deep:
            self._totals.queries += 1
        pages = {head.page} | ({m.page for m in waiting} if deep else set())
        self._read_at |= dict.fromkeys(pages, max(self.clock.at, head.at + SETTLE_MARGIN))

    def _few(self) -> list[Arrival]:
        """The messages whose pages one answer can hold."""
        return [self.messages[number] for number in range(min(len(self.messages), ROWS))]

    def _recent_message(self) -> None:
        if not self._recent.is_full(CHANNEL):
            self._pacer.take_turn(CHANNEL[1])
            self._recent.sent(CHANNEL)
            self.clock.sleep(self._service.slack)

    def _call(self) -> None:
        self._budget.spend()
        self._totals.calls += 1
        self.clock.sleep(self._service.notion)


@dataclass(frozen=True, slots=True)
class Setting:
    """How a workspace is worked: its requests a minute without what is kept for probes, and its lanes."""

    requests: int
    lanes: int = 1


def simulate(
    days: Sequence[Sequence[Arrival]],
    setting: Setting,
    service: Service,
    *,
    slots: int | None = None,
    patience: float = 86_400.0,
) -> Totals:
    """Work a day of every workspace off.

    Args:
        days: each workspace's events.
        setting: of each workspace.
        service: how long things take.
        slots: lanes that are worked at once, which is the processor's reserved concurrency; None for all of them.
        patience: seconds after the last event in which what waits is still worked.
    """
    totals = Totals()
    lanes: list[_Lane] = []
    coming: list[tuple[float, int, Arrival]] = []
    for number, day in enumerate(days):
        parts = [part_of(setting.requests, setting.lanes, lane) for lane in range(setting.lanes)]
        lanes += [_Lane(part, service, totals) for part in parts]
        first = number * setting.lanes
        coming += [(a.at, first + lane_of(a.page, setting.lanes), a) for a in day]
    coming.sort(key=lambda each: each[:2])
    _Stack(lanes, totals, slots or len(lanes)).run(coming, patience)
    totals.left = sum(len(lane.messages) for lane in lanes)
    return totals


class _Stack:
    """Hands lanes that have messages to slots that are free, the lane that waits longest first."""

    def __init__(self, lanes: Sequence[_Lane], totals: Totals, slots: int) -> None:
        self._lanes, self._totals, self._free = lanes, totals, slots
        self._ready: deque[int] = deque()
        self._events: list[tuple[float, int, int]] = []
        self._busy: set[int] = set()

    def run(self, coming: Sequence[tuple[float, int, Arrival]], patience: float) -> None:
        """Until nothing waits, or patience ends."""
        end = (coming[-1][0] if coming else 0.0) + patience
        place = 0
        while place < len(coming) or self._events:
            if self._events and (place == len(coming) or self._events[0][0] <= coming[place][0]):
                at, hidden, lane = heapq.heappop(self._events)
                if at > end:
                    return
                self._free += not hidden  # a hidden message holds its lane and no slot
                self._busy.discard(lane)
                self._wake(lane)
            else:
                at, lane, arrival = coming[place]
                place += 1
                self._lanes[lane].messages.append(arrival)
                self._totals.deepest = max(self._totals.deepest, len(self._lanes[lane].messages))
                self._wake(lane)
            self._hand_out(at)

    def _wake(self, lane: int) -> None:
        if lane not in self._busy and self._lanes[lane].messages:
            self._busy.add(lane)
            self._ready.append(lane)

    def _hand_out(self, at: float) -> None:
        while self._free and self._ready:
            lane = self._ready.popleft()
            waits = self._totals.waits
            until = self._lanes[lane].work(at)
            hidden = self._totals.waits > waits
            self._free -= not hidden
            heapq.heappush(self._events, (until, int(hidden), lane))
