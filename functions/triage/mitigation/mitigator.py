"""Takes remedies, and undoes them when their reason is gone.

What was done is not reported as it is done but read from the records that it left, at each round again: a death after a
change and before its line in the timeline loses nothing, and what the processor's own breaker did is told as well. The
incident desk takes each measure once, by its id.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from steward.documents import iso
from steward.fallback import Fallback
from steward.incidents.classes import Class
from steward.incidents.incident import Incident
from steward.lane_switch import LaneSwitch
from steward.memory import Memory
from steward.pauses import Cause
from triage.incidents.runs import Measure
from triage.mitigation.remedies import CAUSES, WORKED_ON, Remedy, remedies_for
from triage.pace import MINUTELY, Pace

Promote = Callable[[Callable[[str], None]], bool]
"""Tries an operator's pending token; whether it is in use now. What it is given is told so in one line, before it is forgotten
that the token was pending: a death in between tells it again, and loses nothing."""

_PROMOTED = "PROMOTED"

_CLASSES = {Cause.TOKEN: Class.TOKEN, Cause.BLOCKED: Class.BLOCKED}


class Mitigator:
    """Takes remedies. Each is harmless when it is repeated; a death between two leaves the rest to the next round."""

    def __init__(
        self,
        *,
        switch: LaneSwitch,
        fallback: Fallback,
        promote: Promote,
        memory: Memory,
        now: Callable[[], datetime],
        observe_only: bool,
        pace: Pace = MINUTELY,
    ) -> None:
        """Make it.

        Args:
            switch: the lane's.
            fallback: the switch of answers from memory.
            promote: tries the pending token.
            memory: remembers what came of that.
            now: our clock.
            observe_only: nothing is done, and nothing left as it was done before; it is only said what would be.
            pace: of the rounds; says how long something that ended is still reported.
        """
        self._switch = switch
        self._fallback = fallback
        self._promote = promote
        self._memory = memory
        self._now = now
        self._observe_only = observe_only
        self._recent = pace.recent

    def take(self, incidents: Sequence[Incident], troubled: Collection[str]) -> list[Measure]:
        """Take what the open incidents call for, and undo what none of them calls for any more.

        Args:
            incidents: all that are open, the worst first.
            troubled: vendors that this round found in trouble: an incident also lasts while health is not sure yet, and
                nothing is paused for what is well again.

        Returns:
            Everything that is being done, or was until a moment ago; the same again at the next round.
        """
        wanted = remedies_for(incidents)
        if self._observe_only:
            self._fallback.switch(on=False, why="it is only observed")
            return [self._would(remedy, incident) for remedy, incident in wanted]
        promoted = False
        for remedy, incident in wanted:
            if remedy is not Remedy.FALL_BACK and incident.vendor not in troubled:
                continue
            if remedy is Remedy.PROMOTE_TOKEN:
                promoted = self._promote(self._remember_promoted)
            elif remedy is Remedy.FALL_BACK:
                self._fallback.switch(on=True, why=_why(incident))
            elif not promoted:
                # A token that has just proved itself may be all that was wrong: the next round sees.
                self._pause(incident)
        if Remedy.FALL_BACK not in dict(wanted):
            self._fallback.switch(on=False, why="no incident calls for it any more")
        return list(self._standing())

    def _pause(self, incident: Incident) -> None:
        pause = self._switch.read()
        # Who let the lane go on since, an operator or a probe, knows better than the runs that are still remembered.
        resumed = pause.resumed_at is not None and pause.resumed_at >= incident.opened_at
        if not pause.holds and not resumed:
            self._switch.pause(CAUSES.get(incident.cls, Cause.VENDOR), _why(incident), pause)

    def _remember_promoted(self, says: str) -> None:
        if self._memory.recall(_PROMOTED) is None:
            self._memory.remember(_PROMOTED, {"at": iso(self._now()), "says": says}, self._recent)

    def _standing(self) -> Iterator[Measure]:
        """What is being done, from the records."""
        pause, mode = self._switch.read(), self._fallback.read()
        if pause.holds and pause.since is not None and pause.cause is not Cause.OPERATOR:
            says = f"the lane rests ({pause.cause}): events wait in the queue, and nothing is lost"
            cls = _CLASSES.get(pause.cause or Cause.VENDOR, Class.UNKNOWN)
            yield _measure("pause", cls, pause.since, says)
        elif pause.resumed_at is not None and self._is_recent(pause.resumed_at):
            yield _measure("resume", Class.UNKNOWN, pause.resumed_at, "the lane goes on")
        if mode.since is not None and mode.on:
            says = "answers come from memory, and say how old they are"
            yield _measure("fallback", Class.UNKNOWN, mode.since, says)
        elif mode.since is not None and self._is_recent(mode.since):
            yield _measure("live", Class.UNKNOWN, mode.since, "answers are live again")
        promoted: Any = self._memory.recall(_PROMOTED)
        if promoted is not None:
            at = datetime.fromisoformat(promoted["at"])
            yield _measure("token", Class.TOKEN, at, str(promoted["says"]))

    def _is_recent(self, at: datetime) -> bool:
        return self._now() - at < self._recent

    def _would(self, remedy: Remedy, incident: Incident) -> Measure:
        says = f"would {remedy}, but only observes"
        id_ = f"would-{remedy.name}-{incident.id}"
        return Measure(id_, incident.vendor, incident.cls, self._now(), says, done=False)


def _measure(what: str, cls: Class, at: datetime, says: str) -> Measure:
    return Measure(f"{what}-{iso(at)}", WORKED_ON, cls, at, says)


def _why(incident: Incident) -> str:
    return f"{incident.id}: {incident.says}"
