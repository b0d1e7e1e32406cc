"""What of a service's effects is still owed: read by who only wants to know how the service is."""

from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from steward.documents import effect_of
from steward.effects import Effect

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEYS = 200
"""Keys of the index that are read: a kilobyte for ten of them. Behind those it is late for everybody."""

LOOKS = 3
"""Effects that are looked at: of what waits for one service the others have nothing else to tell."""


def waiting(table: "Table", kind: str) -> list[Effect]:
    """The effects of a service that are owed, those first that may be tried first; a few at most.

    Args:
        table: the State table.
        kind: how the kinds of its effects begin, ``slack`` or ``postgres``.
    """
    # The index has keys only, and may be a moment behind: what it names may be done, or gone.
    answer: Any = table.query(IndexName="due", KeyConditionExpression=Key("due").eq("effect"), Limit=KEYS)
    ours = [item for item in answer["Items"] if _service(str(item["sk"])) == kind]
    looked = (table.get_item(Key={"pk": item["pk"], "sk": item["sk"]}) for item in ours[:LOOKS])
    found = [effect_of(got["Item"]) for got in looked if "Item" in got]
    return [effect for effect in found if effect.is_open]


def _service(sort_key: str) -> str:
    """``slack`` of ``EFFECT#<version>#slack.message#<id>``; see ``state``."""
    parts = sort_key.split("#")
    return parts[2].partition(".")[0] if len(parts) > 3 else ""
