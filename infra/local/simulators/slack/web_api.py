"""The methods of the Web API: ``{"ok": true, …}``, or ``SlackError`` with Slack's own word."""

from collections.abc import Callable
from typing import Any

from .model import Channel, Json, SlackError, Workspace

MAX_TEXT, MAX_BLOCKS, MAX_SECTION, MAX_HEADER = 40_000, 50, 3000, 150
SCOPES = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "conversations.history": "channels:history",
    "conversations.replies": "channels:history",
    "conversations.list": "channels:read",
    "conversations.open": "im:write",
    "users.lookupByEmail": "users:read.email",
    "users.info": "users:read",
}


def call(workspace: Workspace, method: str, arguments: Json) -> Json:
    """Run a method.

    Raises:
        SlackError: Slack's name of what is wrong.
    """
    found = METHODS.get(method)
    if found is None:
        raise SlackError("unknown_method")
    scope = SCOPES.get(method)
    if scope and workspace.scopes is not None and scope not in workspace.scopes:
        raise SlackError("missing_scope")
    return {"ok": True, **found(workspace, arguments)}


def check_content(text: object, blocks: object, *, attachments: object = None) -> None:
    """Hold a message to Slack's limits.

    Raises:
        SlackError: no_text, msg_too_long or invalid_blocks.
    """
    if not text and not blocks and not attachments:
        raise SlackError("no_text")
    if text is not None and (not isinstance(text, str) or len(text) > MAX_TEXT):
        raise SlackError("msg_too_long")
    if blocks is None:
        return
    if not isinstance(blocks, list) or len(blocks) > MAX_BLOCKS or not all(_fits(b) for b in blocks):
        raise SlackError("invalid_blocks")


def _fits(block: Any) -> bool:
    if not isinstance(block, dict) or not isinstance(block.get("type"), str):
        return False
    text = (block.get("text") or {}).get("text", "") if isinstance(block.get("text") or {}, dict) else None
    if not isinstance(text, str):
        return False
    return len(text) <= {"section": MAX_SECTION, "header": MAX_HEADER}.get(block["type"], MAX_SECTION)


def post(workspace: Workspace, channel: Channel, content: Json) -> Json:
    """Put a message into a channel."""
    if channel.archived:
        raise SlackError("is_archived")
    kept = ("text", "blocks", "metadata", "thread_ts", "username")
    message = {"type": "message", "ts": workspace.next_ts(), "channel": channel.id}
    message |= {key: content[key] for key in kept if content.get(key) is not None}
    channel.messages.append(message)
    return message


def _post_message(workspace: Workspace, arguments: Json) -> Json:
    channel = workspace.channel(str(arguments.get("channel") or ""))
    check_content(arguments.get("text"), arguments.get("blocks"), attachments=arguments.get("attachments"))
    message = post(workspace, channel, {**arguments, "bot_id": "B00000001"})
    return {"channel": channel.id, "ts": message["ts"], "message": message}


def _update(workspace: Workspace, arguments: Json) -> Json:
    message = _message(workspace, arguments)
    check_content(arguments.get("text"), arguments.get("blocks"))
    message |= {k: arguments[k] for k in ("text", "blocks", "metadata") if arguments.get(k) is not None}
    message["edited"] = {"ts": workspace.next_ts()}
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


def _history(workspace: Workspace, arguments: Json) -> Json:
    channel = workspace.channel(str(arguments.get("channel") or ""), by_name=False)
    messages = [m for m in channel.messages if m.get("thread_ts") in (None, m["ts"])]
    return _pages(list(reversed(messages)), arguments, "messages")


def _replies(workspace: Workspace, arguments: Json) -> Json:
    channel = workspace.channel(str(arguments.get("channel") or ""), by_name=False)
    thread = arguments.get("ts")
    messages = [m for m in channel.messages if thread in (m["ts"], m.get("thread_ts"))]
    if not messages:
        raise SlackError("thread_not_found")
    return _pages(messages, arguments, "messages")


def _pages(rows: list[Json], arguments: Json, name: str) -> Json:
    inclusive = str(arguments.get("inclusive", "")).lower() in ("1", "true")
    low, high = float(arguments.get("oldest") or 0), float(arguments.get("latest") or "inf")
    if name == "messages":
        rows = [
            m for m in rows if low < float(m["ts"]) < high or (inclusive and float(m["ts"]) in (low, high))
        ]
        if str(arguments.get("include_all_metadata", "")).lower() not in ("1", "true"):
            rows = [{k: v for k, v in m.items() if k != "metadata"} for m in rows]
    cursor = str(arguments.get("cursor") or "0")
    start, limit = (
        int(cursor) if cursor.isdigit() else 0,
        max(1, min(int(arguments.get("limit") or 100), 999)),
    )
    more = start + limit < len(rows)
    metadata = {"next_cursor": str(start + limit) if more else ""}
    return {name: rows[start : start + limit], "has_more": more, "response_metadata": metadata}


def _list(workspace: Workspace, arguments: Json) -> Json:
    rows = [
        {"id": c.id, "name": c.name, "is_archived": c.archived}
        for c in workspace.channels.values()
        if c.id[0] == "C"
    ]
    return _pages(rows, {k: v for k, v in arguments.items() if k in ("cursor", "limit")}, "channels")


def _open(workspace: Workspace, arguments: Json) -> Json:
    user = str(arguments.get("users") or "").split(",")[0]
    if user not in workspace.users:
        raise SlackError("user_not_found")
    return {"channel": {"id": workspace.channel(user).id}}


def _lookup_by_email(workspace: Workspace, arguments: Json) -> Json:
    for user in workspace.users.values():
        if user["profile"].get("email") == arguments.get("email"):
            return {"user": user}
    raise SlackError("users_not_found")


def _info(workspace: Workspace, arguments: Json) -> Json:
    user = workspace.users.get(str(arguments.get("user")))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": user}


def _auth_test(workspace: Workspace, arguments: Json) -> Json:
    del workspace, arguments
    return {
        "team": "Northwind",
        "team_id": "T00000001",
        "user": "steward",
        "user_id": "U00000000",
        "bot_id": "B00000001",
    }


def _api_test(workspace: Workspace, arguments: Json) -> Json:
    del workspace
    return {"args": arguments}


METHODS: dict[str, Callable[[Workspace, Json], Json]] = {
    "chat.postMessage": _post_message,
    "chat.update": _update,
    "chat.delete": _delete,
    "conversations.history": _history,
    "conversations.replies": _replies,
    "conversations.list": _list,
    "conversations.open": _open,
    "users.lookupByEmail": _lookup_by_email,
    "users.info": _info,
    "auth.test": _auth_test,
    "api.test": _api_test,
}
