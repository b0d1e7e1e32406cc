"""An incident in Slack: one thread, and a first message that is kept true. By incoming webhook: few whole messages.

Each message is told exactly once: it is *begun* in the store, posted, and noted. One that was begun and not noted may be
there; it is looked for by its metadata before it is posted again. Where nobody can look, ``when_unsure`` decides, and the
case is counted.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from steward import telemetry
from steward.clients.slack import Posted, Slack
from steward.errors import CallFailed, Failure
from steward.incidents.incident import Incident
from steward.incidents.names import Names
from steward.incidents.store import Incidents
from steward.incidents.told import FIXED, Pending, Telling, mark
from steward.outcomes import TABLE, Then, wait_for
from steward.slack_channels import SlackChannels
from triage.incidents.owed import NO_THREAD, Owed, channel_of, correction, owed, thread_of

REFUSED = timedelta(minutes=15)
"""Until a channel that refuses for good is tried again: somebody may mend it."""

WhenUnsure = Literal["resend", "skip"]


@dataclass(frozen=True, slots=True)
class Channels:
    """Where incidents are told.

    Attributes:
        main: a channel's id or ``#name``.
        other: where they go when that one refuses for good; "" for nowhere.
    """

    main: str
    other: str = ""


class BySlack:
    """Tells in Slack."""

    def __init__(
        self,
        store: Incidents,
        slack: Slack,
        known: SlackChannels,
        channels: Channels,
        names: Names,
        *,
        when_unsure: WhenUnsure,
        now: Callable[[], datetime],
        jitter: Callable[[], float],
        count: telemetry.Count,
    ) -> None:
        """Make it.

        Args:
            store: of incidents.
            slack: the client.
            known: the ids of channels.
            channels: where to tell.
            names: for the words.
            when_unsure: what becomes of a message of which nobody can tell whether it is there.
            now: our clock.
            jitter: gives a number in [0, 1).
            count: counts what was told.
        """
        self._store = store
        self._slack = slack
        self._known = known
        self._channels = channels
        self._names = names
        self._when_unsure = when_unsure
        self._now = now
        self._jitter = jitter
        self._count = count

    def tell(self, incident: Incident, telling: Telling) -> tuple[Incident, Telling, CallFailed | None]:
        """Tell what is owed, if Slack takes it; with the failure when it did not.

        Raises:
            StateConflict: another run tells, too; the next one sees what it did.
        """
        try:
            if telling.pending is not None:
                incident, telling = self._look_back(incident, telling, telling.pending)
            message = owed(incident, telling, self._names, self._now(), threads=self._slack.can_find)
            if message is not None:
                incident, telling = self._post(incident, telling, message)
            return incident, self._edit(incident, telling), None
        except _Failed as failed:
            return failed.incident, failed.telling, failed.failure
        except CallFailed as failure:  # Slack's secret can't be read: nobody knows by which way to tell
            return incident, telling, failure

    def owes(self, incident: Incident, telling: Telling) -> bool:
        """Whether something is still to be told of it, or the first message is not true."""
        try:
            threads = self._slack.can_find
        except CallFailed:
            return True
        now = self._now()
        if telling.pending is not None or owed(incident, telling, self._names, now, threads=threads):
            return True
        return threads and correction(incident, telling, self._names, now) is not None

    def _look_back(self, incident: Incident, telling: Telling, pending: Pending) -> tuple[Incident, Telling]:
        found = self._find(incident, telling, pending)
        if found is not None:
            return self._noted(incident, telling, pending, found)
        return incident, self._store.note_telling(incident.id, replace(telling, pending=None))

    def _find(self, incident: Incident, telling: Telling, pending: Pending) -> Posted | None:
        """Where a message is that was begun; None when it is to be told again."""
        try:
            channel_id = self._known.find(pending.channel) if self._slack.can_find else None
            if channel_id is not None:
                thread = None if pending.shows else thread_of(incident, threads=True)
                return self._slack.find(channel_id, pending.id, pending.started_at, thread_ts=thread)
        except CallFailed as failure:
            if waits(failure):
                # Not knowing is no reason to say it again.
                raise self._failed(incident, telling, failure) from None
        self._count(telemetry.UNSURE)
        return Posted(None, None) if self._when_unsure == "skip" else None

    def _post(self, incident: Incident, telling: Telling, message: Owed) -> tuple[Incident, Telling]:
        # A thread is in its first message's channel, whatever was configured since.
        channel = channel_of(incident) if message.thread else telling.channel or self._channels.main
        number = telling.number + 1
        begun = Pending(f"{incident.id}-{number}", channel, message.at, message.tells, message.shows)
        telling = replace(telling, pending=begun, number=number, attempts=telling.attempts + 1, retry_at=None)
        telling = self._store.note_telling(incident.id, telling)
        known = self._known.known(channel)
        text, blocks = message.message.text, message.message.blocks
        try:
            posted = self._slack.post(channel, text, blocks, begun.id, thread_ts=message.thread)
        except CallFailed as failure:
            return self._not_posted(incident, telling, message, failure)
        self._known.learn(channel, known, posted.channel_id)
        self._count(telemetry.INCIDENT_TOLD, way=message.way)
        return self._noted(incident, telling, begun, posted)

    def _not_posted(
        self, incident: Incident, telling: Telling, message: Owed, failure: CallFailed
    ) -> tuple[Incident, Telling]:
        if not failure.maybe_done:
            telling = replace(telling, pending=None)
            other = self._channels.other if self._slack.can_find else ""
            if not waits(failure) and other and message.thread is None and telling.channel != other:
                self._count(telemetry.OTHER_CHANNEL)
                return self._post(incident, replace(telling, channel=other), message)
        raise self._failed(incident, telling, failure)

    def _noted(
        self, incident: Incident, telling: Telling, pending: Pending, posted: Posted
    ) -> tuple[Incident, Telling]:
        place = f"{posted.channel_id or pending.channel}/{posted.ts or NO_THREAD}"
        told = replace(incident, updated_at=pending.started_at, posted=incident.posted or place)
        noted = replace(
            telling,
            told=telling.told | pending.tells,
            shown=pending.shows or telling.shown,
            pending=None,
            attempts=0,
            retry_at=None,
        )
        return self._store.note_told(told, noted)

    def _edit(self, incident: Incident, telling: Telling) -> Telling:
        thread = thread_of(incident, threads=self._slack.can_find)
        message = correction(incident, telling, self._names, self._now()) if thread else None
        if thread is None or message is None:
            return telling
        try:
            self._slack.edit(channel_of(incident), thread, message.text, message.blocks)
        except CallFailed as failure:
            if waits(failure):
                raise self._failed(incident, telling, failure) from None
            # Deleted, or of an app that is another one now; what comes is told in the thread all the same.
            return self._store.note_telling(incident.id, replace(telling, shown=FIXED))
        shown = replace(telling, shown=mark(message.text), attempts=0, retry_at=None)
        return self._store.note_telling(incident.id, shown)

    def _failed(self, incident: Incident, telling: Telling, failure: CallFailed) -> "_Failed":
        wait = REFUSED
        if waits(failure):
            wait = timedelta(seconds=wait_for(failure, max(telling.attempts, 1), self._jitter))
        resting = replace(telling, retry_at=self._now() + wait)
        return _Failed(incident, self._store.note_telling(incident.id, resting), failure)


@dataclass(eq=False)
class _Failed(Exception):
    """Slack did not take it, or could not be asked; ``telling`` says when to try again."""

    incident: Incident
    telling: Telling
    failure: CallFailed


def waits(failure: CallFailed) -> bool:
    """Whether a failure says something of Slack, not of the message or its channel."""
    return TABLE[failure.failure].slack in (Then.EFFECT_WAITS, Then.WAIT)


def is_brief(failure: CallFailed) -> bool:
    """Whether a failure is a matter of seconds, so that the next run may well succeed."""
    return failure.failure in (Failure.RATE_LIMITED, Failure.OUT_OF_TIME, Failure.CONFLICT)
