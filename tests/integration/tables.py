"""DynamoDB's tables as boto3 shows them, in memory: quick with thousands of runs.

Most of a run's time went into requests and answers between boto3 and moto that nobody looks at. ``test_tables.py`` runs
one contract over these tables and over boto3 with moto's, so that what is shown with the quick ones holds with the
others.
"""

from typing import Any

from tests.integration.database import Asked, Database
from tests.integration.rows import Row


class Tables:
    """What boto3 calls a resource."""

    def __init__(self) -> None:
        self.database = Database()
        self.meta = Meta(Client(self.database))

    def make(self, name: str, properties: Asked) -> "Table":
        """Make a table as the template has it."""
        self.database.make(name, properties)
        return self.Table(name)

    def Table(self, name: str) -> "Table":  # noqa: N802 - boto3's name
        """A table."""
        return Table(self, name)


class Table:
    """One table, as boto3's."""

    def __init__(self, tables: Tables, name: str) -> None:
        self._database = tables.database
        self.name = name
        self.meta = tables.meta

    def get_item(self, **asked: Any) -> Row:
        """One row."""
        return self._call("GetItem", asked)

    def put_item(self, **asked: Any) -> Row:
        """Write a row."""
        return self._call("PutItem", asked)

    def update_item(self, **asked: Any) -> Row:
        """Change a row."""
        return self._call("UpdateItem", asked)

    def delete_item(self, **asked: Any) -> Row:
        """Take a row away."""
        return self._call("DeleteItem", asked)

    def query(self, **asked: Any) -> Row:
        """The rows of a partition, page by page."""
        return self._call("Query", asked)

    def scan(self) -> Row:
        """All rows."""
        return self._call("Scan", {})

    def _call(self, operation: str, asked: Asked) -> Row:
        return self._database.call(operation, {"TableName": self.name, **asked})


class Client:
    """What goes over several rows at once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def transact_write_items(self, **asked: Any) -> Row:
        """Up to 100 writes, all or none."""
        return self._database.call("TransactWriteItems", asked)

    def batch_get_item(self, **asked: Any) -> Row:
        """Up to 100 rows."""
        return self._database.call("BatchGetItem", asked)


class Meta:
    """Where boto3 has a table's client."""

    def __init__(self, client: Client) -> None:
        self.client = client
