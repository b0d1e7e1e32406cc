"""The tables of a stand, read and put back beside their operations, which the wire would count."""

from collections.abc import Iterator
from typing import Any

from tests.integration.database import Database
from tests.integration.rows import fresh


class Tables:
    """All tables of a stand that has them in memory."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(self, table: str) -> Iterator[dict[str, str]]:
        """The texts of every row of a table, by attribute."""
        for row in self._database.rows(table):
            yield {name: value for name, value in row.items() if isinstance(value, str)}

    def copy(self, table: str, prefix: str) -> Any:
        """The rows whose partition begins so, for ``put_back``."""
        return fresh([row for row in self._database.rows(table) if row["pk"].startswith(prefix)])

    def put_back(self, table: str, copied: Any) -> None:
        """Leave a table with these rows only."""
        self._database.put_back(table, fresh(copied))
