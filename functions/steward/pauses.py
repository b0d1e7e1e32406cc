"""When the lane rests, and when it goes on. Pure.

::

    RUNNING ──trip──▶ PAUSED ──a probe succeeds──▶ RESUMING ──the event source is enabled──▶ RUNNING
                        │ ▲
                        └─┘ a probe fails: the next one comes later

*Paused* means that the event source is to be disabled, and that whoever receives a message all the same gives it back
without a call. *Resuming* lets messages through already: the record is changed before the event source, so that a death
in between leaves a lane that somebody goes on to open, never one that is shut and forgotten.

Powertools' circuit breaker is not used: half open, it lets a customer's message through as the probe, every received
message spends a receive, and its clock can't be injected.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from steward.errors import CallFailed, Failure

TRIP = 4
"""Calls in a row that must fail before the vendor counts as down; each read has repeated itself already."""

FIRST_PROBE, LAST_PROBE = timedelta(minutes=1), timedelta(minutes=10)
"""Between two probes; the time doubles from the first to the last."""

RELAPSE = timedelta(minutes=10)
"""A pause so soon after a resumption goes on with the probes of the pause before, so that the lane does not flap."""


def rest_name(connection: str) -> str:
    """The name under which the rest of a further Notion connection is remembered; the lane's and the mirror's are in ``lane_switch``."""
    return f"REST@{connection}"


class Phase(StrEnum):
    """Where the lane stands."""

    RUNNING = "running"
    PAUSED = "paused"
    RESUMING = "resuming"


class Cause(StrEnum):
    """Why it rests."""

    VENDOR = "vendor"  # Notion does not answer, or answers with its own errors
    TOKEN = "token"  # noqa: S105 - a cause: Notion refuses the token, also a fresh one
    BLOCKED = "blocked"  # Notion blocks the connection: only its support lifts that, so nobody probes
    OPERATOR = "operator"  # somebody wanted it


@dataclass(frozen=True, slots=True)
class Pause:
    """The record of the lane's rest; the same one for all lanes.

    Attributes:
        phase: where the lane stands.
        cause: why it rests or last rested, or None.
        detail: one line about it, without secrets.
        since: when the last pause began, or None.
        probes: probes that failed since.
        next_probe_at: when to probe next; None when nobody should.
        resumed_at: when the last pause ended, or None.
        version: counts the writes; the optimistic lock.
    """

    phase: Phase = Phase.RUNNING
    cause: Cause | None = None
    detail: str = ""
    since: datetime | None = None
    probes: int = 0
    next_probe_at: datetime | None = None
    resumed_at: datetime | None = None
    version: int = 0

    @property
    def holds(self) -> bool:
        """Whether messages are to be given back."""
        return self.phase is Phase.PAUSED

    def trip(self, cause: Cause, detail: str, now: datetime) -> "Pause":
        """The lane rests from now on; a pause that is there already keeps its beginning.

        An operator's pause takes the place of any other, so that no probe ends it.
        """
        if self.holds:
            taken_over = cause is Cause.OPERATOR and self.cause is not cause
            return replace(self, cause=cause, detail=detail, next_probe_at=None) if taken_over else self
        relapse = self.resumed_at is not None and now - self.resumed_at < RELAPSE
        probes = self.probes if relapse else 0
        paused = Pause(Phase.PAUSED, cause, detail, now, probes, None, self.resumed_at, self.version)
        return replace(paused, next_probe_at=paused.probe_after(now))

    def probe_failed(self, cause: Cause, detail: str, now: datetime) -> "Pause":
        """Still no reason to go on; what was seen last is what is wrong."""
        later = replace(self, cause=cause, detail=detail, probes=self.probes + 1)
        return replace(later, next_probe_at=later.probe_after(now))

    def resume(self, now: datetime) -> "Pause":
        """Go on: messages are let through, and the event source is to be enabled."""
        return replace(self, phase=Phase.RESUMING, next_probe_at=None, resumed_at=now)

    def run(self) -> "Pause":
        """The event source is enabled."""
        return replace(self, phase=Phase.RUNNING)

    def probe_after(self, now: datetime) -> datetime | None:
        """When to probe next; None where a probe could only do harm or is nobody's business."""
        if self.cause in (Cause.BLOCKED, Cause.OPERATOR):
            return None
        return now + min(FIRST_PROBE * (1 << min(self.probes, 10)), LAST_PROBE)


def cause_of(failure: CallFailed) -> Cause | None:
    """What a failed call says about the vendor as a whole; None when it says that the vendor is there."""
    if failure.failure in (Failure.UNAVAILABLE, Failure.UNREACHABLE):
        return Cause.VENDOR
    if failure.failure is Failure.UNAUTHORIZED:
        return Cause.TOKEN
    return Cause.BLOCKED if failure.failure is Failure.BLOCKED else None


NOT_MADE = (Failure.BUDGET_SPENT, Failure.OUT_OF_TIME, Failure.RESTING)
"""Of a call that was not made."""


class Breaker:
    """Counts failures in a row, in this environment; a success, or a refusal that proves life, begins anew."""

    def __init__(self, trip: int = TRIP) -> None:
        self._trip = trip
        self._failures = 0
        self._tripped: tuple[Cause, str] | None = None

    def watch(self, failure: CallFailed | None) -> None:
        """Take note of the end of a call."""
        if failure is not None and failure.failure in NOT_MADE:
            return  # so nothing is known
        cause = None if failure is None else cause_of(failure)
        if cause is None:
            self._failures, self._tripped = 0, None
            return
        self._failures += 1
        if cause is not Cause.VENDOR or self._failures >= self._trip:
            self._tripped = (cause, str(failure))

    def take(self) -> tuple[Cause, str] | None:
        """Why the lane should rest, once, or None."""
        tripped, self._tripped = self._tripped, None
        if tripped is not None:
            self._failures = 0
        return tripped
