"""How each service that we work with is for us, as one round saw it. Pure.

Notion and HubSpot have probes: an incident that stands says how they are, and a round without trouble says that they are
up. One bad round that no incident stands for yet changes nothing, so that a single time-out is not told as an outage.
Slack and the mirror's database have none, because a probe of them would show or cost something: they are known by how
effects ended or why they wait, and the database also by its rest. Where nothing was asked of them lately and nothing waits
nobody knows, and that is said.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from steward.documents import moment
from steward.errors import Failure
from steward.incidents.classes import Class
from steward.incidents.incident import Incident, Stage
from steward.pauses import Pause
from steward.pulse import ServiceState
from triage.diagnosis.diagnosis import Diagnosis
from triage.findings import Finding, Probe, Verdict
from triage.next_pulse import Seen

SLACK, POSTGRES = "slack", "postgres"

_DOWN = frozenset({Class.OUTAGE, Class.TOKEN, Class.BLOCKED, Class.NETWORK})
"""Nothing of the vendor's can be used; any other class leaves some of it."""

_AWAY = frozenset(
    (Failure.UNAVAILABLE, Failure.UNREACHABLE, Failure.UNAUTHORIZED, Failure.BLOCKED, Failure.RESTING)
)
"""What tells that nothing gets through; any other refusal proves that somebody is there."""

_FAILURE = re.compile(r"\b(" + "|".join(sorted(map(str, Failure), key=len, reverse=True)) + r")\b")

_TIMED = (Probe.LATENCY, Probe.AUTH)
"""Whose answers tell how fast a vendor is, the better one first."""


def probed(
    diagnoses: Iterable[Diagnosis], incidents: Sequence[Incident], findings: Sequence[Finding]
) -> dict[str, Seen]:
    """How the vendors are that have probes.

    Args:
        diagnoses: of this round, one a vendor.
        incidents: that are open.
        findings: of this round.
    """
    return {one.vendor: _probed(one, incidents, findings) for one in diagnoses}


def used(kind: str, effects: Iterable[Mapping[str, Any]]) -> Seen:
    """How a service is that is known by its effects alone.

    Args:
        kind: how the kinds of its effects begin, ``slack`` or ``postgres``.
        effects: that changed since the last round, and that wait, as ``journal.effect_row`` has them.
    """
    ours = [e for e in effects if str(e.get("kind", "")).partition(".")[0] == kind]
    done = [e for e in ours if e.get("status") == "done"]
    kinds = [_failure(e) for e in ours if e.get("status") in ("planned", "started", "failed")]
    bad = [found for found in kinds if found is not None]
    seconds = [s for s in map(_seconds, done) if s is not None]
    slowest = round(max(seconds), 3) if seconds else None
    if not done and not bad:
        return Seen(None, "nothing was asked of it lately")
    if not bad:
        return Seen(ServiceState.UP, f"{len(done)} done", good=True, seconds=slowest)
    names = ", ".join(sorted(set(map(str, bad))))
    away = not done and all(found in _AWAY for found in bad)
    state = ServiceState.DOWN if away else ServiceState.DEGRADED
    return Seen(state, f"{len(done)} done, {len(bad)} not: {names}", good=False, seconds=slowest)


def with_rest(seen: Seen, pause: Pause) -> Seen:
    """The same, where its calls may rest after trouble."""
    if not pause.holds:
        return seen
    return Seen(ServiceState.DOWN, f"it rests since calls failed: {pause.cause}", good=False)


def _probed(one: Diagnosis, incidents: Sequence[Incident], findings: Sequence[Finding]) -> Seen:
    ours = [f for f in findings if f.vendor == one.vendor]
    answers = [f for probe in _TIMED for f in ours if f.probe is probe]
    timed = next((f.seconds for f in answers if f.seconds is not None), None)
    seconds = None if timed is None else round(timed, 3)
    good = None if one.cls is Class.UNKNOWN and not answers else one.cls is Class.HEALTHY
    if any(f.probe is Probe.BREAKER and f.verdict is Verdict.BAD for f in ours):
        return Seen(ServiceState.DOWN, "the lane rests for it", good=False, seconds=seconds)
    stands = [
        i for i in incidents if i.vendor == one.vendor and i.is_open and i.stage is not Stage.MONITORING
    ]
    if stands:
        worst = min(stands, key=lambda i: (i.cls not in _DOWN, i.severity))
        state = ServiceState.DOWN if worst.cls in _DOWN else ServiceState.DEGRADED
        return Seen(state, str(worst.cls), good=good, seconds=seconds)
    if one.cls is Class.HEALTHY:
        return Seen(ServiceState.UP, "every probe was answered as it should be", good=True, seconds=seconds)
    return Seen(None, f"{one.cls}, seen in this round", good=good, seconds=seconds)


def _failure(effect: Mapping[str, Any]) -> Failure | None:
    """What an effect's reason names; an effect that was planned a moment ago has none."""
    found = _FAILURE.search(str(effect.get("reason") or ""))
    return Failure(found[0]) if found else None


def _seconds(effect: Mapping[str, Any]) -> float | None:
    try:
        began, ended = moment(effect.get("started_at")), moment(effect.get("done_at"))
    except (TypeError, ValueError):
        return None
    return None if began is None or ended is None else max((ended - began).total_seconds(), 0.0)
