"""Settling: run each effect that a page still owes, so that a person sees it exactly once.

For each: mark it *started*, make the call, mark it *done*. A crash between the last two leaves it started, and an
effect that is found started is looked for in the outside world before it is tried again. Where nobody can look, because
an incoming webhook keeps no history or the capability is missing, ``WHEN_UNSURE`` decides, and the case is counted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from processor.names import Names
from processor.wording import comment_body, find_comment, message
from steward import telemetry
from steward.clients.notion import NotionClient
from steward.clients.slack import Slack
from steward.effects import Effect, Kind, Notice, Status
from steward.errors import CallFailed, Failure
from steward.memory import Memory
from steward.outcomes import TABLE, Then, wait_for
from steward.state import PageRecord, State

WhenUnsure = Literal["resend", "skip"]

GIVE_UP = timedelta(days=7)
"""A telling that could not be delivered for this long is not news any more: it fails, with its reason."""


PATIENCE = 3
"""Attempts at a write to Notion that hold the event; after them the effect waits by itself, as in a long trouble of
comments alone."""

_TROUBLE = (Failure.UNAVAILABLE, Failure.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Found:
    """What looking for a started effect gave: where it is, or that it is not there."""

    external_id: str | None


class Settler:
    """Settles the effects of one page at a time. Vendor trouble is a value: see ``steward.outcomes``."""

    def __init__(
        self,
        *,
        state: State,
        memory: Memory,
        notion: NotionClient,
        slack: Slack,
        names: Names,
        default_channel: str,
        when_unsure: WhenUnsure,
        now: Callable[[], datetime],
        jitter: Callable[[], float],
        count: telemetry.Count,
    ) -> None:
        self._state = state
        self._memory = memory
        self._notion = notion
        self._slack = slack
        self._names = names
        self._default_channel = default_channel
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
        slack_rests, tried = False, 0
        for effect in record.still_open:
            if effect.retry_at is not None and effect.retry_at > self._now():
                continue
            if only_started and effect.status is not Status.STARTED:
                continue
            if effect.kind is Kind.MESSAGE and (slack_rests or (effect.is_quiet and not gathered)):
                continue
            after = self._run(effect)
            tried += 1
            slack_rests |= effect.kind is Kind.MESSAGE and after.is_open
        return tried

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
        try:
            # What can fail without a trace comes before "started": from there on the effect may have happened.
            names = self._names_of(effect)
        except CallFailed as failure:
            return self._waits(effect, failure, TABLE[failure.failure].observing)
        started = self._start(effect)
        try:
            external_id = self._call(started, names)
        except CallFailed as failure:
            return self._after(started, failure)
        return self._done(started, external_id)

    def _still_true(self, notices: tuple[Notice, ...]) -> tuple[Notice, ...]:
        """The lines of a digest that still hold: it may have waited longer than they were true."""
        known = self._state.snapshots([n.page_id for n in notices])
        there = {
            (snapshot.page_id, person.id)
            for snapshot in known.values()
            if not snapshot.gone
            for person in snapshot.assignees or ()
        }
        return tuple(n for n in notices if (n.page_id, n.person_id) in there)

    def _look_back(self, effect: Effect) -> Effect | None:
        """Close an effect that was found started, or return it when it has to wait; None when it has to be tried."""
        try:
            looked = self._look(effect)
        except CallFailed as failure:
            # Not knowing is no reason to send again: the effect stays started.
            row = TABLE[failure.failure]
            then = row.observing if effect.kind is Kind.COMMENT else row.slack
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

    def _names_of(self, effect: Effect) -> dict[str, str | None]:
        """The names that a message needs and that were not there when it was planned."""
        if effect.kind is not Kind.MESSAGE:
            return {}
        people = [(n.person_id, n.person_name) for n in effect.notices] or [
            (effect.person_id, effect.person_name)
        ]
        return {person_id: self._names.of(person_id) for person_id, name in people if name is None}

    def _call(self, effect: Effect, names: Mapping[str, str | None]) -> str:
        if effect.kind is Kind.COMMENT:
            return str(self._notion.create_comment(effect.page_id, comment_body(effect)).body["id"])
        text, blocks = message(effect, names)
        posted = self._slack.post(effect.channel, text, blocks, effect.id)
        if posted.channel_id and self._channel_id(effect.channel) != posted.channel_id:
            self._memory.remember(f"SLACK#{effect.channel}", posted.channel_id)
        return f"{posted.channel_id or effect.channel}/{posted.ts or 'ok'}"

    def _look(self, effect: Effect) -> Found | None:
        """Look for an effect that may have happened; None when there is nowhere to look."""
        if effect.kind is Kind.COMMENT:
            return Found(find_comment(self._notion.comments(effect.page_id), effect))
        if not self._slack.can_find or effect.started_at is None:
            return None
        # Not remembered when the lost answer was the first that came from this channel: only Slack knows it then.
        channel_id = self._channel_id(effect.channel) or self._slack.channel_id(effect.channel)
        if channel_id is None:
            return None
        posted = self._slack.find(channel_id, effect.id, effect.started_at)
        return Found(f"{channel_id}/{posted.ts}" if posted else None)

    def _channel_id(self, channel: str) -> str | None:
        if not channel.startswith("#"):
            return channel
        known = self._memory.recall(f"SLACK#{channel}")
        return None if known is None else str(known)

    def _after(self, effect: Effect, failure: CallFailed) -> Effect:
        """What a failed call leads to; ``effect`` is started."""
        if failure.committed_id is not None:
            return self._done(effect, failure.committed_id)
        row = TABLE[failure.failure]
        then = row.writing if effect.kind is Kind.COMMENT else row.slack
        if not failure.maybe_done:
            effect = self._state.advance(effect, replace(effect, status=Status.PLANNED, reason=str(failure)))
        if then is Then.OTHER_CHANNEL and self._slack.can_find and effect.channel != self._default_channel:
            self._count(telemetry.OTHER_CHANNEL)
            return self._state.advance(effect, replace(effect, channel=self._default_channel))
        if then in (Then.WAIT, Then.EFFECT_WAITS):
            patient = failure.failure in _TROUBLE and effect.attempts >= PATIENCE
            return self._waits(effect, failure, Then.EFFECT_WAITS if patient else then)
        return self._close(effect, Status.FAILED, str(failure))

    def _waits(self, effect: Effect, failure: CallFailed, then: Then) -> Effect:
        """Let the effect wait by itself, or hold the event by raising."""
        if effect.planned_at + GIVE_UP < self._now():
            return self._close(effect, Status.FAILED, f"given up: {failure}")
        if then is not Then.EFFECT_WAITS:
            raise failure
        wait = timedelta(seconds=wait_for(failure, effect.attempts, self._jitter))
        return self._state.advance(effect, replace(effect, retry_at=self._now() + wait, reason=str(failure)))

    def _done(self, effect: Effect, external_id: str) -> Effect:
        self._count(telemetry.EFFECT_DONE)
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
