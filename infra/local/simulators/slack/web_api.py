"""The methods of the Web API: ``{"ok": true, …}``, or ``SlackError`` with Slack's own word.

Source: Slack's reference on chat.postMessage, chat.update and chat.delete.
"""

import json
from collections.abc import Callable
from typing import Any

from . import conversations, people
from .model import Channel, Json, SlackError, Workspace

MAX_TEXT, MAX_BLOCKS, MAX_SECTION, MAX_HEADER = 40_000, 50, 3000, 150
MAX_MESSAGE = 13_200
"""Characters of all blocks as JSON. Slack does not document it; this is what people measured."""

BOT, BOT_USER = "B00000001", "U00000000"
"""The one app of the workspace; it may change and delete its own messages only."""

SCOPES = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "conversations.history": "channels:history",
    "conversations.replies": "channels:history",
    "conversations.list": "channels:read",
    "conversations.info": "channels:read",
    "conversations.open": "im:write",
    "users.lookupByEmail": "users:read.email",
    "users.info": "users:read",
}
"""The scope of each method; the history of a direct message needs ``im:history`` instead."""

ALL_SCOPES = frozenset({*SCOPES.values(), "im:history", "chat:write.public"})
"""What the app has where a test says nothing else."""


def call(workspace: Workspace, method: str, arguments: Json) -> Json:
    """Run a method.

    Raises:
        SlackError: Slack's name of what is wrong.
    """
    found = METHODS.get(method)
    if found is None:
        raise SlackError("unknown_method")
    scope = SCOPES.get(method)
    if scope == "channels:history" and str(arguments.get("channel") or "").startswith("D"):
        scope = "im:history"
    if scope and workspace.scopes is not None and scope not in workspace.scopes:
        raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(workspace.scopes)))
    return {"ok": True, **found(workspace, arguments)}


def check_content(text: object, blocks: object, *, attachments: object = None) -> None:
    """Hold a message to Slack's limits.

    Raises:
        SlackError: no_text, msg_too_long, invalid_blocks or msg_blocks_too_long.
    """
    if not text and not blocks and not attachments:
        raise SlackError("no_text")
    if text is not None and (not isinstance(text, str) or len(text) > MAX_TEXT):
        raise SlackError("msg_too_long")
    if blocks is None:
        return
    if not isinstance(blocks, list) or len(blocks) > MAX_BLOCKS or not all(_fits(b) for b in blocks):
        raise SlackError("invalid_blocks")
    if len(json.dumps(blocks, ensure_ascii=False)) > MAX_MESSAGE:
        raise SlackError("msg_blocks_too_long")


def _fits(block: Any) -> bool:
    if not isinstance(block, dict) or not isinstance(block.get("type"), str):
        return False
    text = (block.get("text") or {}).get("text", "") if isinstance(block.get("text") or {}, dict) else None
    if not isinstance(text, str):
        return False
    return len(text) <= {"section": MAX_SECTION, "header": MAX_HEADER}.get(block["type"], MAX_SECTION)


def post(workspace: Workspace, channel: Channel, content: Json) -> Json:
    """Put a message into a channel, or into a thread of it."""
    if channel.archived:
        raise SlackError("is_archived")
    kept = ("text", "blocks", "metadata", "username", "bot_id")
    message = {"type": "message", "ts": workspace.next_ts(), "channel": channel.id}
    message |= {key: content[key] for key in kept if content.get(key) is not None}
    if content.get("thread_ts") is not None:
        message |= conversations.reply(channel, str(content["thread_ts"]), content, message["ts"])
    channel.messages.append(message)
    return message


def _post_message(workspace: Workspace, arguments: Json) -> Json:
    channel = workspace.channel(str(arguments.get("channel") or ""))
    check_content(arguments.get("text"), arguments.get("blocks"), attachments=arguments.get("attachments"))
    message = post(workspace, channel, {**arguments, "bot_id": BOT})
    return {"channel": channel.id, "ts": message["ts"], "message": message}


def _update(workspace: Workspace, arguments: Json) -> Json:
    """chat.update: a text without blocks takes the old blocks away; metadata that is not sent stays."""
    if not arguments.get("channel") or not arguments.get("ts"):
        raise SlackError("invalid_arguments")
    message = _message(workspace, arguments)
    if workspace.channels[message["channel"]].archived:
        raise SlackError("is_inactive")
    if message.get("bot_id") != BOT:
        raise SlackError("cant_update_message")  # what an incoming webhook or another app posted
    check_content(arguments.get("text"), arguments.get("blocks"))
    if arguments.get("text") is not None and arguments.get("blocks") is None:
        message.pop("blocks", None)
    message |= {k: arguments[k] for k in ("text", "blocks", "metadata") if arguments.get(k) is not None}
    message["edited"] = {"user": BOT_USER, "ts": workspace.next_ts()}
    return {"channel": message["channel"], "ts": message["ts"], "text": message.get("text", "")}


def _delete(workspace: Workspace, arguments: Json) -> Json:
    message = _message(workspace, arguments)
    workspace.channels[message["channel"]].messages.remove(message)
    return {"channel": message["channel"], "ts": message["ts"]}


def _message(workspace: Workspace, arguments: Json) -> Json:
    channel = workspace.channel(str(arguments.get("channel") or ""), by_name=False)
    for message in channel.messages:
        if message["ts"] == arguments.get("ts"):
            return message
    raise SlackError("message_not_found")


def _auth_test(workspace: Workspace, arguments: Json) -> Json:
    del workspace, arguments
    return {
        "team": "Northwind",
        "team_id": "T00000001",
        "user": "steward",
        "user_id": BOT_USER,
        "bot_id": BOT,
    }


def _api_test(workspace: Workspace, arguments: Json) -> Json:
    del workspace
    return {"args": arguments}


METHODS: dict[str, Callable[[Workspace, Json], Json]] = {
    "chat.postMessage": _post_message,
    "chat.update": _update,
    "chat.delete": _delete,
    "conversations.history": conversations.history,
    "conversations.replies": conversations.replies,
    "conversations.list": conversations.list_all,
    "conversations.info": conversations.info,
    "conversations.open": conversations.open_direct,
    "users.lookupByEmail": people.lookup_by_email,
    "users.info": people.info,
    "auth.test": _auth_test,
    "api.test": _api_test,
}
