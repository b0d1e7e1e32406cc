"""Which message began a page's thread in a channel: what is told of one page stands together (A11).

A page is worked in one lane, so nobody begins the same thread beside us.
"""

from datetime import timedelta

from steward.memory import Memory

KEEP = timedelta(days=90)
"""How long a thread is continued; after that a page's next message begins a new one, where it is seen."""


class SlackThreads:
    """Remembers threads by page and channel."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def of(self, page_id: str, channel_id: str) -> str | None:
        """The ``ts`` of the message that began the page's thread in a channel, or None."""
        known = self._memory.recall(_key(page_id, channel_id))
        return known if isinstance(known, str) and known else None

    def begin(self, page_id: str, channel_id: str, ts: str) -> None:
        """Let what follows about a page stand below a message. The first one stays until it is too old."""
        if self.of(page_id, channel_id) is None:
            self._memory.remember(_key(page_id, channel_id), ts, KEEP)


def _key(page_id: str, channel_id: str) -> str:
    return f"SLACK-THREAD#{channel_id}#{page_id}"
