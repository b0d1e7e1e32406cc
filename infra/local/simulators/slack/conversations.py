"""``conversations.*``: histories, threads, the list of channels, direct messages.

Source: Slack's reference on the methods. What it does not say, and what clients of it had to learn: every page of a
thread begins with its first message.
"""

from .model import Channel, Json, SlackError, Workspace


def history(workspace: Workspace, arguments: Json) -> Json:
    """conversations.history: newest first, without what is only in threads."""
    channel = workspace.channel(str(arguments.get("channel") or ""), by_name=False)
    broadcast = "thread_broadcast"
    messages = [
        m for m in channel.messages if m.get("thread_ts") in (None, m["ts"]) or m.get("subtype") == broadcast
    ]
    return _pages(_shown(list(reversed(_in_time(messages, arguments))), arguments), arguments, "messages")


def replies(workspace: Workspace, arguments: Json) -> Json:
    """conversations.replies: oldest first; the thread by its first message or any of its replies."""
    channel = workspace.channel(str(arguments.get("channel") or ""), by_name=False)
    named = next((m for m in channel.messages if m["ts"] == arguments.get("ts")), None)
    if named is None:
        raise SlackError("thread_not_found")
    thread = named.get("thread_ts", named["ts"])
    first = [m for m in channel.messages if m["ts"] == thread]
    rest = [m for m in channel.messages if m.get("thread_ts") == thread and m["ts"] != thread]
    answer = _pages(_shown(_in_time(rest, arguments), arguments), arguments, "messages")
    return answer | {"messages": _shown(first, arguments) + answer["messages"]}


def reply(channel: Channel, thread_ts: str, content: Json, ts: str) -> Json:
    """What makes a message a reply; its thread's first message is told of it.

    Raises:
        SlackError: thread_not_found.
    """
    named = next((m for m in channel.messages if m["ts"] == thread_ts), None)
    if named is None:
        raise SlackError("thread_not_found")
    first = next((m for m in channel.messages if m["ts"] == named.get("thread_ts")), named)
    first |= {"thread_ts": first["ts"], "reply_count": first.get("reply_count", 0) + 1, "latest_reply": ts}
    broadcast = str(content.get("reply_broadcast", "")).lower() in ("1", "true")
    return {"thread_ts": first["ts"]} | ({"subtype": "thread_broadcast"} if broadcast else {})


def list_all(workspace: Workspace, arguments: Json) -> Json:
    """conversations.list: the public channels."""
    rows = [_shown_channel(c) for c in workspace.channels.values() if c.id[0] == "C"]
    return _pages(rows, arguments, "channels")


def info(workspace: Workspace, arguments: Json) -> Json:
    """conversations.info: one channel, by its id alone."""
    return {"channel": _shown_channel(workspace.channel(str(arguments.get("channel") or ""), by_name=False))}


def _shown_channel(channel: Channel) -> Json:
    shown = {"id": channel.id, "name": channel.name}
    return shown | {"is_archived": channel.archived, "is_member": channel.joined}


def open_direct(workspace: Workspace, arguments: Json) -> Json:
    """conversations.open: the direct message to one user, the same every time."""
    users = [user for user in str(arguments.get("users") or "").split(",") if user]
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 1:
        raise SlackError("not_supported_by_this_simulator")
    if users[0] not in workspace.users:
        raise SlackError("user_not_found")
    if workspace.users[users[0]]["deleted"]:
        raise SlackError("user_disabled")
    return {"channel": {"id": workspace.channel(users[0]).id}}


def _in_time(messages: list[Json], arguments: Json) -> list[Json]:
    inclusive = str(arguments.get("inclusive", "")).lower() in ("1", "true")
    low, high = float(arguments.get("oldest") or 0), float(arguments.get("latest") or "inf")
    return [
        m for m in messages if low < float(m["ts"]) < high or (inclusive and float(m["ts"]) in (low, high))
    ]


def _shown(messages: list[Json], arguments: Json) -> list[Json]:
    """Messages without their metadata, unless it is asked for."""
    if str(arguments.get("include_all_metadata", "")).lower() in ("1", "true"):
        return messages
    return [{k: v for k, v in m.items() if k != "metadata"} for m in messages]


def _pages(rows: list[Json], arguments: Json, name: str) -> Json:
    cursor = str(arguments.get("cursor") or "0")
    if not cursor.isdigit():
        raise SlackError("invalid_cursor")
    start, limit = int(cursor), max(1, min(int(arguments.get("limit") or 100), 999))
    more = start + limit < len(rows)
    metadata = {"next_cursor": str(start + limit) if more else ""}
    return {name: rows[start : start + limit], "has_more": more, "response_metadata": metadata}
