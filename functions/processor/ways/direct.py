"""By a direct message in Slack, to whoever has the person's e-mail address there; else in the channel, where there is one."""

from dataclasses import replace

from processor.ways.message import MessageWay
from processor.ways.way import Found, Prepared
from processor.who import Who
from steward.effects import Effect
from steward.errors import CallFailed, Failure
from steward.outcomes import Row, Then

_NOBODY_THERE = (Failure.REJECTED, Failure.NOT_FOUND)
"""Refused, perhaps because the account that was remembered is no more."""


class DirectWay:
    """See ``Way``. The channel that it finds becomes the effect's, so that it can be looked for there."""

    def __init__(self, message: MessageWay, who: Who) -> None:
        """Make it.

        Args:
            message: posts and looks; without threads.
            who: finds people.
        """
        self._message = message
        self._who = who

    def prepare(self, effect: Effect) -> Prepared:
        """Where the person is."""
        found = self._who.direct_channel(effect.person) if effect.person else None
        if found is None and not effect.channel:
            words = "nobody in Slack has the person's address"
            raise CallFailed(Failure.REJECTED, "slack", "slack.direct", message=words)
        return self._message.prepare(replace(effect, channel=found or effect.channel))

    def send(self, prepared: Prepared) -> str:
        """See ``Way.send``."""
        try:
            return self._message.send(prepared)
        except CallFailed as failure:
            person = prepared.effect.person
            if person is not None and failure.failure in _NOBODY_THERE:
                self._who.forget(person)
            raise

    def look(self, effect: Effect) -> Found | None:
        """See ``Way.look``."""
        return self._message.look(effect)

    def looking(self, row: Row) -> Then:
        """See ``Way.looking``."""
        return row.slack

    def sending(self, row: Row) -> Then:
        """See ``Way.sending``."""
        return row.slack

    def otherwise(self, effect: Effect) -> None:
        """None: what is for one person is no business of the default channel."""
        del effect
