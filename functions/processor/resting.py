"""What goes on while the lanes rest because Notion is away: reminders by what is remembered, and messages that wait.

The triage calls it every minute of the rest. Nothing here may call Notion: to probe is the triage's business, and the
purse is shut. When somebody wanted the rest, nothing goes on at all.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from processor.current_lane import CurrentLane
from processor.outbox import Outbox
from processor.remembered import Remembered
from steward.errors import StateConflict
from steward.lane_switch import LaneSwitch
from steward.pauses import Cause

AT_REST = timedelta(seconds=45)
"""After so long nobody is at work any more who was when the pause began: an invocation lasts 30 s."""


class Resting:
    """Works for all lanes at once."""

    def __init__(
        self,
        *,
        switch: LaneSwitch,
        current: CurrentLane,
        remembered: Remembered,
        outbox: Outbox,
        now: Callable[[], datetime],
        out_of_time: Callable[[], bool],
        logger: Logger,
    ) -> None:
        self._switch = switch
        self._current = current
        self._remembered = remembered
        self._outbox = outbox
        self._now = now
        self._out_of_time = out_of_time
        self._logger = logger

    def go_on(self) -> None:
        """Do what can be done now; what is left is done in the next minute."""
        pause = self._switch.read()
        if not pause.holds or pause.cause is Cause.OPERATOR:
            return
        if pause.since is not None and self._now() - pause.since < AT_REST:
            return
        self._current.rest()
        try:
            self._remembered.remind("resting", lambda _: True)
            while not self._out_of_time() and self._outbox.settle_messages():
                pass
        except StateConflict:
            self._logger.info("another writer was first")  # a lane that was still at work
