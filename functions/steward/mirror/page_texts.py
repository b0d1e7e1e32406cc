"""The table ``page_text``: the text of linked pages (A9). Everything happens in its caller's transaction.

A text that was seen earlier never takes the place of one that was seen later. The text of a page in the trash stays, as
its row in ``projects`` does, and is not found while that row is marked.
"""

from dataclasses import dataclass
from datetime import datetime

from steward.mirror.database import Transaction
from steward.mirror.rows import storable


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of a page.

    Attributes:
        notion_page_id: the page, hyphenated.
        title: of the page.
        body: see ``block_text``.
        observed_at: when the first of it was read, by Notion's clock.
        edited_at: the latest edit that it shows, a minute; None when Notion did not say.
        truncated: the page has more.
    """

    notion_page_id: str
    title: str
    body: str
    observed_at: datetime
    edited_at: datetime | None
    truncated: bool


def put(transaction: Transaction, text: PageText) -> bool:
    """Write the text of a page; False when a later one is there, which stays."""
    written = transaction.run(
        "INSERT INTO page_text (notion_page_id, title, body, observed_at, edited_at, truncated)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (notion_page_id) DO UPDATE SET"
        " title = excluded.title, body = excluded.body, observed_at = excluded.observed_at,"
        " edited_at = excluded.edited_at, truncated = excluded.truncated"
        " WHERE page_text.observed_at <= excluded.observed_at",
        text.notion_page_id,
        storable(text.title),
        storable(text.body),
        text.observed_at,
        text.edited_at,
        text.truncated,
    )
    return written == 1


def observed_at(transaction: Transaction, page_id: str) -> datetime | None:
    """When the text of a page was seen that is there; None without one."""
    found = transaction.row("SELECT observed_at FROM page_text WHERE notion_page_id = %s", page_id)
    seen: datetime | None = found["observed_at"] if found else None
    return seen


def is_linked(transaction: Transaction, page_id: str) -> bool:
    """Whether a page has a row in ``projects``."""
    return transaction.row("SELECT id FROM projects WHERE notion_page_id = %s", page_id) is not None
