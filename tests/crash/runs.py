"""Runs of a scenario: none, one or two faults, and the judgement of what people saw and what was left behind."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from random import Random

from steward import telemetry
from tests.crash.calls import Call, Fault
from tests.crash.faults import DEATHS, faults_of
from tests.crash.line import line
from tests.crash.scenarios import Repeated, Scenario
from tests.crash.world import Stage, World

Strikes = Mapping[int, Fault]


@dataclass(frozen=True, slots=True)
class Run:
    """What one run led to.

    Attributes:
        scenario: what was done.
        faults: what went wrong, each as ``number, call: fault``.
        calls: every external call, in order.
        lost: tellings that nobody saw.
        doubled: tellings that somebody saw once too often.
        unsure: how many effects were counted of which nobody could tell whether they had happened.
        wrong: whatever else is not as it has to be.
    """

    scenario: str
    faults: tuple[str, ...]
    calls: tuple[Call, ...]
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    unsure: int
    wrong: tuple[str, ...]

    @property
    def failed(self) -> bool:
        """Whether anything is not as it has to be."""
        return bool(self.lost or self.doubled or self.wrong)

    def __str__(self) -> str:
        """One line for a report."""
        found = {"lost": self.lost, "told twice": self.doubled, "wrong": self.wrong}
        said = "; ".join(f"{name}: {', '.join(what)}" for name, what in found.items() if what)
        return f"{self.scenario} | {' + '.join(self.faults) or 'undisturbed'} | {said or 'all is well'}"


@dataclass(slots=True)
class Tally:
    """What many runs add up to; only those that failed are kept."""

    points: int = 0
    runs: int = 0
    failed: list[Run] = field(default_factory=list)

    def add(self, run: Run) -> None:
        """Count a run."""
        self.runs += 1
        if run.failed:
            self.failed.append(run)

    def figures(self) -> tuple[int, int, int, int, int]:
        """Points, runs, and how many of them lost, doubled, or left something behind."""
        lost = sum(1 for run in self.failed if run.lost)
        doubled = sum(1 for run in self.failed if run.doubled)
        wrong = sum(1 for run in self.failed if run.wrong)
        return self.points, self.runs, lost, doubled, wrong

    def __str__(self) -> str:
        """The line that the harness is for."""
        return line(*self.figures())


def run(world: World, scenario: Scenario, strikes: Strikes) -> Run:
    """Play a scenario, in a cold environment if it does not say otherwise, while these calls are struck."""
    stage = world.stage(
        scenario.environ, webhook=scenario.webhook, remembers=scenario.remembers, ticks=scenario.ticks
    )
    scenario.before(stage)
    if not scenario.warm:
        stage.new_environment()
    world.wire.prepare(strikes)
    scenario.happens(stage)
    wrong: list[str] = []
    try:
        stage.finish()
    except AssertionError as error:
        wrong.append(str(error))
    if world.wire.struck < len(strikes):
        wrong.append("a fault found no call: this run can't be repeated")
    calls = tuple(world.wire.calls)
    reached = [(number, fault) for number, fault in sorted(strikes.items()) if number <= len(calls)]
    names = tuple(f"{number} {calls[number - 1].name}: {fault.name}" for number, fault in reached)
    seen = Counter(stage.told())
    least = Counter({who: low for who, (low, _) in scenario.told.items()})
    most = Counter({who: high for who, (_, high) in scenario.told.items()})
    wrong += _left_behind(stage)
    return Run(
        scenario.name,
        names,
        calls,
        tuple((least - seen).elements()),
        tuple((seen - most).elements()),
        stage.counted(telemetry.UNSURE),
        tuple(wrong),
    )


def singles(
    world: World, scenario: Scenario, tally: Tally, covered: frozenset[str] | None = None
) -> Iterator[tuple[Strikes, Run]]:
    """Every fault of every call, each in a run of its own; the calls are found by a run without faults.

    Args:
        world: the world.
        scenario: what is played.
        tally: counts.
        covered: questions that other scenarios ask as well: here they are struck by what ``Repeated`` says only, and
            questions of its own by one fault of each kind. None for every fault everywhere.
    """
    scout = run(world, scenario, {})
    tally.points += len(scout.calls)
    tally.add(scout)
    for number, call in enumerate(scout.calls, 1):
        for fault in faults_of(call):
            if covered is not None and not _strikes(fault, scenario.repeated, known=call.question in covered):
                continue
            strikes = {number: fault}
            found = run(world, scenario, strikes)
            tally.add(found)
            yield strikes, found


def asked_before(world: World, scenario: Scenario, scenarios: Iterable[Scenario]) -> frozenset[str]:
    """What the scenarios before this one ask when nothing goes wrong."""
    for each in takewhile(lambda s: s is not scenario, scenarios):
        if each.name not in world.asked:
            world.asked[each.name] = frozenset(call.question for call in run(world, each, {}).calls)
    before = (world.asked[each.name] for each in takewhile(lambda s: s is not scenario, scenarios))
    return frozenset[str]().union(*before)


def _strikes(fault: Fault, repeated: Repeated, *, known: bool) -> bool:
    if repeated is Repeated.ALL:
        return True
    return fault.name in DEATHS if known and repeated is Repeated.DEATHS else not fault.alike


def later(strikes: Strikes, first: Run) -> list[Strikes]:
    """Every second fault that can follow in a run which the first fault has already turned elsewhere."""
    struck = max(strikes)
    return [
        {**strikes, number: fault}
        for number, call in enumerate(first.calls[struck:], struck + 1)
        for fault in faults_of(call)
    ]


def sampled_pairs(world: World, scenario: Scenario, count: int, random: Random, tally: Tally) -> None:
    """Run a sample of pairs: the first fault is drawn first, the second from what the run then does."""
    scout = run(world, scenario, {})
    firsts = [{n: fault} for n, call in enumerate(scout.calls, 1) for fault in faults_of(call)]
    tally.points += len(scout.calls)
    while count:
        first = random.choice(firsts)
        seconds = later(first, run(world, scenario, first))
        if seconds:
            tally.add(run(world, scenario, random.choice(seconds)))
            count -= 1


def _left_behind(stage: Stage) -> list[str]:
    found = [f"still owed: {row['sk']} {row['status']}" for row in stage.still_open()]
    found += [f"journal: {decision}" for decision in stage.decisions() if decision in (None, "parked")]
    found += stage.unfinished_orders()
    found += ["a dead letter" for _ in stage.dead_letters()]
    if not stage.is_running():
        found.append("the lane rests")
    if stage.counted(telemetry.BUG) or stage.unexpected:
        found.append("trouble of a vendor or of AWS was met by an unexpected exception")
    return found
