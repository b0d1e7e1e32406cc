"""What is known of some pages now: their snapshots, by one read of the State table for up to a hundred of them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from steward.documents import page_key, snapshot_of
from steward.snapshots import Snapshot

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

MOST = 100
"""Keys that DynamoDB takes in one call."""


def snapshots_of(state: "Table", page_ids: Iterable[str]) -> dict[str, Snapshot]:
    """Page id → its snapshot, without those that were never seen.

    Read without consistency: it says whose a page is, which nobody decides by. What DynamoDB leaves unread under strain
    is left out, for the same reason.

    Args:
        state: the State table.
        page_ids: at most ``MOST`` different ones; further ones are left out.
    """
    ids = list(dict.fromkeys(page_ids))[:MOST]
    if not ids:
        return {}
    keys: Any = [{"pk": page_key(id_), "sk": "SNAPSHOT"} for id_ in ids]
    answer: Any = state.meta.client.batch_get_item(RequestItems={state.name: {"Keys": keys}})
    found = (snapshot_of(item) for item in answer["Responses"].get(state.name, []))
    return {snapshot.page_id: snapshot for snapshot in found}
