"""The tables of the simulated DynamoDB, read and put back beside its API.

A run of a scenario makes some thirty calls; reading and clearing the tables by further calls took as long again.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from tests.integration.stand import REGION


class Tables:
    """All tables of the current mock."""

    def __init__(self) -> None:
        self._tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables

    def rows(self, table: str) -> Iterator[dict[str, str]]:
        """The texts of every row of a table, by attribute."""
        for item in self._tables[table].all_items():
            yield {name: value.value for name, value in item.attrs.items() if value.type == "S"}

    def copy(self, table: str, prefix: str) -> Any:
        """The rows whose partition begins so, for ``put_back``."""
        items = self._tables[table].items
        return deepcopy({key: rows for key, rows in items.items() if key.value.startswith(prefix)})

    def put_back(self, table: str, copied: Any) -> None:
        """Leave a table with these rows only."""
        items = self._tables[table].items
        items.clear()
        items.update(deepcopy(copied))
