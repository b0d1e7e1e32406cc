"""One round of looking: every vendor and ourselves, at once, within ten seconds. The entry point is ``look``.

Promises: no probe keeps another from being told of, and none keeps the round from ending. What hangs or raises is a finding
that says so, with the verdict *unknown*. Which looks there are is put together by ``triage.looks``.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.findings import Finding, Probe
from triage.in_parallel import Job, in_parallel
from triage.probes.asks import not_found_out

LONGEST = 10.0
"""Seconds that a round takes at most."""


@dataclass(frozen=True, slots=True)
class Look:
    """Something to look at.

    Attributes:
        vendor: whose, for the finding that it could not be looked at.
        probe: what, for the same.
        run: looks; in a thread of its own, so that it shares nothing that is not made for it.
        seconds: that it may take.
    """

    vendor: str
    probe: Probe
    run: Callable[[], Sequence[Finding]]
    seconds: float = LONGEST


def look(
    looks: Sequence[Look],
    *,
    now: Callable[[], datetime],
    seconds: float = LONGEST,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Finding, ...]:
    """Look at everything at once.

    Args:
        looks: at what.
        now: our clock.
        seconds: for the whole round.
        clock: monotonic seconds.

    Returns:
        all findings, in the order of the looks; of each look at least one.
    """
    jobs: list[Job[Sequence[Finding]]] = [Job(one.run, one.seconds) for one in looks]
    found, ends = list[Finding](), in_parallel(jobs, seconds, clock)
    for one, end in zip(looks, ends, strict=True):
        if isinstance(end, Exception):
            found.append(not_found_out(one.vendor, one.probe, now(), end))
        else:
            found += end or [not_found_out(one.vendor, one.probe, now(), "the probe found nothing")]
    return tuple(found)
