"""From the current picture to what is wrong. Pure.

Every class gets the points that all signals give it together (``weights.WEIGHTS``); nothing is decided by the first
match. Rules that no weight may break are at the end, in ``_advice``.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from steward.incidents.classes import Advice, Class, Severity
from triage.diagnosis.diagnosis import Diagnosis
from triage.diagnosis.picture import Picture, picture_of
from triage.diagnosis.playbook import PLAYBOOK
from triage.diagnosis.settling import next_probes
from triage.diagnosis.signals import Signal
from triage.diagnosis.weights import BAR, CALM, RESTS, VENDOR_TROUBLE, WEIGHTS
from triage.findings import Finding

SETTLED = 0.85
"""Confidence from which on no further probe is asked for."""

HALF = 0.5
"""Confidence from which on it is likelier than everything else together."""

CERTAIN = 0.99
"""No evidence makes a diagnosis surer than this."""

_HURTS = (VENDOR_TROUBLE - {Signal.RED, Signal.YELLOW}) | {
    Signal.DAILY,
    Signal.UNAUTHORIZED,
    Signal.LANE_BEHIND,
    Signal.DEAD_LETTERS,
    Signal.SILENCE,
}
"""Signs that the trouble reaches us, and is not only announced."""


def diagnose(vendor: str, findings: Sequence[Finding], now: datetime) -> Diagnosis:
    """What is wrong with a vendor, or with our work with it.

    The points of a class are the sum of what every signal gives it, each by the share of looks that it needs to count
    whole. Points are logarithms of odds, so the confidence is the class's share of the sum of ``exp(points)`` over all
    classes (a softmax): a lead of 1 over a single rival is 73 %, of 2 is 88 %, of 3 is 95 %. *Unknown* takes part with
    ``weights.BAR`` points when anything is wrong and with ``weights.CALM`` otherwise, so that weak evidence ends there;
    *healthy* takes part only when nothing is wrong.

    Args:
        vendor: the vendor's name as in the findings, e.g. ``notion``.
        findings: the current picture: the vendor's, our own (``steward``) as far as they are about this vendor, and those
            of other vendors, from which only is taken whether our network reaches anybody. What is older than
            ``picture.FRESH`` is left out.
        now: our clock.
    """
    picture = picture_of(vendor, findings, now)
    points = points_of(picture)
    # What is no likelier than *unknown* is not known: one 503 by itself.
    cls = max(points, key=lambda each: (points[each], each is Class.UNKNOWN))
    confidence = _share(points, cls)
    do, do_not = _advice(cls, picture, confidence)
    evidence, against = _weighed(picture, cls)
    settled = confidence >= SETTLED and cls is not Class.UNKNOWN
    return Diagnosis(
        vendor,
        cls,
        confidence,
        _severity(cls, picture),
        evidence,
        against,
        () if _leave_alone(cls, picture) else next_probes(picture, points, settled=settled),
        do,
        do_not,
        _says(vendor, cls, confidence, evidence, against),
    )


def points_of(picture: Picture) -> Mapping[Class, float]:
    """The points of every class that takes part."""
    wrong = bool(_troubles(picture))
    points = dict.fromkeys(Class, 0.0)
    for signal in picture:
        for cls, weight in WEIGHTS[signal].weights.items():
            points[cls] += weight * _strength(picture, signal)
    points[Class.UNKNOWN] += BAR if wrong else CALM
    if wrong:
        del points[Class.HEALTHY]
        return points
    # Nothing is wrong: then the vendor is well, or nothing is known. A lane that rests has its reason from before.
    return {cls: points[cls] for cls in (Class.HEALTHY, Class.UNKNOWN)}


def _troubles(picture: Picture) -> list[Signal]:
    rests = any(signal in picture for signal in RESTS)
    return [s for s in picture if WEIGHTS[s].trouble and not (rests and s is Signal.LANE_BEHIND)]


def _strength(picture: Picture, signal: Signal) -> float:
    return min(1.0, picture[signal].looks / WEIGHTS[signal].enough)


def _share(points: Mapping[Class, float], cls: Class) -> float:
    whole = sum(math.exp(each - points[cls]) for each in points.values())
    return min(CERTAIN, round(1 / whole, 2))


def _weighed(picture: Picture, cls: Class) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The findings that speak for a class, and those against it, the weightiest first; for *unknown*, what is wrong."""
    points = {
        signal: WEIGHTS[signal].weights.get(cls, 0.0) * _strength(picture, signal) for signal in picture
    }
    if cls is Class.UNKNOWN:
        points |= dict.fromkeys(_troubles(picture), 1.0)
    order = sorted(picture, key=lambda signal: -abs(points[signal]))
    for_it = _unique(f for signal in order if points[signal] > 0 for f in picture[signal].findings)
    against = _unique(f for signal in order if points[signal] < 0 for f in picture[signal].findings)
    return for_it, tuple(f for f in against if f not in for_it)


def _unique(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    unique: list[Finding] = []
    for finding in findings:
        if finding not in unique:  # a finding holds a mapping, so it has no hash
            unique.append(finding)
    return tuple(unique)


def _severity(cls: Class, picture: Picture) -> Severity | None:
    """The playbook's, one worse when the lane falls behind, least when it does not reach us or was seen only once."""
    usual = PLAYBOOK[cls].severity
    if usual is None:
        return None
    announced = cls in (Class.DEGRADED, Class.QUOTA) and not any(signal in picture for signal in _HURTS)
    once = cls is Class.UNKNOWN and sum(picture[signal].looks for signal in _troubles(picture)) <= 1
    if Signal.LANE_BEHIND in picture and _troubles(picture):
        return Severity(max(Severity.P1, usual - 1))
    return Severity.P4 if announced or once else usual


def _leave_alone(cls: Class, picture: Picture) -> bool:
    """Whether any further request would do harm: a blocked connection is left alone."""
    return cls is Class.BLOCKED or Signal.BLOCKED in picture


def _advice(cls: Class, picture: Picture, confidence: float) -> tuple[tuple[Advice, ...], tuple[Advice, ...]]:
    """What to do and what not, with the rules that hold whatever happens.

    1. While the vendor shows any trouble, nobody rotates, restarts or redeploys.
    2. While it is blocked, nobody asks again.
    3. Before anything else, what is not settled is looked at again.
    4. What is forbidden is never advised.
    """
    play = PLAYBOOK[cls]
    forbidden = list(play.do_not)
    if any(signal in VENDOR_TROUBLE for signal in picture):
        forbidden += [Advice.ROTATE_TOKEN, Advice.RESTART]
    if _leave_alone(cls, picture):
        forbidden += [Advice.PROBE_AGAIN, Advice.RETRY_HARDER]
    wanted = [advice for advice in play.do if advice not in forbidden]
    if cls is not Class.HEALTHY and (not wanted or confidence < SETTLED):
        wanted.insert(0, Advice.PROBE_AGAIN)
    do = tuple(dict.fromkeys(advice for advice in wanted if advice not in forbidden))
    return do or ((Advice.ASK_VENDOR,) if cls is not Class.HEALTHY else ()), tuple(dict.fromkeys(forbidden))


def _says(
    vendor: str,
    cls: Class,
    confidence: float,
    evidence: Sequence[Finding],
    against: Sequence[Finding],
) -> str:
    def told(some: Sequence[Finding]) -> str:
        return "; ".join(f"{finding.probe}: {finding.says}" for finding in some)

    # Nothing that changes from minute to minute by itself: what is the same is to read the same.
    if confidence >= SETTLED or cls is Class.UNKNOWN:
        sure = ""
    else:
        sure = "probably " if confidence >= HALF else "perhaps "
    sentence = f"{vendor}: {sure}{cls}"
    if evidence:
        sentence += f": {told(evidence[:3])}"
    elif cls is Class.UNKNOWN:
        sentence += ": nothing could be found out"
    return sentence + (f"; but {told(against[:2])}" if against else "")
