"""Find linked pages by their text, the best first (A9).

By PostgreSQL's full text search where the database has it, computed as it is asked for: an index of that kind is what
Aurora DSQL lacks, and some thousand pages need none. Words are looked for as they are and by their English stem, so that
"deploys" finds "deployed" and a word of another language is found as it is written. Where that finds nothing, and on a
database that has none, it is asked by ILIKE: every word must stand there, be it as a part of a longer one.

What is looked for is always a value of a statement, never a part of it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from steward.errors import CallFailed
from steward.mirror.connection import Transactions
from steward.mirror.database import Transaction
from steward.mirror.rows import storable

T = TypeVar("T")

CALL = "postgres.search"

MOST_WORDS, LONGEST = 16, 400
"""Words, and characters, that are looked for; what is beyond them is left out."""

PATIENCE = 60.0
"""Seconds that one statement may take: it reads every text."""

CANDIDATES = 500
"""Texts of which the words are counted: those with the most in the title, and of these the latest."""

AROUND = 160
"""Characters of a snippet."""

NO_FULL_TEXT = frozenset({"0A000", "42601", "42704", "42883"})
"""Refused as not supported, not understood, without such a configuration, without such a function."""

_TEXTS = (
    "(SELECT t.notion_page_id, coalesce(p.name, t.title, '') AS title, t.body, t.edited_at, t.truncated,"
    " p.status, p.trashed_at FROM page_text t LEFT JOIN projects p ON p.notion_page_id = t.notion_page_id) AS texts"
)
_COLUMNS = "SELECT notion_page_id, title, status, body, edited_at, truncated, trashed_at"
_VECTORS = " || ".join(
    f"setweight(to_tsvector('{how}', title), 'A') || to_tsvector('{how}', body)"
    for how in ("english", "simple")
)
# Made once for each page; without OFFSET the planner would make it anew wherever it is used.
_VECTOR = f", LATERAL (SELECT {_VECTORS} AS vector OFFSET 0) AS made"
_ORDER = " ORDER BY rank DESC, edited_at DESC NULLS LAST, notion_page_id LIMIT %s"


@dataclass(frozen=True, slots=True)
class Hit:
    """A page that was found.

    Attributes:
        notion_page_id: the page.
        title: of the page.
        status: in the database's words, or None.
        snippet: where it stands, on one line.
        rank: the greater the better; only to be compared within one search.
        edited_at: the latest edit that the text shows, or None.
        truncated: the page has more than what was searched.
        trashed: the page is in the trash, or gone.
    """

    notion_page_id: str
    title: str
    status: str | None
    snippet: str
    rank: float
    edited_at: datetime | None
    truncated: bool
    trashed: bool


class TextSearch:
    """Searches a database, and remembers whether it has a full text search."""

    def __init__(self, database: Transactions) -> None:
        self._database = database
        self.full_text: bool | None = None

    def find(self, text: str, limit: int, *, trashed: bool = False) -> list[Hit]:
        """The pages that have all of the words.

        Args:
            text: the words; anything may stand between them.
            limit: of hits.
            trashed: also those in the trash.

        Raises:
            CallFailed: as ``Database.run``.
        """
        words = words_of(text)
        if not words:
            return []
        there = "" if trashed else " AND trashed_at IS NULL"
        found = self._by_full_text(words, there, limit)
        if not found:
            # Also where there is a full text search: it knows no part of a word, and no word where none is set apart.
            found = self._database.run(CALL, lambda t: _by_parts(t, words, there, limit), PATIENCE)
        return [_hit(row, words) for row in found]

    def _by_full_text(self, words: Sequence[str], there: str, limit: int) -> list[dict[str, Any]]:
        """The rows; none where the database can't do it."""
        if self.full_text is False:
            return []
        try:
            found = self._database.run(CALL, lambda t: _by_words(t, words, there, limit), PATIENCE)
        except CallFailed as failure:
            if self.full_text or failure.code not in NO_FULL_TEXT:
                raise
            self.full_text = False
            return []
        self.full_text = True
        return found


def words_of(text: str) -> list[str]:
    """What is looked for: the words of a text, each once."""
    found = re.findall(r"[^\W_]+(?:['._-]+[^\W_]+)*", storable(text)[:LONGEST])
    return list(dict.fromkeys(found))[:MOST_WORDS]


def snippet(body: str, words: Sequence[str], around: int = AROUND) -> str:
    """The part of a text in which the most of the words stand, on one line; its beginning when none does."""
    line = " ".join(body.split())
    found = list(_places(line, words))
    if not found:
        return line if len(line) <= around else line[:around].rstrip() + "…"
    first = max(
        found,
        key=lambda place: (len({w for at, w in found if 0 <= at - place[0] < around * 3 // 4}), -place[0]),
    )[0]
    start = max(0, min(first - around // 4, len(line) - around))
    part = line[start : start + around].strip()
    return ("…" if start else "") + part + ("…" if start + around < len(line) else "")


def _places(line: str, words: Sequence[str]) -> list[tuple[int, str]]:
    """Where words stand, at most a hundred of each; one that does not is looked for without its ending."""
    found: list[tuple[int, str]] = []
    for word in words:
        for part in (word, word[: max(4, len(word) - 3)]):
            matches = re.finditer(re.escape(part), line, re.IGNORECASE)
            places = [(match.start(), word) for _, match in zip(range(100), matches, strict=False)]
            if places:
                found += places
                break
    return found


def _by_words(transaction: Transaction, words: Sequence[str], there: str, limit: int) -> list[dict[str, Any]]:
    asked = _spellings(" ".join(words))
    stems, plain = (
        " || ".join([f"plainto_tsquery('{how}', %s)"] * len(asked)) for how in ("english", "simple")
    )
    queries = f", LATERAL (SELECT {stems} AS stems, {plain} AS words) AS queries"
    rank = "ts_rank(vector, stems) + ts_rank(vector, words) AS rank"
    # The beginnings of the words stand in whatever has their stems, and are found forty times as fast.
    parts, values = _parts([word[: max(3, len(word) - 4)] for word in words], there)
    candidates = f" FROM (SELECT *{parts} LIMIT {CANDIDATES}) AS candidates"
    where = " WHERE (vector @@ stems OR vector @@ words)"
    return transaction.rows(
        f"{_COLUMNS}, {rank}{candidates}{_VECTOR}{queries}{where}{_ORDER}", *values, *asked, *asked, limit
    )


def _by_parts(transaction: Transaction, words: Sequence[str], there: str, limit: int) -> list[dict[str, Any]]:
    parts, values = _parts(words, there)
    return transaction.rows(
        f"{_COLUMNS}, in_title AS rank FROM (SELECT *{parts}) AS found{_ORDER}", *values, limit
    )


def _parts(words: Sequence[str], there: str) -> tuple[str, list[Any]]:
    """What follows a SELECT of the texts that have all of these parts, with the share of those in the title."""
    likes = [[_like(spelling) for spelling in _spellings(word)] for word in words]
    share = " + ".join(["CASE WHEN title ILIKE ANY(%s) THEN 1.0 ELSE 0.1 END"] * len(likes))
    every = " AND ".join(["(title ILIKE ANY(%s) OR body ILIKE ANY(%s))"] * len(likes))
    sql = f", ({share}) / {len(likes)} AS in_title FROM {_TEXTS} WHERE {every}{there} ORDER BY in_title DESC, edited_at DESC NULLS LAST"
    return sql, [*likes, *(like for like in likes for _ in range(2))]


def _spellings(text: str) -> list[str]:
    """A text as it may be written: a database of locale C, as every one of DSQL, takes Ü and ü for different letters."""
    if text.isascii():
        return [text]
    return list(dict.fromkeys([text, text.lower(), text.title(), text.upper()]))


def _like(word: str) -> str:
    """A pattern that means the word itself."""
    return "%" + re.sub(r"([\\%_])", r"\\\1", word) + "%"


def _hit(row: dict[str, Any], words: Sequence[str]) -> Hit:
    return Hit(
        notion_page_id=row["notion_page_id"],
        title=row["title"],
        status=row["status"],
        snippet=snippet(row["body"], words),
        rank=float(row["rank"]),
        edited_at=row["edited_at"],
        truncated=row["truncated"],
        trashed=row["trashed_at"] is not None,
    )
