"""The sizes that are simulated, from one workspace to ten thousand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.scale.arrivals import Day, arrivals
from tests.scale.day import Setting, Totals, simulate
from tests.scale.quotas import AT_ONCE, DAILY
from tests.scale.service import Service

PROBES = 12
"""Requests a minute that the template keeps for the triage's probes."""

SMALL, LARGE = 180 - PROBES, 600 - PROBES
"""Requests a minute that the lanes have, by Notion's plan."""


@dataclass(frozen=True, slots=True)
class Size:
    """A size.

    Attributes:
        name: for the table.
        day: of each workspace.
        setting: of each workspace.
        workspaces: in one stack.
        slots: the processor's reserved concurrency; None for one for each lane.
    """

    name: str
    day: Day
    setting: Setting
    workspaces: int = 1
    slots: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A size, and what its day came to."""

    size: Size
    events: int
    totals: Totals


ORDINARY = Day(2_000)
BUSY = Day(60_000)
FULL = Day(180_000)
SIZES = (
    Size("one workspace, 180 a minute", ORDINARY, Setting(SMALL)),
    Size("the same, with two edits of 1,000 pages", Day(2_000, bulk_pages=1_000), Setting(SMALL)),
    Size("one workspace, 180 a minute", BUSY, Setting(SMALL)),
    Size("the same, three lanes", BUSY, Setting(SMALL, 3)),
    Size("one workspace, 600 a minute", FULL, Setting(LARGE)),
    Size("the same, four lanes", FULL, Setting(LARGE, 4)),
    Size("100 workspaces in one stack, 100 lanes at once", DAILY, Setting(SMALL), 100),
    Size(f"the same, {AT_ONCE} at once", DAILY, Setting(SMALL), 100, AT_ONCE),
    Size("the same, 2 at once", DAILY, Setting(SMALL), 100, 2),
)
QUICK = (0, 1)
"""Those of the sizes that a test can afford."""

SEED = 7


def play(size: Size, service: Service, seed: int = SEED) -> Seen:
    """Simulate a size's day."""
    days = [arrivals(size.day, seed * 1_000 + number) for number in range(size.workspaces)]
    totals = simulate(days, size.setting, service, slots=size.slots)
    return Seen(size, sum(len(day) for day in days), totals)


HEAD = ("a day of", "events", "p50", "p99", "longest", "deepest lane", "calls an event", "waits for budget")


def table(rows: Iterable[str]) -> str:
    """The Markdown table of such rows."""
    head = (HEAD, ("---", *("---:",) * (len(HEAD) - 1)))
    return "\n".join([*(f"| {' | '.join(each)} |" for each in head), *rows])


def row(seen: Seen) -> str:
    """One line of the table."""
    return f"| {' | '.join(_row(seen))} |"


def _row(seen: Seen) -> tuple[str, ...]:
    totals = seen.totals
    return (
        seen.size.name,
        f"{seen.events:,}",
        *(_lag(totals.lag(share)) for share in (0.5, 0.99, 1.0)),
        f"{totals.deepest:,}",
        f"{totals.calls / max(seen.events, 1):.2f}",
        f"{totals.waits:,}",
    )


def _lag(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 600 else f"{seconds / 60:,.0f} min"


def every(service: Service) -> Iterator[Seen]:
    """All sizes, one after the other."""
    for size in SIZES:
        yield play(size, service)
