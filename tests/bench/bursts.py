"""Calls and time for a burst of events, against the least that could do and against a naive consumer.

Steward runs whole, ingest and processor on moto with queues in memory, against the Notion simulator with its fixed 60-s window; time is
injected and passes only when somebody waits, so a makespan is the time that the vendor's limit costs and nothing else.
Deliveries are all on the lane before the first is worked: that is what a burst is.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from infra.local.simulators.notion.demo import ASSIGNEE_ID, STATUS_ID
from tests.bench.figures import Figure
from tests.bench.input import RULES_WITH_COMMENTS, RULES_WITHOUT_WRITES
from tests.bench.naive import NaiveConsumer
from tests.integration.stand import Stand, standing

LIMIT, WINDOW = 180, 60.0
QUERY = 100
"""Pages that one data source query returns at most."""


@dataclass(frozen=True, slots=True)
class Burst:
    """A burst of events.

    Attributes:
        name: for the table.
        pages: how many pages change.
        events: how many events tell of it, spread evenly over the pages.
        comments: every change is one of the assignee and asks for a comment; otherwise of the status, and asks for nothing.
    """

    name: str
    pages: int
    events: int
    comments: bool

    @property
    def least_calls(self) -> int:
        """One query for every hundred pages, and the comments: nobody has to be told what was over before it was read."""
        return ceil(self.pages / QUERY) + (self.pages if self.comments else 0)


BURSTS = (
    Burst("50 cards re-assigned at once", pages=50, events=50, comments=True),
    Burst("1,000 status edits over 1,000 pages", pages=1000, events=1000, comments=False),
    Burst("200 events over 20 pages", pages=20, events=200, comments=True),
    Burst("500 assignments at 180 a minute", pages=500, events=500, comments=True),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What working a burst off cost: calls that Notion answered, refused ones among them, and seconds of waiting."""

    calls: int
    refused: int
    seconds: float


def figures(burst: Burst, scratch: Path) -> list[Figure]:
    """Play a burst and give its figures."""
    rules = scratch / "rules.toml"
    rules.write_text(RULES_WITH_COMMENTS if burst.comments else RULES_WITHOUT_WRITES)
    with standing(quick=True, RULES_FILE=str(rules), REQUESTS_PER_MINUTE=str(LIMIT)) as stand:
        pages = [
            stand.notion.add_page(
                stand.demo.data_source_id, {"Name": f"Task {n}", "Assignee": [stand.demo.ben]}
            )
            for n in range(burst.pages)
        ]
        _deliver(stand, burst, pages)
        ours = _cost(stand, lambda: _work(stand, burst))
        _check(stand, burst, pages)
        naive = _cost(stand, lambda: _naive(stand, burst, pages))
    least = f"{burst.least_calls:,} calls in windows of {LIMIT}"
    return [
        Figure(f"{burst.name}: Notion calls", ours.calls, burst.least_calls, "", "least", naive.calls),
        Figure(f"{burst.name}: 429s", ours.refused, 0, "", "least", naive.refused),
        Figure(
            f"{burst.name}: makespan", ours.seconds, _makespan(burst.least_calls), "s", least, naive.seconds
        ),
    ]


def _deliver(stand: Stand, burst: Burst, pages: Sequence[str]) -> None:
    people = (stand.demo.chloe, stand.demo.ann)
    for number in range(burst.events):
        page = pages[number % len(pages)]
        change: dict[str, Any] = {"Status": "In progress"}
        if burst.comments:
            # The last change of each page is to Ann, whatever their number.
            left = (burst.events - 1 - number) // len(pages)
            change = {"Assignee": [people[(left + 1) % 2]]}
        stand.notion.edit(page, properties=change, by=stand.demo.chloe, silent=True)
        payload = stand.payload(page)
        payload["data"]["updated_properties"] = [ASSIGNEE_ID] if burst.comments else [STATUS_ID, ASSIGNEE_ID]
        assert stand.deliver(json.dumps(payload).encode()) == 200
    stand.clock.sleep(10)


def _work(stand: Stand, burst: Burst) -> None:
    stand.work(limit=20 * burst.events)


def _check(stand: Stand, burst: Burst, pages: Sequence[str]) -> None:
    """A figure of work that was not done would be worth nothing."""
    for page in pages:
        assert len(stand.comments(page)) == (1 if burst.comments else 0)
    assert stand.dead_letters() == []


def _naive(stand: Stand, burst: Burst, pages: Sequence[str]) -> None:
    """One read an event, and the very comments that Steward wrote."""
    consumer = NaiveConsumer(stand.notion, stand.clock)
    try:
        for number in range(burst.events):
            consumer.read(pages[number % len(pages)])
            if burst.comments and number < len(pages):
                consumer.comment(pages[number])
    finally:
        consumer.close()


def _cost(stand: Stand, play: Callable[[], None]) -> Cost:
    stand.notion.set_rate_limit(LIMIT)  # opens the window anew
    before, began = stand.notion.counters(), stand.clock.time()
    play()
    after = stand.notion.counters()
    refused = sum(after["rate_limited"].values()) - sum(before["rate_limited"].values())
    return Cost(after["requests"] - before["requests"], refused, stand.clock.time() - began)


def _makespan(calls: int) -> float:
    """Seconds until the last window that is needed opens."""
    return (ceil(calls / LIMIT) - 1) * WINDOW
