"""One look a minute at the lane's rest: carry it out, probe when it is time, and go on when the reason is gone.

A probe is two cheap reads: who am I, and one row of a data source, because half of Notion may be up. What is refused
for a reason of its own (not shared, a missing capability) proves that Notion is there.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum

from steward.clients.notion import NotionClient
from steward.errors import CallFailed, Failure
from steward.lane_switch import LaneSwitch
from steward.pauses import Cause, Phase, cause_of

_WAITS = (Failure.RATE_LIMITED, Failure.WORKSPACE_LIMITED, Failure.BUDGET_SPENT, Failure.OUT_OF_TIME)
"""Say neither that Notion is there for us nor that it is not."""


class Look(StrEnum):
    """What a look at the lane came to."""

    RUNNING = "running"
    ENABLED = "enabled"  # the event source was off although the lane does not rest
    RESTING = "resting"  # it is not time to probe, or nobody should
    STILL_DOWN = "still down"
    RESUMED = "resumed"


class Watch:
    """Watches the lane."""

    def __init__(
        self,
        switch: LaneSwitch,
        notion: NotionClient,
        sources: Sequence[str],
        now: Callable[[], datetime],
    ) -> None:
        """Make a watch.

        Args:
            switch: the lane's.
            notion: for probes.
            sources: ids of the data sources in the rules file; the first one is probed.
            now: our clock.
        """
        self._switch = switch
        self._notion = notion
        self._sources = sources
        self._now = now

    def look(self, *, well: bool = False) -> Look:
        """Look once.

        Args:
            well: everything else says that Notion is well again: probe now, unless nobody should.
        """
        pause = self._switch.read()
        if pause.phase is not Phase.PAUSED:
            return Look.RUNNING if self._switch.open() else Look.ENABLED
        self._switch.hold()
        if pause.next_probe_at is None or (pause.next_probe_at > self._now() and not well):
            return Look.RESTING
        failure = self._probe()
        if failure is None:
            return Look.RESTING if self._switch.resume(pause).holds else Look.RESUMED
        self._switch.probe_failed(cause_of(failure) or pause.cause or Cause.VENDOR, str(failure), pause)
        return Look.STILL_DOWN

    def _probe(self) -> CallFailed | None:
        """Why the lane can't go on yet, or None."""
        try:
            self._notion.me()
            if self._sources:
                self._notion.query(self._sources[0], page_size=1)
        except CallFailed as failure:
            return failure if failure.failure in _WAITS or cause_of(failure) else None
        return None
