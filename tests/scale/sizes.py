"""The sizes that are simulated, from one workspace to ten thousand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.scale.arrivals import Day, arrivals
from tests.scale.day import Setting, Totals, pooled, simulate
from tests.scale.load import AT_ONCE, DAILY, LARGE, SMALL
from tests.scale.service import Service


@dataclass(frozen=True, slots=True)
class Size:
    """A size.

    Attributes:
        name: for the table.
        day: of each workspace.
        setting: of each workspace.
        workspaces: in one stack.
        slots: the processor's reserved concurrency; None for one for each lane.
        stacks: so many, each with days of its own.
    """

    name: str
    day: Day
    setting: Setting
    workspaces: int = 1
    slots: int | None = None
    stacks: int = 1

    @property
    def rows(self) -> tuple[str, ...]:
        """The names of its lines in the table: of all stacks, and of the worst of several."""
        return (self.name,) if self.stacks == 1 else (self.name, WORST)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the day of a line of the table came to."""

    name: str
    events: int
    totals: Totals


WORST = "the worst of these stacks, by its p99"
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
    Size(
        f"10,000 workspaces: ten of their 100 stacks, {AT_ONCE} at once",
        DAILY,
        Setting(SMALL),
        100,
        AT_ONCE,
        10,
    ),
)
QUICK = (0, 1)
"""Those of the sizes that a test can afford."""

SEED = 7


def play(size: Size, service: Service, seed: int = SEED) -> list[Seen]:
    """Simulate a size's day: a line for all of its stacks, and one for the worst if there are several."""
    found = [_stack(size, service, seed * 1_000 + number * size.workspaces) for number in range(size.stacks)]
    worst = max(found, key=lambda one: one.totals.lag(0.99))
    whole = Seen(size.name, sum(one.events for one in found), pooled([one.totals for one in found]))
    return [whole] if len(found) == 1 else [whole, Seen(WORST, worst.events, worst.totals)]


def _stack(size: Size, service: Service, seed: int) -> Seen:
    days = [arrivals(size.day, seed + number) for number in range(size.workspaces)]
    totals = simulate(days, size.setting, service, slots=size.slots)
    return Seen(size.name, sum(len(day) for day in days), totals)


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
        seen.name,
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
        yield from play(size, service)
