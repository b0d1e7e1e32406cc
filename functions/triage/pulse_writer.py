"""Writes the pulse at the end of a round: what the round saw anyway, and what the Journal has of the time since the last.

Idle it costs one read and one write of a small item, two reads of the Journal's index that find nothing, and one such read of
the State table's for each service that is known by its effects alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from steward.closings import Closings
from steward.effects import Effect
from steward.incidents.incident import Incident
from steward.journal import Journal, effect_row
from steward.lane_switch import MIRROR_REST, pause_of
from steward.memory import Memory
from steward.pulse import PULSE, Lane, Pulse
from triage.diagnosis.diagnosis import Diagnosis
from triage.findings import Finding, Probe
from triage.next_pulse import LAG, Seen, advanced, since
from triage.probes.calls import US
from triage.services import POSTGRES, SLACK, probed, used, with_rest
from triage.tally import effects_of, tally


@dataclass(frozen=True, slots=True)
class Round:
    """What a round saw, and what it left open."""

    findings: Sequence[Finding]
    diagnoses: Sequence[Diagnosis]
    incidents: Sequence[Incident]


class PulseWriter:
    """Writes it."""

    def __init__(
        self,
        memory: Memory,
        journal: Journal,
        closings: Closings,
        *,
        owed: Callable[[str], Iterable[Effect]],
        tells_slack: bool,
        mirrors: bool,
        now: Callable[[], datetime],
    ) -> None:
        """Make it.

        Args:
            memory: of the State table.
            journal: what was finished.
            closings: how effects ended after that.
            owed: of a service: some of its effects that wait, see ``steward.waiting``.
            tells_slack: whether the rules file names a channel.
            mirrors: whether the rules file has a mirror.
            now: our clock.
        """
        self._memory = memory
        self._journal = journal
        self._closings = closings
        self._owed = owed
        self._tells_slack = tells_slack
        self._mirrors = mirrors
        self._now = now

    def write(self, seen: Round) -> Pulse:
        """Write the next pulse; returned as it was written."""
        now = self._now().replace(microsecond=0)
        last = Pulse.of(self._memory.recall(PULSE))
        first, until = since(last, now), now - LAG
        rows = list(self._journal.between(first, until)) if first < until else []
        closings = list(self._closings.between(first, until)) if first < until else []
        services = probed(seen.diagnoses, seen.incidents, seen.findings)
        effects = effects_of(rows, closings)
        if self._tells_slack:
            services[SLACK] = self._used(SLACK, effects)
        if self._mirrors:
            rest = pause_of(self._memory.recall(MIRROR_REST), 0)
            services[POSTGRES] = with_rest(self._used(POSTGRES, effects), rest)
        pulse = advanced(
            last,
            now,
            counted=tally(rows, closings, first, until),
            services=_named(services),
            lane=_lane(seen.findings),
            dead_letters=_dead_letters(seen.findings),
        )
        self._memory.remember(PULSE, pulse.document())
        return pulse

    def _used(self, kind: str, effects: Sequence[Mapping[str, Any]]) -> Seen:
        """By what changed, and by what waits: in a long outage nothing changes any more, and it is no less down."""
        told = {effect.get("id") for effect in effects}
        waits = [effect_row(effect) for effect in self._owed(kind) if effect.id not in told]
        return used(kind, [*effects, *waits])


def _named(services: dict[str, Seen]) -> dict[str, Seen]:
    """The one first that everything is worked with."""
    return {name: services[name] for name in sorted(services, key=lambda n: (n != "notion", n))}


def _lane(findings: Sequence[Finding]) -> Lane | None:
    for one in findings:
        if one.vendor == US and one.probe is Probe.LANE and "waiting" in one.numbers:
            waiting, hidden = int(one.numbers["waiting"]), int(one.numbers["hidden"])
            oldest = float(one.numbers["oldest_seconds"]) if waiting + hidden else None
            return Lane(waiting, hidden, oldest)
    return None


def _dead_letters(findings: Sequence[Finding]) -> int | None:
    counts = [f.numbers["waiting"] for f in findings if f.probe is Probe.DEAD_LETTERS and f.numbers]
    return int(counts[0]) if counts else None
