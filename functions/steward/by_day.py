"""The Journal's index ``by-day``: whatever has a ``day`` and an ``at`` that begins with a time, read by time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from steward.documents import iso

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

WITH_THE_LAST = "$"
"""Put after the last time, it takes in what is of that time: the next character after the "#" that follows it."""


def pages(
    table: "Table", first: datetime, last: datetime, and_last: str = "", kind: str = "", **more: Any
) -> Iterator[Any]:
    """Answers of the index, the newest first unless ``more`` says otherwise; it knows days of UTC, so each is asked for.

    A time that ends before it begins holds nothing, and is not asked for: DynamoDB would refuse that.

    Args:
        table: the Journal.
        first: from when on.
        last: before when.
        and_last: ``WITH_THE_LAST``, or nothing.
        kind: what follows the day of rows that are not of events; nothing for those that are.
        more: further parameters of the query.
    """
    first, last = first.astimezone(UTC), last.astimezone(UTC)
    if last < first:
        return
    days = [first.date() + timedelta(days=n) for n in range((last.date() - first.date()).days + 1)]
    times = (f"{iso(first)}", f"{iso(last)}{and_last}")
    for day in days if more.get("ScanIndexForward") else reversed(days):
        asked: dict[str, Any] = {
            "IndexName": "by-day",
            "KeyConditionExpression": Key("day").eq(f"{day.isoformat()}{kind}") & Key("at").between(*times),
            "ScanIndexForward": False,
            **more,
        }
        while True:
            answer = table.query(**asked)
            yield answer
            if "LastEvaluatedKey" not in answer:
                break
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
