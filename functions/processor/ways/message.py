"""By a message in a Slack channel, which carries the effect's id in its metadata."""

from collections.abc import Callable

from processor.ways.way import Found, Names
from processor.wording import message
from steward.clients.slack import Slack
from steward.effects import Effect
from steward.memory import Memory
from steward.outcomes import Row, Then
from steward.words import people_in


class MessageWay:
    """See ``Way``."""

    def __init__(
        self, slack: Slack, memory: Memory, name_of: Callable[[str], str | None], default_channel: str
    ) -> None:
        self._slack = slack
        self._memory = memory
        self._name_of = name_of
        self._default_channel = default_channel

    def prepare(self, effect: Effect) -> Names:
        """The names that were not there when the message was planned."""
        named = [*people_in(effect.words), *(p for n in effect.notices for p in people_in(n.words))]
        return {p.id: self._name_of(p.id) for p in named if p.name is None}

    def send(self, effect: Effect, names: Names) -> str:
        """See ``Way.send``; ``channel/ts``."""
        text, blocks = message(effect, names)
        posted = self._slack.post(effect.channel, text, blocks, effect.id)
        if posted.channel_id and self._channel_id(effect.channel) != posted.channel_id:
            self._memory.remember(f"SLACK#{effect.channel}", posted.channel_id)
        return f"{posted.channel_id or effect.channel}/{posted.ts or 'ok'}"

    def look(self, effect: Effect) -> Found | None:
        """In the channel's history; an incoming webhook keeps none."""
        if not self._slack.can_find or effect.started_at is None:
            return None
        # Not remembered when the lost answer was the first that came from this channel: only Slack knows it then.
        channel_id = self._channel_id(effect.channel) or self._slack.channel_id(effect.channel)
        if channel_id is None:
            return None
        posted = self._slack.find(channel_id, effect.id, effect.started_at)
        return Found(f"{channel_id}/{posted.ts}" if posted else None)

    def looking(self, row: Row) -> Then:
        """See ``Way.looking``."""
        return row.slack

    def sending(self, row: Row) -> Then:
        """See ``Way.sending``."""
        return row.slack

    def otherwise(self, effect: Effect) -> str | None:
        """The default channel; an incoming webhook has one channel only."""
        another = self._slack.can_find and effect.channel != self._default_channel
        return self._default_channel if another else None

    def _channel_id(self, channel: str) -> str | None:
        if not channel.startswith("#"):
            return channel
        known = self._memory.recall(f"SLACK#{channel}")
        return None if known is None else str(known)
