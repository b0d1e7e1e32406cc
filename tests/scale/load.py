"""How much comes in the fullest minute: of one workspace that uses its budget up, and of many ordinary ones.

A minute and not an hour, because a bulk edit is over within one: averaged over a day it would bind nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, exp

from infra.operate.cost_inputs import usage
from tests.scale.arrivals import CURVE, HOUR, Day
from tests.scale.service import Service

DAILY = Day(1_000, bulk_edits=1)
"""Of an ordinary workspace."""

AT_ONCE = 4
"""Lanes of a hundred ordinary workspaces that are worked at once: fewer are late, more are idle, see the simulation."""

PROBES = 12
"""Requests a minute that the template keeps for the triage's probes."""

SMALL, LARGE = 180 - PROBES, 600 - PROBES
"""Requests a minute that the lanes have, by Notion's plan."""

OFFICE_MINUTES = 8 * 60
"""In which bulk edits begin, see ``arrivals``."""

RARE = 0.01
"""Of days: how often more bulk edits may meet than the fullest minute reckons with."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """What quotas are asked for.

    Attributes:
        name: for the table.
        stacks: so many of them.
        slots: lanes that a stack works at once.
        events: a second in the fullest minute, of all stacks.
        of_a_stack: the same of the fullest stack.
        of_a_group: the same of the fullest message group, which is a lane.
    """

    name: str
    stacks: int
    slots: int
    events: float
    of_a_stack: float
    of_a_group: float


@dataclass(frozen=True, slots=True)
class Alone:
    """One workspace that has as many single events as its budget pays.

    Attributes:
        name: for the tables.
        requests: a minute, without those kept for probes.
        lanes: so many of them.
    """

    name: str
    requests: int
    lanes: int

    @property
    def events(self) -> float:
        """A minute that the budget pays, at the calls of events in shallow lanes, where none covers another."""
        return self.requests / calls_an_event()

    def work(self, service: Service) -> float:
        """Seconds that each lane would have to work for a minute's events."""
        return self.events * seconds_an_event(service) / self.lanes

    def ended(self, service: Service) -> float:
        """Events a minute that the lanes end, one after the other."""
        return 60 * self.lanes / seconds_an_event(service)

    def needed(self, service: Service) -> int:
        """Lanes that would end all that the budget pays."""
        return ceil(self.lanes * self.work(service) / 60)

    @property
    def fleet(self) -> Fleet:
        """It asks for the same as a fleet of one."""
        a_second = self.events / 60
        return Fleet(self.name, 1, self.lanes, a_second, a_second, a_second / self.lanes)


def calls_an_event() -> float:
    """Calls of Notion, as counted in ``infra/operate/usage.toml``, in an ordinary workspace's mix."""
    return mixed("notion_calls")


def mixed(what: str) -> float:
    """What an event takes of something in an ordinary workspace's mix, by the counted usage."""
    return sum(share * usage().one[kind].get(what, 0.0) for kind, share in _mix())


def _mix() -> Iterator[tuple[str, float]]:
    yield "event_told", DAILY.told
    yield "event_read", DAILY.read
    yield "event_ignored", 1 - DAILY.told - DAILY.read


def seconds_an_event(service: Service) -> float:
    """How long a lane is busy with an event of the mix, in a shallow lane and without Slack's pacing."""
    read = service.notion + service.read
    told = read + service.notion + service.slack + service.told
    ignored = 1 - DAILY.told - DAILY.read
    return service.hop + DAILY.told * told + DAILY.read * read + ignored * service.ignored


def ordinary(name: str, workspaces: int, stacks: int, slots: int) -> Fleet:
    """A fleet of ordinary workspaces, evenly in stacks, each workspace a message group.

    Its fullest minute lies in the fullest hour, and as many bulk edits meet in it as meet on all but one day in a hundred.
    """
    singly = DAILY.events * max(CURVE) / sum(CURVE) / HOUR
    in_bulk = DAILY.bulk_pages / 60
    in_a_stack = workspaces // stacks

    def fullest(these: int, groups: int) -> float:
        return these * singly + coinciding(these * DAILY.bulk_edits, groups) * in_bulk

    return Fleet(
        name, stacks, slots, fullest(workspaces, 1), fullest(in_a_stack, stacks), fullest(1, workspaces)
    )


def coinciding(edits: int, groups: int = 1) -> int:
    """The most bulk edits that are under way at once, but for ``RARE`` days.

    Args:
        edits: a day, each of a minute, anywhere in the office's hours.
        groups: so many groups have as many edits each, and the fullest one counts.
    """
    mean = edits / OFFICE_MINUTES
    at_most = term = exp(-mean)
    number = 0
    while (1 - at_most) * OFFICE_MINUTES * groups > RARE and number < edits:
        number += 1
        term *= mean / number
        at_most += term
    return number


ALONE = (
    Alone("one workspace, 180 a minute, one lane", SMALL, 1),
    Alone("one workspace, 600 a minute, four lanes", LARGE, 4),
)
FLEETS = (
    *(each.fleet for each in ALONE),
    ordinary("100 workspaces, one stack", 100, 1, AT_ONCE),
    ordinary("10,000, 100 in a stack", 10_000, 100, AT_ONCE),
    ordinary("10,000, a stack each", 10_000, 10_000, 1),
)
