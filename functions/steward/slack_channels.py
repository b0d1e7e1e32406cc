"""Which id a channel has that is configured by its name: Slack tells it with the first message's answer.

History, threads and edits want the id. It is remembered, because looking for it lists all channels and can't see private
ones.
"""

from steward.clients.slack import Slack
from steward.memory import Memory


class SlackChannels:
    """Remembers ids of channels."""

    def __init__(self, memory: Memory, slack: Slack) -> None:
        self._memory = memory
        self._slack = slack

    def known(self, channel: str) -> str | None:
        """The id of a channel as far as it is known without a call to Slack; an id is its own."""
        if not channel.startswith("#"):
            return channel
        known = self._memory.recall(_key(channel))
        return None if known is None else str(known)

    def find(self, channel: str) -> str | None:
        """The id, looked for in Slack where it is not known; None when nobody can tell.

        Raises:
            CallFailed: it could not be looked for.
        """
        return self.known(channel) or self._slack.channel_id(channel)

    def learn(self, channel: str, known: str | None, channel_id: str | None) -> None:
        """Remember what Slack said when something was posted; ``known`` is what ``known`` gave before."""
        if channel_id and known != channel_id:
            self._memory.remember(_key(channel), channel_id)


def _key(channel: str) -> str:
    return f"SLACK#{channel}"
