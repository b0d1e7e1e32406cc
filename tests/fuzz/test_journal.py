"""Every event that ingest takes has a row that DynamoDB takes."""

from datetime import datetime
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer
from hypothesis import example, given
from hypothesis import strategies as st

from steward.dialects import normalise
from steward.journal import Decision, Entry, Journal
from tests.fuzz.strategies import NOW, OBJECTS, TEXT, almost_events

PARTITION_KEY, SORT_KEY = 2048, 1024
"""Bytes that DynamoDB allows a key, of a table and of an index."""


class Table:
    """Keeps what was put."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []

    def put_item(self, *, Item: dict[str, Any], **_: object) -> None:  # noqa: N803 - boto3's name
        self.items.append(Item)


@pytest.mark.req("P8")
@given(
    payload=almost_events() | OBJECTS,
    why=TEXT,
    received_at=st.none() | st.datetimes(timezones=st.just(NOW.tzinfo)),
    decision=st.sampled_from(Decision),
)
@example(payload={"id": "😀" * 500}, why="-", received_at=None, decision=Decision.OBSERVED)
def test_any_event_has_a_row(
    payload: dict[str, Any], why: str, received_at: datetime | None, decision: Decision
) -> None:
    table = Table()
    journal = Journal(table, 90, lambda: NOW)  # type: ignore[arg-type]  # as much of a table as a row needs
    journal.record(Entry(normalise(payload), decision, why, None, (), 0, received_at, NOW))

    [item] = table.items
    TypeSerializer().serialize(item)
    assert 0 < len(item["pk"].encode()) <= PARTITION_KEY
    assert 0 < len(item["day"].encode()) <= PARTITION_KEY
    assert 0 < len(item["at"].encode()) <= SORT_KEY
