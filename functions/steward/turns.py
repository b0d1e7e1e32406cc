"""Whose turn it is: how many turns each rule has taken, in the State table.

A turn is taken by the same transaction that plans what it is taken for, so it is taken once, however often a delivery is
repeated and wherever an environment dies; two lanes that want the same turn are told apart by its condition.

Key: ``TURNS#<rule>`` with ``TURNS``.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def taken(table: "Table", rule: str) -> int:
    """How many turns a rule has taken; read consistently."""
    item = table.get_item(Key=_key(rule), ConsistentRead=True).get("Item")
    return 0 if item is None else int(str(item["taken"]))


def taking(rule: str, number: int) -> dict[str, Any]:
    """The write that takes a rule's next turn, if nobody else has: item and condition.

    Args:
        rule: the rule.
        number: how many turns it has taken with this one.
    """
    return {
        "Item": {**_key(rule), "taken": number},
        "ConditionExpression": "attribute_not_exists(pk) OR taken = :before",
        "ExpressionAttributeValues": {":before": number - 1},
    }


def _key(rule: str) -> dict[str, str]:
    return {"pk": f"TURNS#{rule}", "sk": "TURNS"}
