"""Rich text: what a caller writes, checked and kept; what a reader gets.

Promises Notion's limits (2,000 characters of content, 2,000 of a link, 1,000 of an expression, 100 items).
Markdown is read as far as comments need it: mentions, links, bold, italic, code.
"""

import re
from collections.abc import Callable
from typing import Any

from .errors import invalid
from .ids import canonical, required_id
from .model import Json

CONTENT_LIMIT = 2000
LINK_LIMIT = 2000
EXPRESSION_LIMIT = 1000
ARRAY_LIMIT = 100

_PLAIN: Json = {
    "bold": False,
    "italic": False,
    "strikethrough": False,
    "underline": False,
    "code": False,
    "color": "default",
}
_MARKDOWN = re.compile(
    r'<mention-user url="(?P<user>[^"]+)">(?P<name>[^<]*)</mention-user>'
    r"|\[(?P<label>[^\]]+)\]\((?P<url>[^)\s]+)\)"
    r"|\*\*(?P<bold>[^*]+)\*\*|\*(?P<italic>[^*]+)\*|`(?P<code>[^`]+)`"
)
UserCheck = Callable[[str], bool]


def check_length(value: list[Any], where: str) -> None:
    """Refuse arrays over 100 items, as every array of blocks, rich text or references is."""
    if len(value) > ARRAY_LIMIT:
        raise invalid(
            f"body failed validation: {where}.length should be ≤ `{ARRAY_LIMIT}`, instead was `{len(value)}`."
        )


def check_text(value: object, limit: int, where: str) -> str:
    """Refuse what is not a string or longer than ``limit`` characters."""
    if not isinstance(value, str):
        raise invalid(f"body failed validation: {where} should be a string, instead was `{value!r}`.")
    if len(value) > limit:
        raise invalid(
            f"body failed validation: {where}.length should be ≤ `{limit}`, instead was `{len(value)}`."
        )
    return value


def read(items: object, where: str, user_exists: UserCheck) -> list[Json]:
    """The kept form of a rich text array from a request.

    Raises:
        ApiError: 400 `validation_error` for a wrong shape, a broken limit or an unknown user.
    """
    if not isinstance(items, list):
        raise invalid(f"body failed validation: {where} should be an array, instead was `{items!r}`.")
    check_length(items, where)
    return [_read_item(item, f"{where}[{index}]", user_exists) for index, item in enumerate(items)]


def _read_item(item: object, where: str, user_exists: UserCheck) -> Json:
    if not isinstance(item, dict):
        raise invalid(f"body failed validation: {where} should be an object, instead was `{item!r}`.")
    annotations = item.get("annotations") or {}
    if not isinstance(annotations, dict):
        raise invalid(f"body failed validation: {where}.annotations should be an object.")
    annotations = _PLAIN | annotations
    if isinstance(item.get("text"), dict):
        return {"type": "text", "text": _read_text(item["text"], where), "annotations": annotations}
    if isinstance(item.get("mention"), dict):
        mention = _read_mention(item["mention"], f"{where}.mention", user_exists)
        return {"type": "mention", "mention": mention, "annotations": annotations}
    if isinstance(item.get("equation"), dict):
        expression = check_text(item["equation"].get("expression"), EXPRESSION_LIMIT, f"{where}.expression")
        return {"type": "equation", "equation": {"expression": expression}, "annotations": annotations}
    raise invalid(
        f"body failed validation. Fix one:\n{where}.text should be defined, instead was `undefined`.\n"
        f"{where}.mention should be defined, instead was `undefined`.\n"
        f"{where}.equation should be defined, instead was `undefined`."
    )


def _read_text(text: Json, where: str) -> Json:
    content = check_text(text.get("content"), CONTENT_LIMIT, f"{where}.text.content")
    link = text.get("link")
    if link is not None:
        url = link.get("url") if isinstance(link, dict) else None
        link = {"url": check_text(url, LINK_LIMIT, f"{where}.text.link.url")}
    return {"content": content, "link": link}


def _read_mention(mention: Json, where: str, user_exists: UserCheck) -> Json:
    if isinstance(mention.get("user"), dict):
        user_id = required_id(mention["user"].get("id"), f"body failed validation: {where}.user.id")
        if not user_exists(user_id):
            raise invalid(f"Could not find user with ID: {user_id}.")
        return {"type": "user", "user": user_id}
    for kind in ("page", "database"):
        if isinstance(mention.get(kind), dict):
            return {"type": kind, kind: {"id": required_id(mention[kind].get("id"), f"{where}.{kind}.id")}}
    if isinstance(mention.get("date"), dict):
        return {"type": "date", "date": {"end": None, "time_zone": None} | mention["date"]}
    raise invalid(f"body failed validation: {where}.user should be defined, instead was `undefined`.")


def text_item(content: str, *, link: str | None = None, **annotations: bool) -> Json:
    """One kept item of plain text."""
    target = None if link is None else {"url": link}
    return {
        "type": "text",
        "text": {"content": content, "link": target},
        "annotations": _PLAIN | annotations,
    }


def plain(content: str) -> list[Json]:
    """Kept rich text for ``content``, split where Notion's limit needs it; empty for an empty string."""
    return [
        text_item(content[start : start + CONTENT_LIMIT]) for start in range(0, len(content), CONTENT_LIMIT)
    ]


def from_markdown(source: str, user_exists: UserCheck) -> list[Json]:
    """Kept rich text for a comment written as markdown; a mention of an unknown user stays as its text."""
    items: list[Json] = []
    position = 0
    for match in _MARKDOWN.finditer(source):
        items += plain(source[position : match.start()])
        items.append(_markdown_item(match, user_exists))
        position = match.end()
    return items + plain(source[position:])


def _markdown_item(match: "re.Match[str]", user_exists: UserCheck) -> Json:
    if match["user"]:
        user_id = canonical(match["user"].removeprefix("user://"))
        if user_id is not None and user_exists(user_id):
            mention: Json = {"type": "user", "user": user_id}
            return {"type": "mention", "mention": mention, "annotations": dict(_PLAIN)}
        return text_item(f"@{match['name']}")
    if match["url"]:
        return text_item(match["label"], link=match["url"])
    if match["bold"]:
        return text_item(match["bold"], bold=True)
    if match["italic"]:
        return text_item(match["italic"], italic=True)
    return text_item(match["code"], code=True)


def write(items: list[Json], user: Callable[[str], Json], name_of: Callable[[str], str]) -> list[Json]:
    """Kept rich text in Notion's response shape; ``user`` renders a mentioned user as the reader may see it."""
    return [_write_item(item, user, name_of) for item in items]


def _write_item(item: Json, user: Callable[[str], Json], name_of: Callable[[str], str]) -> Json:
    kind = item["type"]
    answer: Json = {"type": kind, kind: item[kind], "annotations": item["annotations"], "href": None}
    if kind == "text":
        link = item["text"]["link"]
        answer |= {"plain_text": item["text"]["content"], "href": link["url"] if link else None}
    elif kind == "equation":
        answer["plain_text"] = item["equation"]["expression"]
    elif item["mention"]["type"] == "user":
        user_id = item["mention"]["user"]
        answer |= {
            "mention": {"type": "user", "user": user(user_id)},
            "plain_text": f"@{name_of(user_id)}",
        }
    elif item["mention"]["type"] == "date":
        answer["plain_text"] = item["mention"]["date"].get("start", "")
    else:
        target = item["mention"][item["mention"]["type"]]["id"]
        answer |= {"plain_text": "Untitled", "href": f"https://www.notion.so/{target.replace('-', '')}"}
    return answer


def plain_text(items: list[Json], name_of: Callable[[str], str]) -> str:
    """What a person reads."""
    return "".join(str(item["plain_text"]) for item in write(items, lambda user_id: {"id": user_id}, name_of))
