"""Which bot we were in a workspace when we last asked: remembered while Notion still tells.

A revoked token can't say whose it was. Its successor is promoted only if it acts as the same bot
(``steward.pending_token``), and Notion lets the old one die the moment a new one is made. One call a week; whoever asks
remembers it in the same place.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from steward.clients.notion import NotionClient
from steward.errors import CallFailed
from steward.identifiers import normalise_id
from steward.identity import Identity
from steward.memory import Memory
from steward.rules import MAIN

KEEP = timedelta(days=7)


def bot_record(connection: str) -> str:
    """The name of the record of a connection's bot: ``{"bot": id, "workspace": id or None}``."""
    return "BOT" if connection == MAIN else f"BOT@{connection}"


def bot_of(me: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The ids of a bot and of its workspace, from ``GET /v1/users/me``; each None when Notion does not tell."""
    bot, owner = me.get("id"), me.get("bot")
    workspace = owner.get("workspace_id") if isinstance(owner, Mapping) else None
    return (
        bot if isinstance(bot, str) else None,
        normalise_id(workspace) if isinstance(workspace, str) else None,
    )


def remember_bot(memory: Memory, connection: str, bot: str, workspace: str | None) -> None:
    """Remember what ``bot_of`` found, for a week."""
    memory.remember(bot_record(connection), {"bot": bot, "workspace": workspace}, KEEP)


def remembered_bot(memory: Memory, connection: str = MAIN) -> Identity | None:
    """Whose a Notion connection's token was; None when nothing whole is remembered."""
    record = memory.recall(bot_record(connection))
    if not isinstance(record, dict):
        return None
    bot, workspace = record.get("bot"), record.get("workspace")
    if not isinstance(bot, str) or not isinstance(workspace, str):
        return None
    return Identity(normalise_id(workspace), normalise_id(bot), "the bot that it was")


def keep_bot(memory: Memory, notion: NotionClient) -> None:
    """Ask who the main connection's bot is if nothing is remembered; in trouble of Notion's the next call asks again."""
    if remembered_bot(memory) is not None:
        return
    try:
        bot, workspace = bot_of(notion.me().body)
    except CallFailed:
        return
    if bot is not None:
        remember_bot(memory, MAIN, bot, workspace)
