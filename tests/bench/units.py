"""DynamoDB's request units, by its own rules from the sizes of the items.

A write costs a unit for each KiB of the larger of what was there and what comes, twice that in a transaction, and once more
for each index that it changes; a read costs a unit for each 4 KiB, half of that where it need not be consistent, and for a
query by all that it passed. Source: DynamoDB Developer Guide, "Read and write operations" and "Transactions".
"""

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any

from tests.integration.database import Database
from tests.integration.rows import Index, Row, Rows, kept, size


def written(database: Database, operation: str, asked: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    """Units of each write of an operation, and by how many bytes what is kept grows with it."""
    if operation == "TransactWriteItems":
        for action in asked["TransactItems"]:
            for each in action.values():
                units, more = _write(database, each)
                yield 2 * units, more
    elif operation in ("PutItem", "UpdateItem", "DeleteItem"):
        yield _write(database, asked)


def _write(database: Database, asked: Mapping[str, Any]) -> tuple[int, int]:
    rows: Rows = database._tables[asked["TableName"]]
    key = asked.get("Item") or asked["Key"]
    before = rows.by_key.get((key["pk"], key["sk"]))
    after = kept(asked["Item"]) if "Item" in asked else before
    units = max(_kib(before), _kib(after), 1)
    indexes = [index for name, index in rows.indexes.items() if name is not None]
    units += sum(_index_units(index, before, after) for index in indexes)
    return units, _bytes(after) - _bytes(before)


def _index_units(index: Index, before: Row | None, after: Row | None) -> int:
    """An index entry that comes or goes is a write, one that moves are two; one that stays as it is costs nothing."""
    was, becomes = _entry(index, before), _entry(index, after)
    if was == becomes:
        return 0
    moved = was is not None and becomes is not None and index.place(was) != index.place(becomes)
    return (_kib(was) + _kib(becomes)) if moved else max(_kib(was), _kib(becomes), 1)


def _entry(index: Index, row: Row | None) -> Row | None:
    if row is None or not index.holds(row):
        return None
    return row if index.shows is None else {name: row[name] for name in row if name in index.shows}


def read(database: Database, operation: str, asked: Mapping[str, Any], answer: Row) -> float:
    """Units of an operation's reads; a transaction's conditions are paid with its writes."""
    share = 1.0 if asked.get("ConsistentRead") else 0.5
    if operation == "GetItem":
        return share * max(_quarters(_bytes(answer.get("Item"))), 1)
    if operation == "Query":
        # A filter or a projection saves nothing: what was passed is paid. An answer of counts is taken as of small rows.
        passed = sum(_bytes(row) for row in answer.get("Items", [])) or 100 * int(answer["ScannedCount"])
        return share * max(_quarters(passed), 1)
    if operation == "BatchGetItem":
        return sum(
            (1.0 if each.get("ConsistentRead") else 0.5)
            * max(len(each["Keys"]), sum(_quarters(_bytes(row)) for row in answer["Responses"][name]))
            for name, each in asked["RequestItems"].items()
        )
    return 0.0


def _bytes(row: Row | None) -> int:
    return 0 if row is None else size(row)


def _kib(row: Row | None) -> int:
    return ceil(_bytes(row) / 1024)


def _quarters(count: int) -> int:
    return ceil(count / 4096)
