"""Everything that one vendor is asked in one run: at once where it can be, after one another where an answer is needed.

One 401 is not a revoked token, so that who-are-we is asked again after it, twice, with a pause: what is steady says so.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from functools import partial

from steward.errors import Failure
from triage.findings import Finding, Probe
from triage.in_parallel import Job, in_parallel
from triage.probes.asking import NO_TOKEN, Asker, Told
from triage.probes.asks import finding_of, not_found_out, quota_of
from triage.vendors.vendor import Ask

AGAIN = 2
"""Times that a 401 is asked again."""

PAUSE = 0.3
"""Seconds before each."""


def ask_vendor(
    asker: Asker,
    settings: Mapping[str, str],
    *,
    seconds: float,
    each: float,
    wanted: Container[str] = (),
) -> tuple[Finding, ...]:
    """Ask all that can be asked.

    Args:
        asker: of the vendor.
        settings: what is known, e.g. ``data_source``; answers add to it.
        seconds: for everything.
        each: for one ask.
        wanted: names of the optional capabilities that somebody needs.

    Returns:
        a finding for each ask, also for those that could not be made, and one of the quota where the vendor tells it.
    """
    return _Run(asker, settings, asker.clock() + seconds, each, wanted).all()


class _Run:
    """One run."""

    def __init__(
        self, asker: Asker, settings: Mapping[str, str], end: float, each: float, wanted: Container[str]
    ) -> None:
        self._asker = asker
        self._settings = dict(settings)
        self._end = end
        self._each = each
        self._wanted = wanted
        self._told: list[Told] = []

    def all(self) -> tuple[Finding, ...]:
        vendor, found = self._asker.vendor, list[Finding]()
        waiting = list(vendor.asks)
        while ready := [ask for ask in waiting if not ask.needs or ask.needs in self._settings]:
            waiting = [ask for ask in waiting if ask not in ready]
            found += self._wave(ready)
            if self._has_no_token():
                return tuple(f for f in found if f.probe is Probe.AUTH)  # the others can only say the same
        found += [
            not_found_out(
                vendor.name,
                ask.probe,
                self._asker.now(),
                f"{ask.name}: not asked, no {ask.needs.replace('_', ' ')} is known",
            )
            for ask in waiting
        ]
        return (*found, *self._quota())

    def _has_no_token(self) -> bool:
        return any(told.failure is not None and told.failure.code == NO_TOKEN for told in self._told)

    def _wave(self, asks: Sequence[Ask]) -> list[Finding]:
        left = max(self._end - self._asker.clock(), 0.0)
        each = min(self._each, left)
        jobs: list[Job[Finding]] = [Job(partial(self._ask, ask, each), left) for ask in asks]
        found, ends = list[Finding](), in_parallel(jobs, left, self._asker.clock)
        for ask, end in zip(asks, ends, strict=True):
            if isinstance(end, Exception):
                failed = not_found_out(self._asker.vendor.name, ask.probe, self._asker.now(), end)
                found.append(replace(failed, says=f"{ask.name}: {failed.says}"))
            else:
                found.append(end)
        return found

    def _quota(self) -> list[Finding]:
        vendor, at = self._asker.vendor, self._asker.now()
        job: Job[Finding | None] = Job(lambda: quota_of(vendor, self._told, at), 1.0)
        (end,) = in_parallel([job], 1.0, self._asker.clock)
        if isinstance(end, Exception):
            return [not_found_out(vendor.name, Probe.QUOTA, at, end)]
        return [] if end is None else [end]

    def _ask(self, ask: Ask, seconds: float) -> Finding:
        end = self._asker.clock() + seconds
        told, times = self._asker.ask(ask, self._settings, seconds), 1
        while ask.probe is Probe.AUTH and _is_401(told) and times <= AGAIN:
            left = end - self._asker.clock() - PAUSE
            if left < 1:
                break
            self._asker.sleep(PAUSE)
            again = self._asker.ask(ask, self._settings, left)
            if not _is_401(again):
                told, times = again, 1
                break
            told, times = replace(again, seconds=told.seconds), times + 1
        self._told.append(told)
        if told.failure is None and told.answer is not None:
            self._settings.update(ask.gives(told.answer.body))
        return finding_of(self._asker.vendor, told, self._asker.now(), self._wanted, times)


def _is_401(told: Told) -> bool:
    failure = told.failure
    return failure is not None and failure.failure is Failure.UNAUTHORIZED and failure.status == 401
