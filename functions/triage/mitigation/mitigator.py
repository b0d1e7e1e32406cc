"""Takes the measures, and undoes them when their reason is gone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from steward.fallback import Fallback
from steward.lane_switch import LaneSwitch
from steward.memory import Memory
from steward.pauses import Cause
from triage.incidents.incident import Incident
from triage.mitigation.measures import CAUSES, Measure, measures_for

PromoteToken = Callable[[], str | None]
"""Tries the pending token of an operator; what came of it, or None where there is none to try."""

_GONE = "no incident calls for it any more"

SAID = timedelta(days=7)
"""How long it is remembered what would have been done."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One measure that was taken.

    Attributes:
        measure: what.
        incident: the incident that called for it; None for what is undone, because that needs none.
        says: one line for its timeline.
    """

    measure: Measure
    incident: Incident | None
    says: str


class Mitigator:
    """Takes measures. Each is harmless when it is repeated; a death between two leaves the rest to the next round."""

    def __init__(
        self,
        *,
        switch: LaneSwitch,
        fallback: Fallback,
        promote: PromoteToken,
        memory: Memory,
        observe_only: bool,
    ) -> None:
        """Make it.

        Args:
            switch: the lane's.
            fallback: the switch of answers from memory.
            promote: tries the pending token.
            memory: remembers what would have been done.
            observe_only: nothing is done; it is said once for each incident what would have been.
        """
        self._switch = switch
        self._fallback = fallback
        self._promote = promote
        self._memory = memory
        self._observe_only = observe_only

    def take(self, incidents: Sequence[Incident]) -> list[Taken]:
        """Take what the open incidents call for, and undo what none of them calls for any more.

        Args:
            incidents: all that are open, the worst first.
        """
        wanted = measures_for(incidents)
        if self._observe_only:
            return [taken for measure, incident in wanted if (taken := self._would(measure, incident))]
        done: list[Taken] = []
        promoted = False
        for measure, incident in wanted:
            if measure is Measure.PROMOTE_TOKEN:
                said = self._promote()
                promoted = said is not None
            elif measure is Measure.PAUSE:
                # A token that has just proved itself may be all that was wrong: the next round sees.
                said = None if promoted else self._pause(incident)
            else:
                said = self._fall_back(incident)
            if said is not None:
                done.append(Taken(measure, incident, said))
        if Measure.FALL_BACK not in dict(wanted) and self._fallback.switch(on=False, why=_GONE):
            done.append(Taken(Measure.GO_LIVE, None, "answers are live again"))
        return done

    def _pause(self, incident: Incident) -> str | None:
        if self._switch.read().holds:
            return None
        cause = CAUSES.get(incident.cls, Cause.VENDOR)
        self._switch.pause(cause, f"{incident.id}: {incident.says}")
        return f"the lane rests ({cause}): events wait in the queue, nothing is lost"

    def _fall_back(self, incident: Incident) -> str | None:
        if not self._fallback.switch(on=True, why=f"{incident.id}: {incident.says}"):
            return None
        return "answers come from memory, and say how old they are"

    def _would(self, measure: Measure, incident: Incident) -> Taken | None:
        name = f"WOULD#{incident.id}#{measure.name}"
        if self._memory.recall(name):
            return None
        self._memory.remember(name, document=True, keep=SAID)
        return Taken(measure, incident, f"would {measure}, but only observes")
