"""Settling: run each effect that a page still owes, so that a person sees it exactly once.

For each: mark it *started*, make the call, mark it *done*. A crash between the last two leaves it started, and an
effect that is found started is looked for in the outside world before it is tried again. Where nobody can look, because
an incoming webhook keeps no history or the capability is missing, ``WHEN_UNSURE`` decides, and the case is counted.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from processor.recent import Recent
from processor.ways.way import Instead, Way
from steward import telemetry
from steward.claims import hold
from steward.effects import GATHERED, GIVE_UP, Effect, Kind, Notice, Status
from steward.errors import CallFailed, Failure
from steward.outcomes import TABLE, Then, wait_for, waits_beside
from steward.state import PageRecord, State

WhenUnsure = Literal["resend", "skip"]

PATIENCE = 3
"""Attempts at a write to Notion that hold the event; after them the effect waits by itself, as in a long trouble of
comments alone."""

_TROUBLE = (Failure.UNAVAILABLE, Failure.UNREACHABLE)


class Settler:
    """Settles the effects of one page at a time. Vendor trouble is a value: see ``steward.outcomes``."""

    def __init__(
        self,
        *,
        state: State,
        ways: Mapping[Kind, Way],
        recent: Recent,
        when_unsure: WhenUnsure,
        now: Callable[[], datetime],
        jitter: Callable[[], float],
        count: telemetry.Count,
    ) -> None:
        self._state = state
        self._ways = ways
        self._recent = recent
        self._when_unsure = when_unsure
        self._now = now
        self._jitter = jitter
        self._count = count

    def settle(self, record: PageRecord, *, only_started: bool = False, gathered: bool = False) -> int:
        """Run what the page owes and what may be tried now; returns how many effects were tried.

        Args:
            record: the page as it was just loaded or committed.
            only_started: settle only what may have happened already, before a newer state is planned.
            gathered: messages that were planned to be gathered have been, so what is left of them goes alone.

        Raises:
            CallFailed: trouble that holds the event itself, not just the effect; the effect is left as it stands.
        """
        tried, resting = 0, set[Kind]()
        for effect in record.still_open:
            if effect.retry_at is not None and effect.retry_at > self._now():
                continue
            if only_started and effect.status is not Status.STARTED:
                continue
            if effect.kind in GATHERED and effect.is_quiet and not gathered:
                continue
            if effect.kind in resting:
                continue
            if not gathered and self._waits_for_others(effect):
                continue
            after = self._run(effect)
            tried += 1
            if effect.kind in GATHERED and after.is_open:
                resting.add(effect.kind)
        return tried

    def _waits_for_others(self, effect: Effect) -> bool:
        """Hold a message back that comes right after many others for the same eyes."""
        first_try = effect.kind in GATHERED and effect.status is Status.PLANNED and effect.attempts == 0
        if not first_try or effect.urgent or effect.notices or not self._recent.is_full(effect.target):
            return False
        self._state.advance(effect, replace(effect, retry_at=self._now() + self._recent.window))
        return True

    def _run(self, effect: Effect) -> Effect:
        after = self._try(effect)
        if after.status is Status.PLANNED and after.channel != effect.channel:
            return self._try(after)
        return after

    def _try(self, effect: Effect) -> Effect:
        if effect.status is Status.STARTED:
            closed = self._look_back(effect)
            if closed is not None:
                return closed
        if effect.notices:
            effect = replace(effect, notices=self._still_true(effect.notices))
            if not effect.notices:
                return self._close(effect, Status.CANCELLED, "no longer true")
        way = self._ways[effect.kind]
        try:
            # What can fail without a trace comes before "started": from there on the effect may have happened.
            prepared = way.prepare(effect)
        except (CallFailed, Instead) as why:
            return self._unprepared(effect, why)
        started = self._start(prepared.effect)
        try:
            external_id = way.send(replace(prepared, effect=started))
        except CallFailed as failure:
            return self._after(started, failure)
        except Instead as why:
            return self._unprepared(started, why)
        return self._done(started, external_id)

    def _unprepared(self, effect: Effect, failure: CallFailed | Instead) -> Effect:
        """It happened to nobody, and waits; what can't be known for good is not told."""
        if isinstance(failure, Instead):
            if failure.status is not Status.PLANNED:
                return self._close(effect, failure.status, failure.why)
            return self._state.advance(effect, replace(effect, retry_at=failure.retry_at, reason=failure.why))
        row = TABLE[failure.failure]
        then = row.observing if failure.vendor == "notion" else self._ways[effect.kind].sending(row)
        if then in (Then.WAIT, Then.EFFECT_WAITS):
            return self._waits(effect, failure, then)
        return self._close(effect, Status.FAILED, str(failure))

    def _still_true(self, notices: tuple[Notice, ...]) -> tuple[Notice, ...]:
        """The lines of a digest that still hold: it may have waited longer than they were true."""
        known = self._state.snapshots([n.page_id for n in notices])
        return tuple(n for n in notices if n.page_id in known and hold(n.claims, known[n.page_id]))

    def _look_back(self, effect: Effect) -> Effect | None:
        """Close an effect that was found started, or return it when it has to wait; None when it has to be tried."""
        try:
            looked = self._ways[effect.kind].look(effect)
        except CallFailed as failure:
            # Not knowing is no reason to send again: the effect stays started.
            row = TABLE[failure.failure]
            then = self._ways[effect.kind].looking(row)
            if then in (Then.WAIT, Then.EFFECT_WAITS):
                # It is safe in the outbox: what can't be looked for now need not hold the event.
                return self._waits(
                    effect, failure, Then.EFFECT_WAITS if failure.failure in _TROUBLE else then
                )
            looked = None
        if looked is None:
            self._count(telemetry.UNSURE)
            if effect.obsolete or self._when_unsure == "skip":
                return self._close(effect, Status.SKIPPED, "nobody can tell whether it happened")
            return None
        if looked.external_id is not None:
            return self._done(effect, looked.external_id)
        return self._close(effect, Status.CANCELLED, "no longer true") if effect.obsolete else None

    def _start(self, effect: Effect) -> Effect:
        becomes = replace(
            effect,
            status=Status.STARTED,
            attempts=effect.attempts + 1,
            started_at=self._now(),
            retry_at=None,
            reason=None,
        )
        return self._state.advance(effect, becomes)

    def _after(self, effect: Effect, failure: CallFailed) -> Effect:
        """What a failed call leads to; ``effect`` is started."""
        if failure.committed_id is not None:
            return self._done(effect, failure.committed_id)
        way = self._ways[effect.kind]
        then = way.sending(TABLE[failure.failure])
        if not failure.maybe_done:
            effect = self._state.advance(effect, replace(effect, status=Status.PLANNED, reason=str(failure)))
        channel = way.otherwise(effect) if then is Then.OTHER_CHANNEL else None
        if channel is not None:
            self._count(telemetry.OTHER_CHANNEL)
            return self._state.advance(effect, replace(effect, channel=channel))
        if then in (Then.WAIT, Then.EFFECT_WAITS):
            patient = failure.failure in _TROUBLE and effect.attempts >= PATIENCE
            return self._waits(effect, failure, Then.EFFECT_WAITS if patient else then)
        return self._close(effect, Status.FAILED, str(failure))

    def _waits(self, effect: Effect, failure: CallFailed, then: Then) -> Effect:
        """Let the effect wait by itself, or hold the event by raising."""
        if effect.planned_at + GIVE_UP < self._now():
            return self._close(effect, Status.FAILED, f"given up: {failure}")
        if then is not Then.EFFECT_WAITS and not waits_beside(failure):
            raise failure
        wait = timedelta(seconds=wait_for(failure, effect.attempts, self._jitter))
        return self._state.advance(effect, replace(effect, retry_at=self._now() + wait, reason=str(failure)))

    def _done(self, effect: Effect, external_id: str) -> Effect:
        self._count(telemetry.EFFECT_DONE)
        if effect.kind in GATHERED:
            self._recent.sent(effect.target)
        done = replace(
            effect,
            status=Status.DONE,
            done_at=self._now(),
            external_id=external_id,
            retry_at=None,
            reason=None,
        )
        return self._state.advance(effect, done)

    def _close(self, effect: Effect, status: Status, reason: str) -> Effect:
        self._count(telemetry.EFFECT_FAILED if status is Status.FAILED else telemetry.EFFECT_DROPPED)
        closed = replace(effect, status=status, done_at=self._now(), reason=reason, retry_at=None)
        return self._state.advance(effect, closed)
