"""The rows of a DynamoDB table in memory: kept by key and by each index, as what DynamoDB keeps of Python's values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
Key = tuple[str, str]

_KINDS: Mapping[str, type] = {"S": str, "N": Decimal}


@dataclass(frozen=True, slots=True)
class Index:
    """What a query goes along: the table itself, or a secondary index.

    Attributes:
        hash: the attribute of its partitions.
        range: the attribute of its order.
        shows: the attributes that it holds; None for all.
        partitions: rows by partition and key.
    """

    hash: str
    range: str
    shows: frozenset[str] | None
    partitions: dict[Any, dict[Key, Row]] = field(default_factory=dict)

    def holds(self, row: Row) -> bool:
        """Whether a row is to be found along it."""
        return self.hash in row and self.range in row

    def place(self, row: Row) -> tuple[Any, ...]:
        """Where a row stands among those of its partition."""
        return (row[self.range], row["pk"], row["sk"])

    def key_of(self, row: Row) -> Row:
        """What names a row to the query that goes on after it."""
        return {name: row[name] for name in dict.fromkeys(("pk", "sk", self.hash, self.range))}


class Rows:
    """One table."""

    def __init__(self, properties: Mapping[str, Any]) -> None:
        """Make it as the template has it."""
        self.by_key: dict[Key, Row] = {}
        self._kinds = {
            each["AttributeName"]: _KINDS[each["AttributeType"]]
            for each in properties["AttributeDefinitions"]
        }
        self.indexes: dict[str | None, Index] = {None: Index(*_names(properties["KeySchema"]), None)}
        for each in properties.get("GlobalSecondaryIndexes", []):
            names = _names(each["KeySchema"])
            whole = each["Projection"]["ProjectionType"] == "ALL"
            shows = None if whole else frozenset(("pk", "sk", *names))
            self.indexes[each["IndexName"]] = Index(*names, shows)

    def fits(self, row: Row) -> bool:
        """Whether what the table is keyed by is there and not empty, and what it is indexed by is of its type."""
        kinds = all(isinstance(row[name], kind) for name, kind in self._kinds.items() if name in row)
        return kinds and all(row.get(name) for name in ("pk", "sk"))

    def put(self, row: Row) -> None:
        """Write a row over whatever has its key."""
        key = (row["pk"], row["sk"])
        self.delete(key)
        self.by_key[key] = row
        for index in self.indexes.values():
            if index.holds(row):
                index.partitions.setdefault(row[index.hash], {})[key] = row

    def delete(self, key: Key) -> None:
        """Take a row away, if it is there."""
        row = self.by_key.pop(key, None)
        for index in self.indexes.values():
            if row is not None and index.holds(row):
                del index.partitions[row[index.hash]][key]


def kept(value: Any) -> Any:
    """A value as DynamoDB keeps it and boto3 gives it back: numbers are decimals, sequences lists; a copy in depth.

    Raises:
        TypeError: boto3 does not take it.
    """
    if type(value) is str or value is None or isinstance(value, bool | Decimal):  # most are texts
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, Mapping):
        return {name: kept(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [kept(each) for each in value]
    raise TypeError(f"Unsupported type {type(value)!r} for value {value!r}")


def fresh(value: Any) -> Any:
    """A copy of what is kept, for whoever may change it."""
    if isinstance(value, dict):
        return {name: each if type(each) is str else fresh(each) for name, each in value.items()}
    return [fresh(each) for each in value] if isinstance(value, list) else value


def size(value: Any) -> int:
    """About so many bytes, as DynamoDB counts them against its limits."""
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode())
    if isinstance(value, dict):
        # Most of a row are short texts: a call less for each of them is a twentieth of a run's time.
        return 3 + sum(
            [
                1 + len(name) + (len(each) if type(each) is str and each.isascii() else size(each))
                for name, each in value.items()
            ]
        )
    if isinstance(value, list):
        return 3 + sum([1 + size(each) for each in value])
    return 1 + len(value.as_tuple().digits) // 2 if isinstance(value, Decimal) else 1


def _names(schema: list[Mapping[str, str]]) -> tuple[str, str]:
    by_kind = {each["KeyType"]: each["AttributeName"] for each in schema}
    return by_kind["HASH"], by_kind["RANGE"]
