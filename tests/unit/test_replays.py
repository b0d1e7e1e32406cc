"""A replay repeats an event's id and nothing of what it claimed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from processor.relevance import SCHEMA_TYPES, News, news_of
from steward import replays
from steward.envelope import decode, encode

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def row(kind: str, **more: Any) -> dict[str, Any]:
    return {"pk": "EVENT#e1", "type": kind, "dialect": "official", "entity": "x", **more}


@pytest.mark.req("O4")
@pytest.mark.parametrize(
    ("of", "entity_type"),
    [
        (row("page.created", occurred_at="2026-11-21T11:00:00+00:00"), "page"),
        (row("page.moved"), "page"),
        (row("sweep", dialect="sweep"), "page"),
        (row("page.updated", dialect="replay"), "page"),
        (row("data_source.schema_updated"), "data_source"),
        (
            row("data_source.schema_updated", dialect="replay"),
            "data_source",
        ),  # of one that was replayed before
        (row("database.deleted"), "database"),
        (row("comment.created"), None),
        (row("file_upload.completed"), None),
        ({"pk": "EVENT#e1", "type": "page.created"}, None),
    ],
)
def test_a_row_is_replayed_by_what_it_is_about(of: dict[str, Any], entity_type: str | None) -> None:
    event = replays.of_row(of)
    if entity_type is None:
        assert event is None
        return
    assert event is not None
    assert (event.id, event.dialect, event.entity_id, event.entity_type) == ("e1", "replay", "x", entity_type)
    assert (event.occurred_at, event.authors, event.updated_properties) == (None, (), ())
    assert event.type == replays.PAGE or event.type in SCHEMA_TYPES
    assert news_of(event, "XGe%40", "Assignee") == News(False, None)
    assert decode(encode(event, NOW)).event == event


def test_an_id_with_a_hash_stays_whole() -> None:
    event = replays.of_row(row("page.created", pk="EVENT#a#b"))
    assert event is not None
    assert event.id == "a#b"
