"""By a message in a Slack channel, which carries the effect's id in its metadata; what is told of a page is one thread."""

from processor.ways.way import Found, Prepared
from processor.who import Who
from processor.wording import message
from steward.clients.slack import Slack
from steward.effects import Effect, everybody
from steward.memory import Memory
from steward.outcomes import Row, Then
from steward.slack_channels import SlackChannels
from steward.slack_threads import SlackThreads


class MessageWay:
    """See ``Way``."""

    def __init__(
        self, slack: Slack, memory: Memory, who: Who, threads: SlackThreads | None, default_channel: str
    ) -> None:
        """Make it.

        Args:
            slack: the client.
            memory: remembers the ids of channels.
            who: names and mentions people.
            threads: remembers threads; None for messages that stand alone.
            default_channel: where a message goes whose own channel refuses it.
        """
        self._slack = slack
        self._channels = SlackChannels(memory, slack)
        self._who = who
        self._threads = threads
        self._default_channel = default_channel

    def prepare(self, effect: Effect) -> Prepared:
        """How the people are written who are named."""
        return Prepared(effect, {p.id: self._who.in_slack(p) for p in everybody(effect)})

    def send(self, prepared: Prepared) -> str:
        """See ``Way.send``; ``channel/ts``."""
        effect = prepared.effect
        made, channel_id = message(effect, prepared.people), self._channels.known(effect.channel)
        thread = self._thread(effect, channel_id)
        posted = self._slack.post(
            effect.channel, made.text, made.blocks, effect.id, thread_ts=thread, broadcast=thread is not None
        )
        self._channels.learn(effect.channel, channel_id, posted.channel_id)
        if self._threads and posted.channel_id and posted.ts and not (effect.notices or thread):
            self._threads.begin(effect.page_id, posted.channel_id, posted.ts)
        return f"{posted.channel_id or effect.channel}/{posted.ts or 'ok'}"

    def look(self, effect: Effect) -> Found | None:
        """In the history of the channel and of the thread; an incoming webhook keeps none."""
        if not self._slack.can_find or effect.started_at is None:
            return None
        # Not remembered when the lost answer was the first that came from this channel: only Slack knows it then.
        channel_id = self._channels.find(effect.channel)
        if channel_id is None:
            return None
        thread = self._thread(effect, channel_id)
        posted = self._slack.find(channel_id, effect.id, effect.started_at, thread_ts=thread)
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

    def _thread(self, effect: Effect, channel_id: str | None) -> str | None:
        if self._threads is None or channel_id is None or effect.notices:
            return None
        return self._threads.of(effect.page_id, channel_id)
