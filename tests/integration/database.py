"""DynamoDB in memory, as far as Steward uses it.

What is not known here, an operation, a parameter, a kind of condition, is refused. See ``tables`` for what it is for.
"""

from collections.abc import Callable, Mapping, Sequence
from threading import RLock
from typing import Any

from boto3.dynamodb.conditions import ConditionBase
from botocore.exceptions import ClientError, ParamValidationError

from tests.integration.conditions import equal_to, holds, is_upside_down, matches, projected, updated
from tests.integration.rows import Index, Key, Row, Rows, fresh, kept, size

ROW_BYTES, PAGE_BYTES, MOST_AT_ONCE = 400 * 1024, 1024 * 1024, 100
"""DynamoDB's limits: of a row, of a query's page, of the actions of a transaction and the keys of a batch."""

KEY_BYTES = 2048, 1024
"""What the two parts of a key hold."""

Asked = Mapping[str, Any]

_CONDITIONAL = {
    "TableName",
    "ConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
}
_READ = {"TableName", "ConsistentRead", "ProjectionExpression", "ExpressionAttributeNames"}
_KNOWN: Mapping[str, set[str]] = {
    "GetItem": {"Key", *_READ},
    "PutItem": {"Item", *_CONDITIONAL},
    "UpdateItem": {"Key", "UpdateExpression", *_CONDITIONAL},
    "DeleteItem": {"Key", *_CONDITIONAL},
    "Query": {
        "IndexName",
        "KeyConditionExpression",
        "FilterExpression",
        "ScanIndexForward",
        "Limit",
        "Select",
        "ExclusiveStartKey",
        *_READ,
    },
    "Scan": {"TableName"},
    "TransactWriteItems": {"TransactItems"},
    "BatchGetItem": {"RequestItems"},
}


class Database:
    """Tables, and the operations on them."""

    def __init__(self) -> None:
        self._tables: dict[str, Rows] = {}
        # The triage's probes ask from several threads.
        self._one_at_a_time = RLock()
        self._operations: Mapping[str, Callable[[Asked], Row]] = {
            "GetItem": self._get,
            "PutItem": lambda asked: self._write_one("PutItem", asked),
            "UpdateItem": lambda asked: self._write_one("UpdateItem", asked),
            "DeleteItem": lambda asked: self._write_one("DeleteItem", asked),
            "Query": self._query,
            "Scan": self._scan,
            "TransactWriteItems": self._transact,
            "BatchGetItem": self._get_many,
        }

    def make(self, name: str, properties: Asked) -> None:
        """Make a table as the template has it."""
        self._tables[name] = Rows(properties)

    def rows(self, table: str) -> list[Row]:
        """All rows of a table, as they are kept: to be read only."""
        return list(self._tables[table].by_key.values())

    def put_back(self, table: str, rows: Sequence[Row]) -> None:
        """Leave a table with these rows only."""
        here = self._tables[table]
        for key in list(here.by_key):
            here.delete(key)
        for row in rows:
            here.put(row)

    def call(self, operation: str, asked: Asked) -> Row:
        """Where every operation of every table and client passes: its name and parameters as boto3 has them.

        Raises:
            ClientError: as DynamoDB refuses it.
            ParamValidationError: as boto3 refuses it.
            TypeError: as boto3 refuses a value.
            AssertionError: it is not known here.
        """
        unknown = set(asked) - _KNOWN.get(operation, set())
        assert not unknown, f"these tables do not know {sorted(unknown)} of {operation}"
        with self._one_at_a_time:
            return self._operations[operation](asked)

    def _get(self, asked: Asked) -> Row:
        key = _key(asked["Key"])
        if any(len(part.encode()) > most for part, most in zip(key, KEY_BYTES, strict=True)):
            raise _refused("ValidationException", "GetItem")
        row = self._tables[asked["TableName"]].by_key.get(key)
        return {} if row is None else {"Item": _shown(row, asked)}

    def _get_many(self, asked: Asked) -> Row:
        found = {}
        for name, each in asked["RequestItems"].items():
            keys = [_key(key) for key in each["Keys"]]
            if not keys:
                raise ParamValidationError(report="no keys")
            if len(keys) > MOST_AT_ONCE or len(set(keys)) < len(keys):
                raise _refused("ValidationException", "BatchGetItem")
            rows = self._tables[name].by_key
            found[name] = [fresh(rows[key]) for key in keys if key in rows]
        return {"Responses": found, "UnprocessedKeys": {}}

    def _scan(self, asked: Asked) -> Row:
        return {"Items": fresh(self.rows(asked["TableName"]))}

    def _query(self, asked: Asked) -> Row:
        index = self._tables[asked["TableName"]].indexes[asked.get("IndexName")]
        if asked.get("ConsistentRead") and "IndexName" in asked:
            raise _refused("ValidationException", "Query")
        if is_upside_down(asked["KeyConditionExpression"]):
            raise _refused("ValidationException", "Query")
        rows, last = _page(index, asked)
        wanted: ConditionBase | None = asked.get("FilterExpression")
        found = [row for row in rows if wanted is None or matches(wanted, row)]
        answer: Row = {"Count": len(found), "ScannedCount": len(rows)}
        if asked.get("Select") != "COUNT":
            answer["Items"] = [_shown(_held(row, index), asked) for row in found]
        return answer if last is None else {**answer, "LastEvaluatedKey": index.key_of(last)}

    def _write_one(self, operation: str, asked: Asked) -> Row:
        becomes = self._becomes(operation, operation, asked)
        if becomes is None:
            raise _refused("ConditionalCheckFailedException", operation)
        becomes()
        return {}

    def _transact(self, asked: Asked) -> Row:
        actions = [(kind, each) for action in asked["TransactItems"] for kind, each in action.items()]
        keys = {(each["TableName"], _key(each.get("Item") or each["Key"])) for _, each in actions}
        if not actions:
            raise ParamValidationError(report="no actions")
        if len(actions) > MOST_AT_ONCE or len(keys) < len(actions):
            raise _refused("ValidationException", "TransactWriteItems")
        found = [self._becomes(f"{kind}Item", "TransactWriteItems", each) for kind, each in actions]
        if None in found:
            reasons = [{"Code": "None" if each else "ConditionalCheckFailed"} for each in found]
            raise _refused("TransactionCanceledException", "TransactWriteItems", CancellationReasons=reasons)
        for becomes in found:
            assert becomes is not None
            becomes()
        return {}

    def _becomes(self, operation: str, by: str, asked: Asked) -> Callable[[], None] | None:
        """What a write does to its table; None when its condition does not hold."""
        assert set(asked) <= _KNOWN[operation], f"these tables do not know all of {sorted(asked)}"
        table = self._tables[asked["TableName"]]
        key = _key(asked.get("Item") or asked["Key"])
        there = table.by_key.get(key)
        names, values = asked.get("ExpressionAttributeNames", {}), asked.get("ExpressionAttributeValues", {})
        if "ConditionExpression" in asked and not holds(
            asked["ConditionExpression"], there, names, kept(values)
        ):
            return None
        if operation == "DeleteItem":
            return lambda: table.delete(key)
        row = kept(asked["Item"]) if operation == "PutItem" else None
        if row is None:
            row = updated(asked["UpdateExpression"], there or kept(asked["Key"]), names, kept(values))
        if not table.fits(row) or size(row) > ROW_BYTES:
            raise _refused("ValidationException", by)
        return lambda: table.put(row)


def _key(named: Asked) -> Key:
    return named["pk"], named["sk"]


def _shown(row: Row, asked: Asked) -> Row:
    if "ProjectionExpression" in asked:
        row = projected(asked["ProjectionExpression"], row, asked.get("ExpressionAttributeNames", {}))
    found: Row = fresh(row)
    return found


def _held(row: Row, index: Index) -> Row:
    return row if index.shows is None else {name: row[name] for name in row if name in index.shows}


def _page(index: Index, asked: Asked) -> tuple[list[Row], Row | None]:
    """The rows of a query's next page, and the last of them if it is not the last page."""
    condition, backwards = asked["KeyConditionExpression"], not asked.get("ScanIndexForward", True)
    partition = index.partitions.get(kept(equal_to(condition, index.hash)), {})
    rows = [row for row in partition.values() if matches(condition, row)]
    rows.sort(key=index.place, reverse=backwards)
    if "ExclusiveStartKey" in asked:
        after = index.place(kept(asked["ExclusiveStartKey"]))
        rows = [row for row in rows if (index.place(row) < after if backwards else index.place(row) > after)]
    most, bytes_ = asked.get("Limit", len(rows) + 1), 0
    for number, row in enumerate(rows, 1):
        bytes_ += size(_held(row, index))
        if number == most or bytes_ > PAGE_BYTES:
            return rows[:number], row
    return rows, None


def _refused(code: str, operation: str, **more: object) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": f"{operation} is refused"},
        "ResponseMetadata": {"HTTPStatusCode": 400},
        **more,
    }
    return ClientError(answer, operation)
