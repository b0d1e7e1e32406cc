"""When the events of a day come, of which page, and what each will ask for: seeded, so that a day can be had again."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

DAY = 86_400.0
HOUR = 3_600.0

CURVE = (1, 1, 1, 1, 1, 2, 4, 8, 16, 22, 24, 22, 14, 20, 24, 22, 18, 12, 6, 4, 3, 2, 1, 1)
"""How much of a day's work each hour holds: offices of one time zone. The fullest hour has a tenth of the day."""


class Asks(StrEnum):
    """What an event asks for, if its page was not read since."""

    NOTHING = "nothing"
    READ = "read"
    TELL = "tell"


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event on the lane: when, in seconds of the day, of which page, and what it asks for."""

    at: float
    page: str
    asks: Asks


@dataclass(frozen=True, slots=True)
class Day:
    """A workspace's day.

    Attributes:
        events: that come one by one over the day.
        bulk_edits: how often somebody edits many pages at once, at a time of the office's hours.
        bulk_pages: so many pages each, within a minute.
        pages: of which the single events are; few of them get most.
        told: the share of events that somebody is told of.
        read: the share whose page is read only.
    """

    events: int
    bulk_edits: int = 2
    bulk_pages: int = 300
    pages: int = 2_000
    told: float = 0.2
    read: float = 0.3


def arrivals(day: Day, seed: int) -> Sequence[Arrival]:
    """The events of a day, the first one first."""
    random = Random(seed)
    hours = random.choices(range(24), weights=CURVE, k=day.events)
    found = [
        # A Pareto page: a tenth of the pages has about half of the events.
        Arrival((hour + random.random()) * HOUR, f"page-{_page(random, day)}", _asks(random, day))
        for hour in hours
    ]
    for number in range(day.bulk_edits):
        began = random.uniform(9, 17) * HOUR
        found += [
            Arrival(began + random.uniform(0, 60), f"bulk-{number}-{page}", _asks(random, day))
            for page in range(day.bulk_pages)
        ]
    return sorted(found, key=lambda arrival: (arrival.at, arrival.page))


def _page(random: Random, day: Day) -> int:
    return int(day.pages * random.random() ** 3.3)


def _asks(random: Random, day: Day) -> Asks:
    place = random.random()
    if place < day.told:
        return Asks.TELL
    return Asks.READ if place < day.told + day.read else Asks.NOTHING
