"""Who we were in a workspace when we last looked: what the processor remembers of its own bot, for whoever has to know.

A revoked token can't be asked whose it was, and its successor must act as the same bot.
"""

from steward.identifiers import normalise_id
from steward.identity import Identity
from steward.memory import Memory
from steward.rules import MAIN


def bot_record(connection: str) -> str:
    """The name of the record of a connection's bot: ``{"bot": id, "workspace": id or None}``."""
    return "BOT" if connection == MAIN else f"BOT@{connection}"


def remembered_bot(memory: Memory, connection: str = MAIN) -> Identity | None:
    """Whose a Notion connection's token was; None when nothing whole is remembered."""
    record = memory.recall(bot_record(connection))
    if not isinstance(record, dict):
        return None
    bot, workspace = record.get("bot"), record.get("workspace")
    if not isinstance(bot, str) or not isinstance(workspace, str):
        return None
    return Identity(normalise_id(workspace), normalise_id(bot), "the bot that it was")
