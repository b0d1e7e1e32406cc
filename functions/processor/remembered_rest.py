"""The rest of one vendor that Steward can do without for a while: when it begins, when it is probed, when it ends.

While it rests its calls are refused before they are made; then one call in its turn is the probe: it ends the rest, or puts
the next probe off. It is remembered, so that a cold start does not begin by waiting for timeouts. Each environment has a
copy of its own: in one lane the rest may end some minutes before it does in another.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from steward.errors import CallFailed, Failure
from steward.lane_switch import pause_document, pause_of
from steward.memory import Memory
from steward.pauses import NOT_MADE, Breaker, Pause, cause_of

TRIP = 2
"""Calls in a row that must fail: fewer than for the main connection, since each of them keeps the lane from its own."""

UNPROBED = timedelta(hours=1)
"""Until the next call where nobody should probe: a block can't be lifted by an operator's ``lane resume`` here."""


class RememberedRest:
    """Watches the end of calls."""

    def __init__(
        self, name: str, memory: Memory, now: Callable[[], datetime], tell: Callable[[Pause], None]
    ) -> None:
        """Make it.

        Args:
            name: under which it is remembered.
            memory: where.
            now: our clock.
            tell: is told when a rest begins, and each time it goes on.
        """
        self._memory = memory
        self._now = now
        self._tell = tell
        self._name = name
        self._breaker = Breaker(TRIP)
        self._pause: Pause | None = None

    @property
    def holds(self) -> bool:
        """Whether calls are refused now."""
        return self.left > timedelta(0)

    @property
    def probes(self) -> bool:
        """Whether the next call is the probe."""
        return self._current().holds and not self.holds

    @property
    def left(self) -> timedelta:
        """How long calls are refused from now."""
        pause = self._current()
        if not pause.holds or pause.next_probe_at is None:
            return timedelta(0)
        return max(pause.next_probe_at - self._now(), timedelta(0))

    def refuse(self, vendor: str, call: str) -> None:
        """Do nothing while calls are made.

        Raises:
            CallFailed: RESTING, with the seconds until the next probe.
        """
        if self.holds:
            raise CallFailed(
                Failure.RESTING,
                vendor,
                call,
                message=f"it rests since it failed: {self._current().cause}",
                retry_after=self.left.total_seconds(),
            )

    def watch(self, failure: CallFailed | None) -> None:
        """Take note of the end of a call."""
        if failure is not None and failure.failure in NOT_MADE:
            return
        pause, cause = self._current(), None if failure is None else cause_of(failure)
        self._breaker.watch(failure)
        tripped = self._breaker.take()
        if failure is None or cause is None:
            if pause.holds:
                self._becomes(pause.resume(self._now()).run())
        elif pause.holds:
            self._becomes(pause.probe_failed(cause, str(failure), self._now()))
        elif tripped is not None:
            self._becomes(pause.trip(*tripped, self._now()))

    def _becomes(self, pause: Pause) -> None:
        if pause.holds and pause.next_probe_at is None:
            pause = replace(pause, next_probe_at=self._now() + UNPROBED)
        self._pause = pause
        self._memory.remember(self._name, pause_document(pause))
        if pause.holds:
            self._tell(pause)

    def _current(self) -> Pause:
        if self._pause is None:
            self._pause = pause_of(self._memory.recall(self._name), 0)
        return self._pause
