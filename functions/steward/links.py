"""The way back along a link: which pages linked to a page, in the State table beside what is known of that page.

It is written before the snapshot that has the link, and is never taken back: whether a page still links there, its own
snapshot knows. Key: ``PAGE#<id>`` with ``LINK#<id of the page that links there>``.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from steward.documents import Item, page_key

_LINK = "LINK#"


def link_item(page_id: str, target_id: str) -> Item:
    """That one page links to another one, seen or not."""
    return {"pk": page_key(target_id), "sk": f"{_LINK}{page_id}"}


def linked_from(items: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The pages that linked to a page, among the items of its partition."""
    return tuple(str(i["sk"]).removeprefix(_LINK) for i in items if str(i["sk"]).startswith(_LINK))
