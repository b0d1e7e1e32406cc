"""Which probe to make next, so that the answer settles what is wrong. Pure.

A probe is worth what its answers could change between the two likeliest classes; less when it was already made once,
nothing when it was made often enough.
"""

from collections.abc import Iterable, Mapping
from itertools import islice

from steward.incidents.classes import Class
from triage.diagnosis.picture import Picture
from triage.diagnosis.signals import OFTEN, Signal
from triage.diagnosis.weights import WEIGHTS
from triage.findings import Probe

_READ = (Signal.READ_GOOD, Signal.UNAVAILABLE, Signal.NO_ANSWER, Signal.NO_WAY, Signal.EDGE, Signal.NOT_FOUND)

TELLS: Mapping[Probe, tuple[Signal, ...]] = {
    Probe.AUTH: (
        Signal.AUTH_GOOD,
        Signal.UNAUTHORIZED,
        Signal.UNAVAILABLE,
        Signal.NO_ANSWER,
        Signal.NO_WAY,
        Signal.EDGE,
        Signal.BLOCKED,
    ),
    Probe.STATUS_PAGE: (Signal.GREEN, Signal.YELLOW, Signal.RED),
    Probe.LATENCY: (*_READ, Signal.SLOW),
    Probe.CAPABILITIES: (Signal.FORBIDDEN, Signal.EDGE),
    Probe.SCHEMA: (Signal.SCHEMA_GOOD, Signal.DRIFT, Signal.NOT_FOUND),
    Probe.SHARED: (Signal.NOT_FOUND,),
    Probe.QUOTA: (Signal.DAILY, Signal.QUOTA_LOW, Signal.TIGHT),
    Probe.CALLS: (Signal.CALLS_GOOD, Signal.STORM, Signal.SOME_FAIL),
    Probe.WEBHOOKS: (Signal.WEBHOOKS_GOOD, Signal.SILENCE),
    Probe.DEAD_LETTERS: (Signal.DEAD_LETTERS,),
    Probe.BUGS: (Signal.EXCEPTIONS,),
}
"""What each probe can tell; the lane and the breaker only repeat what others told before."""

MOST = 2

AGAIN = 100.0
"""Points above any weight: puts a probe first."""


def next_probes(picture: Picture, points: Mapping[Class, float], *, settled: bool) -> tuple[Probe, ...]:
    """The one or two probes that would settle it, the best first; none when it is settled."""
    if settled:
        return ()
    first, second = sorted(points, key=lambda cls: -points[cls])[:2]
    # Of *unknown* any class may come, and what was seen once comes first. A spent quota says so in every answer.
    rivals = [cls for cls in points if cls is not Class.QUOTA] if first is Class.UNKNOWN else [second]
    worth = {probe: _worth(probe, first, rivals) * _untold(probe, picture) for probe in TELLS}
    if first is Class.UNKNOWN:
        worth |= {probe: worth[probe] + AGAIN for probe in _troubled(picture) if worth.get(probe)}
    best = sorted((probe for probe in worth if worth[probe] > 0), key=lambda probe: -worth[probe])
    return tuple(islice(best, MOST))


def _worth(probe: Probe, first: Class, rivals: Iterable[Class]) -> float:
    """How far an answer can move a class and a rival apart or past one another, in points."""
    rows = [WEIGHTS[signal].weights for signal in TELLS[probe]]
    return max(abs(row.get(first, 0.0) - row.get(rival, 0.0)) for row in rows for rival in rivals)


def _troubled(picture: Picture) -> set[Probe]:
    """Probes that showed that something is wrong."""
    return {f.probe for signal, seen in picture.items() if WEIGHTS[signal].trouble for f in seen.findings}


def _untold(probe: Probe, picture: Picture) -> float:
    """What is still to be had from a probe: all when it told nothing yet."""
    told = [
        finding.times
        for signal, seen in picture.items()
        for finding in seen.findings
        if finding.probe is probe and signal not in (Signal.STATUS_UNREACHABLE, Signal.UNREADABLE)
    ]
    return max(0.0, 1 - max(told, default=0) / OFTEN)
