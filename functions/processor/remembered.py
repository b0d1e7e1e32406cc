"""Reminding while Notion can't be asked: by the snapshots, in Slack and by e-mail, and with the age of what is known (A5).

It has progress of its own: when Notion is back, the run of the day is made all the same, finds by their ids the reminders
that were told, and tells the others.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from processor.automations.deadline import Occasion, occasions
from processor.progress import Progress
from processor.reminding import Reminding
from steward.documents import iso, moment
from steward.memory import Memory
from steward.rules import Rules
from steward.state import State

PATIENCE = timedelta(minutes=30)
"""How late a run has to be: most troubles are over by then, and a fresh reminder with a comment is better."""

AT_ONCE = 100
"""Snapshots that are read by one call."""


class Remembered:
    """Makes runs without a call to Notion."""

    def __init__(
        self,
        *,
        rules: Rules,
        memory: Memory,
        state: State,
        reminding: Reminding,
        now: Callable[[], datetime],
        out_of_time: Callable[[], bool],
    ) -> None:
        self._rules = rules
        self._memory = memory
        self._state = state
        self._reminding = reminding
        self._now = now
        self._out_of_time = out_of_time

    def remind(self, who: str, mine: Callable[[str], bool]) -> None:
        """Make every run that is so late that it should not wait for Notion any longer, as far as there is time.

        Args:
            who: whose progress it is.
            mine: whether a page is the caller's business.

        Raises:
            StateConflict: another writer was faster; go on another time.
        """
        late = [
            occasion
            for occasion in occasions(self._rules, self._now(), remembered=True)
            if self._now() - occasion.ladder.run_moment(occasion.day) >= PATIENCE
        ]
        progress = Progress(self._memory, f"{who}#remembered") if late else None
        for occasion in late:
            if progress is not None and not self._run(occasion, progress, mine):
                return

    def _run(self, occasion: Occasion, progress: Progress, mine: Callable[[str], bool]) -> bool:
        """Make one run; False when time ran out before its end."""
        place = progress.of(occasion)
        if place is None:
            return True
        since = moment(place.get("since"))
        left = [page for page in self._state.known_pages(occasion.source.id, since, None) if mine(page)]
        while left:
            part, left = left[:AT_ONCE], left[AT_ONCE:]
            known = self._state.snapshots(part)
            for page in known.values():
                self._reminding.of_snapshot(page, occasion)
            since = max((p.created_at for p in known.values() if p.created_at), default=since)
            if left and self._out_of_time():
                progress.note(occasion, {"since": iso(since)}, done=False)
                return False
        progress.note(occasion, {}, done=True)
        return True
