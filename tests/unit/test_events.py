"""Events of every dialect become one thing; nothing raises; nothing is lost on the lane."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.operate.samples import DATA_SOURCE, PAGE, sample_event
from steward.dialects import normalise
from steward.envelope import decode, encode
from steward.errors import Undecodable
from steward.event_fields import Author
from steward.events import OFFICIAL_TYPES, from_json, to_json
from steward.lane import lane_of

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SAMPLES = json.loads((Path(__file__).parents[1] / "fixtures" / "official_webhook_samples.json").read_text())[
    "samples"
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(
    [
        "id",
        "type",
        "event_type",
        "object",
        "entity",
        "data",
        "parent",
        "authors",
        "timestamp",
        "attempt_number",
        "updated_properties",
        "workspace_id",
    ]
)


@pytest.mark.req("I5")
def test_there_are_31_official_types() -> None:
    assert len(OFFICIAL_TYPES) == 31


@pytest.mark.req("I5")
@pytest.mark.parametrize("kind", sorted(OFFICIAL_TYPES))
def test_every_official_type_is_read(kind: str) -> None:
    event = normalise(sample_event(kind, now=NOW, event_id="e"))

    assert (event.id, event.type, event.dialect, event.occurred_at) == ("e", kind, "official", NOW)
    assert event.entity_type == kind.partition(".")[0]
    assert event.entity_id == PAGE


@pytest.mark.req("I5")
@pytest.mark.parametrize("sample", SAMPLES, ids=[s["type"] for s in SAMPLES])
def test_the_documents_own_samples_are_read_although_they_lack_an_api_version(sample: dict[str, Any]) -> None:
    event = normalise(sample)

    assert event.id == sample["id"]
    assert event.entity_id == sample["entity"]["id"]
    assert event.authors == (Author("c7c11cca-1d73-471d-9b6e-bdef51470190", "person"),)
    assert event.api_version is None


def test_a_properties_update_names_the_properties_and_the_data_source() -> None:
    event = normalise(sample_event("page.properties_updated", now=NOW, properties=["XGe%40", "title"]))

    assert event.updated_properties == ("XGe%40", "title")
    assert event.data_source_id == DATA_SOURCE


@pytest.mark.req("I5")
@pytest.mark.parametrize(
    ("payload", "dialect"),
    [
        (
            {"event_type": "page.updated", "data": {"id": PAGE.replace("-", ""), "properties": {"A": {}}}},
            "event_type",
        ),
        (
            {"type": "page.updated", "object": {"object": "page", "id": PAGE, "properties": {"A": {}}}},
            "object",
        ),
        ({"event_type": "page.updated", "data": {"page_id": PAGE, "properties": {"A": {}}}}, "event_type"),
    ],
)
def test_the_older_dialects_are_read_with_their_inline_properties(
    payload: dict[str, Any], dialect: str
) -> None:
    event = normalise(payload)

    assert (event.dialect, event.type, event.entity_type, event.entity_id) == (
        dialect,
        "page.updated",
        "page",
        PAGE,
    )
    assert event.inline == {"A": {}}


@pytest.mark.req("P3")
def test_an_event_without_an_id_has_the_same_one_at_every_delivery() -> None:
    payload = {"event_type": "page.updated", "data": {"id": PAGE}}

    first, again = normalise({**payload, "attempt_number": 1}), normalise({**payload, "attempt_number": 2})
    other = normalise({**payload, "timestamp": "2026-11-20T12:00:00Z"})

    assert first.id == again.id
    assert first.id != other.id


@pytest.mark.req("I5")
@pytest.mark.parametrize(
    "payload", [{}, {"type": "moon.risen", "entity": {"id": "m", "type": "moon"}}, {"hello": 1}]
)
def test_an_unknown_type_or_shape_is_an_event_all_the_same(payload: dict[str, Any]) -> None:
    assert normalise(payload).type in ("unknown", "moon.risen")


@pytest.mark.parametrize(
    "stamp", ["1970-01-01T00:00:00Z", "2200-01-01T00:00:00Z", "soon", 7, None, "9999-99-99"]
)
def test_an_absurd_time_is_no_time(stamp: object) -> None:
    assert normalise({**sample_event("page.created", now=NOW), "timestamp": stamp}).occurred_at is None


@pytest.mark.req("I7")
@given(st.dictionaries(KEYS, JSON, max_size=8))
def test_no_json_object_makes_it_raise_and_the_lane_gives_back_the_same_event(
    payload: dict[str, Any],
) -> None:
    event = normalise(payload)

    assert from_json(json.loads(json.dumps(to_json(event)))) == event
    assert decode(encode(event, NOW)).event == event


@pytest.mark.parametrize(
    "body", ["", "7", "[]", "{}", '{"v":"1"}', '{"v":1}', '{"v":2,"kind":"event"}', "[" * 100_000]
)
def test_a_message_that_is_no_envelope_is_undecodable(body: str) -> None:
    with pytest.raises(Undecodable):
        decode(body)


@given(JSON)
def test_no_event_document_raises_anything_but_undecodable(document: object) -> None:
    try:
        event = from_json(document)
    except Undecodable:
        return
    assert event.id


def test_a_page_always_has_the_same_lane_and_pages_spread_over_all() -> None:
    assert {lane_of(f"page-{n}", 4) for n in range(100)} == {0, 1, 2, 3}
    assert len({lane_of("page", 4) for _ in range(10)}) == 1
    assert lane_of(None, 1) == 0
