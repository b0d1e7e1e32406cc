"""When trouble counts as there, and when as gone: N of the last M runs, both ways. Pure.

One bad run is a blip and one good run is not the end. Trouble of severity P1 stands sooner, after two runs in a row that
are sure of it: every minute of it costs, and two runs a minute apart are what tells a revoked token from one stray 401.
One run alone never opens an incident, however sure it is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from steward.incidents.causes import HIDES, Cause, Family, family_of
from steward.incidents.classes import Class, Severity
from triage.findings import Verdict
from triage.incidents.runs import Run, Sighting
from triage.pace import MINUTELY, Pace


@dataclass(frozen=True, slots=True)
class Rules:
    """How patient the desk is.

    Attributes:
        stands: runs of ``of`` that must see trouble before an incident is opened.
        of: runs that are remembered.
        ends: runs of ``of`` that must see health before it counts as restored.
        urgent: runs in a row that must see trouble of severity P1.
        sure: the confidence that those need.
        corrects: looks in a row that must say another class before an open incident's is corrected.
        pace: how often a run comes.

    Raises:
        ValueError: the numbers do not fit one another.
    """

    stands: int = 3
    of: int = 5
    ends: int = 3
    urgent: int = 2
    sure: float = 0.8
    corrects: int = 2
    pace: Pace = MINUTELY

    def __post_init__(self) -> None:
        if not (1 <= self.stands <= self.of and 1 <= self.ends <= self.of and 1 <= self.urgent <= self.of):
            raise ValueError(f"of {self.of} runs, 1 to {self.of} can be asked for")
        if self.corrects < 1:
            raise ValueError("corrects is 1 at least")


def verdict_of(run: Run, cause: Cause) -> Verdict:
    """What a run says of a cause; *unknown* trouble speaks for every cause of its vendor.

    UNKNOWN where the vendor was not probed, or other trouble hides the cause.
    """
    seen = [s for s in run.seen if s.vendor == cause.vendor]
    bad = [s for s in seen if s.cls is not Class.HEALTHY]
    if cause.family is Family.UNKNOWN and bad:
        return Verdict.BAD
    if any(family_of(s.cls) in (cause.family, Family.UNKNOWN) for s in bad):
        return Verdict.BAD
    if not seen or any(cause.family in HIDES.get(s.cls, ()) for s in bad):
        return Verdict.UNKNOWN
    return Verdict.GOOD


def sightings(runs: Sequence[Run], cause: Cause) -> list[Sighting]:
    """What was seen of a cause itself, oldest first; of the unknown: all trouble of its vendor."""
    return [
        s
        for run in runs
        for s in run.seen
        if s.vendor == cause.vendor
        and s.cls is not Class.HEALTHY
        and (cause.family is Family.UNKNOWN or family_of(s.cls) is cause.family)
    ]


def trouble_stands(runs: Sequence[Run], cause: Cause, rules: Rules) -> bool:
    """Whether trouble counts as there."""
    verdicts = [verdict_of(run, cause) for run in runs[-rules.of :]]
    if verdicts.count(Verdict.BAD) >= rules.stands:
        return bool(sightings(runs[-rules.of :], cause))
    last = runs[-rules.urgent :]
    return len(last) == rules.urgent and all(_is_urgent(run, cause, rules) for run in last)


def health_stands(runs: Sequence[Run], cause: Cause, rules: Rules) -> bool:
    """Whether trouble counts as gone: seen as gone by the latest run that says anything, and often enough."""
    verdicts = [verdict_of(run, cause) for run in runs[-rules.of :]]
    if not verdicts or verdicts[-1] is not Verdict.GOOD:
        return False
    return verdicts.count(Verdict.GOOD) >= rules.ends and not trouble_stands(runs, cause, rules)


def good_since(runs: Sequence[Run], cause: Cause) -> datetime | None:
    """When the latest row of runs without trouble began; None when the latest run says no such thing."""
    since = None
    for run in reversed(runs):
        if verdict_of(run, cause) is not Verdict.GOOD:
            break
        since = run.at
    return since


def bad_since(runs: Sequence[Run], cause: Cause) -> tuple[datetime, str]:
    """When trouble was first seen by the remembered runs, and what was said then."""
    for run in runs:
        said = next(iter(sightings([run], cause)), None)
        if verdict_of(run, cause) is Verdict.BAD:
            shown = said or next(s for s in run.seen if s.vendor == cause.vendor and s.cls is Class.UNKNOWN)
            return run.at, shown.says
    raise ValueError(f"no run saw trouble of {cause.vendor}: {cause.family}")


def corrected(runs: Sequence[Run], cls: Class, vendor: str, rules: Rules) -> Class:
    """What an incident of a class is about, after the runs since: another class when they agree on it for long enough.

    Known trouble never becomes unknown again.
    """
    family = family_of(cls)
    if family is Family.UNKNOWN:
        return _known(runs, vendor, rules) or cls
    last = sightings(runs, Cause(vendor, family))[-rules.corrects :]
    return last[-1].cls if len(last) == rules.corrects and len({s.cls for s in last}) == 1 else cls


def _known(runs: Sequence[Run], vendor: str, rules: Rules) -> Class | None:
    """What unknown trouble turns out to be: a family that the last runs which saw anything known all saw."""
    known = [
        [s for s in sightings([run], Cause(vendor, Family.UNKNOWN)) if s.cls is not Class.UNKNOWN]
        for run in runs
    ]
    last = [seen for seen in known if seen][-rules.corrects :]
    if len(last) < rules.corrects:
        return None
    agreed = [
        s for s in last[-1] if all(family_of(s.cls) in {family_of(o.cls) for o in seen} for seen in last)
    ]
    return min(agreed, key=lambda s: s.severity or Severity.P4).cls if agreed else None


def standing(runs: Sequence[Run], rules: Rules, taken: Collection[Cause] = ()) -> list[Cause]:
    """The causes whose trouble stands, without those that have their incident.

    Unknown trouble is a cause of its own only where a vendor has no other, and counts for another only where that is the
    only one in question. While an incident is about unknown trouble its vendor gets no other: that one becomes known first,
    see ``corrected``.

    Args:
        runs: oldest first.
        rules: how patient to be.
        taken: causes that have an incident already.
    """
    found: list[Cause] = []
    for vendor in dict.fromkeys(s.vendor for run in runs for s in run.seen):
        theirs = [cause for cause in taken if cause.vendor == vendor]
        unknown = Cause(vendor, Family.UNKNOWN)
        if unknown in theirs:
            continue
        seen = {family_of(s.cls) for s in sightings(runs, unknown)} - {Family.UNKNOWN}
        known = [
            cause
            for cause in (Cause(vendor, family) for family in Family if family in seen)
            if cause not in theirs
            and trouble_stands(runs, cause, rules)
            and (len(sightings(runs, cause)) >= rules.corrects or (len(seen) == 1 and not theirs))
        ]
        alone = not known and not theirs and trouble_stands(runs, unknown, rules)
        found += [unknown] if alone else known
    return found


def _is_urgent(run: Run, cause: Cause, rules: Rules) -> bool:
    return any(s.severity is Severity.P1 and s.confidence >= rules.sure for s in sightings([run], cause))
