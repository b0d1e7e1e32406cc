"""The page that a link means: Notion's own URLs, and bare ids. Pure.

A page's URL ends in its id, 32 hexadecimal digits behind its title; one that is opened beside a database has it in ``p``.
Source: the ``url`` of Notion's page objects, and *Copy link* in Notion.
"""

import re
from urllib.parse import parse_qs, urlsplit

from steward.identifiers import normalise_id

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_AT_END = re.compile(r"([0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$")
_HOSTS = ("notion.so", "notion.com", "notion.site")


def linked_page(text: str) -> str | None:
    """The id of the page that a text links to, hyphenated and lower-case; None when it is no link to a page."""
    bare = normalise_id(text)
    if _UUID.fullmatch(bare):
        return bare
    try:
        parts = urlsplit(text.strip())
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not any(host == h or host.endswith(f".{h}") for h in _HOSTS):
        return None
    beside = parse_qs(parts.query).get("p", [""])[0]
    found = _AT_END.search(beside or parts.path.rstrip("/"))
    return normalise_id(found[1]) if found else None


def address_of(page_id: str) -> str:
    """Where a page is opened: Notion's host leads from a bare id to the page in its workspace."""
    return f"https://www.notion.so/{page_id.replace('-', '')}"
