"""How often the triage makes its round, and every time that is really a count of rounds. Pure.

On AWS the schedule is a minute. Where a round is made more often, as on a game day, what is counted in rounds gets shorter
with it. What is a promise to people or waits for a vendor does not: the reminder in a silent thread, how old an event may
get, how long a vendor asks to wait, and the probes of the lane's rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

VARIABLE = "ROUND_SECONDS"
"""Names the seconds in the triage's environment; not in the template, whose schedule is a minute."""

LONGEST = 3600
"""Seconds; who looks less often watches nothing."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The time between two rounds, and what follows from it."""

    between: timedelta = timedelta(minutes=1)

    @property
    def gap(self) -> timedelta:
        """Two runs that are closer than this are one that was repeated."""
        return self.between / 3

    @property
    def late(self) -> timedelta:
        """A run that is further before the last one than this is not late: the clock had been wrong, and was set right."""
        return 5 * self.between

    @property
    def fresh(self) -> timedelta:
        """What an older run said is no news of now: the triage had not run for a while."""
        return 15 * self.between

    @property
    def lasts(self) -> timedelta:
        """How long health has to last before what is restored is resolved."""
        return 5 * self.between

    @property
    def window(self) -> timedelta:
        """How far back our own success is looked at."""
        return 5 * self.between

    @property
    def recent(self) -> timedelta:
        """How long a measure that ended is still reported."""
        return 15 * self.between


MINUTELY = Pace()
"""That of the template's schedule."""


def pace_in(environ: Mapping[str, str]) -> Pace:
    """The pace that an environment asks for; a minute where it says nothing.

    Raises:
        ValueError: it is no whole number of seconds from 1 to an hour.
    """
    said = environ.get(VARIABLE) or "60"
    if not (said.isascii() and said.isdigit() and 1 <= int(said) <= LONGEST):
        raise ValueError(f"{VARIABLE} is a whole number from 1 to {LONGEST}, not {said!r}")
    return Pace(timedelta(seconds=int(said)))
