"""The footnotes of a draft: ``[J3]`` is a row of the journal, ``[Q2]`` a query that finds all rows of a number. Pure."""

from collections.abc import Iterable

from triage.post_mortem.facts import Found
from triage.post_mortem.markdown import escape, exact, table
from triage.post_mortem.queries import WORDS, Query
from triage.post_mortem.rows import Cited


class References:
    """Gives each row and each query its number, in the order in which they are cited."""

    def __init__(self, few: int) -> None:
        """Make it.

        Args:
            few: rows of one query that are named; 0 names none, and the query says it all.
        """
        self._few = few
        self._rows: dict[Cited, int] = {}
        self._queries: dict[Query, tuple[int, int]] = {}

    def row(self, cited: Cited) -> str:
        """A row."""
        return f"[J{self._rows.setdefault(cited, len(self._rows) + 1)}]"

    def rows(self, cited: Iterable[Cited]) -> str:
        """Some rows."""
        return " ".join(self.row(one) for one in cited)

    def query(self, found: Found) -> str:
        """All rows of a query, by the query alone."""
        number, _ = self._queries.setdefault(found.query, (len(self._queries) + 1, found.count))
        return f"[Q{number}]"

    def all(self, found: Found) -> str:
        """All rows of a query: itself, the first few, and how many more there are."""
        named = " ".join([self.query(found), *(self.row(one) for one in found.items[: self._few])])
        more = found.count - self._few
        return f"{named} and {more} more" if self._few > 0 and more > 0 else named

    @property
    def queries(self) -> tuple[str, ...]:
        """The names of the queries, in the order of their numbers."""
        return tuple(str(query) for query in self._queries)

    def list_rows(self) -> list[str]:
        """The table of the rows."""
        lines = [(f"J{number}", _key(cited)) for cited, number in self._rows.items()]
        return table(("row", "key: partition, sort, effect"), lines)

    def list_queries(self) -> list[str]:
        """The table of the queries."""
        lines = [
            (f"Q{number}", exact(str(query)), str(count), escape(WORDS[query.selection]))
            for query, (number, count) in self._queries.items()
        ]
        return table(("query", "name", "finds", "what it asks for"), lines)


def _key(cited: Cited) -> str:
    return " ".join(exact(part) for part in (cited.pk, cited.sk, cited.effect) if part)
