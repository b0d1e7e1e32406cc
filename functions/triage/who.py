"""Remembers which bot we are while Notion still tells: a revoked token can't say whose it was.

The successor of a token is promoted only if it acts as the same bot (``steward.pending_token``), and Notion lets the old
one die the moment a new one is made. One call a week; whoever else asks remembers it in the same place.
"""

from steward.clients.notion import NotionClient
from steward.errors import CallFailed
from steward.memory import Memory
from steward.remembered_bot import bot_of, remember_bot, remembered_bot
from steward.rules import MAIN


class Who:
    """Keeps the record of the main connection's bot."""

    def __init__(self, memory: Memory, notion: NotionClient) -> None:
        self._memory = memory
        self._notion = notion

    def keep(self) -> None:
        """Ask if nothing is remembered; in trouble of Notion's the next look asks again."""
        if remembered_bot(self._memory) is not None:
            return
        try:
            bot, workspace = bot_of(self._notion.me().body)
        except CallFailed:
            return
        if bot is not None:
            remember_bot(self._memory, MAIN, bot, workspace)
