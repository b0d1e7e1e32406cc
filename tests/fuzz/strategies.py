"""What hostile or broken senders send: text that is no Unicode, JSON of any shape, and events that are almost right."""

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from infra.operate.samples import DIALECTS, older_event, sample_event
from steward.events import OFFICIAL_TYPES

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

NASTY = (
    "\ud83d",  # half an emoji, as JavaScript cuts it
    "a\udfff",
    "\x00",
    "\x7f" * 7,
    "\ufffe",
    "\u2028",
    "é" * 33,
    "😀" * 501,
    " ",
    "-",
    "0" * 32,
    "%",
    "%ff",
    "..",
    "NaN",
    "1e999",
    "9" * 400,
    "٣",
    "1970-01-01T00:00:00Z",
    "2200-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999-23:59",
    "0001-01-01T00:00:00+23:59",
    "2026-11-20T12:00:00",
    "2026-11-20T12:00:00.008888Z",
    "-2026-11-20T12:00:00Z",
    "20261120T120000Z",
    "2026-W47-5",
)

WORDS = (
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
    "data_source_id",
    "properties",
    "page",
    "people",
    "title",
    "plain_text",
    "text",
    "content",
    "name",
    "v",
    "kind",
    "event",
    "settle",
    "received_at",
    "verification_token",
    "challenge",
    "webhook_challenge",
    "page.properties_updated",
)

TEXT = st.text(st.characters(), max_size=30) | st.sampled_from(NASTY + WORDS)
"""Any text, lone surrogates and the project's own words among it."""

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXT
    | st.sampled_from([10**400, -1, 2**63, 1e308])
)

JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=14,
)
"""Any JSON value."""

OBJECTS = st.dictionaries(TEXT, JSON, max_size=8)
"""Any JSON object."""


def nested(depth: int, leaf: object, name: str | None) -> Any:
    """A value inside so many lists, or so many objects."""
    value: Any = leaf
    for _ in range(depth):
        value = [value] if name is None else {name: value}
    return value


@st.composite
def almost_events(draw: st.DrawFn) -> dict[str, Any]:
    """A documented event of any dialect, in which up to four places hold something else."""
    kinds = [*sorted(OFFICIAL_TYPES), *DIALECTS[1:]]
    kind = draw(st.sampled_from(kinds))
    payload = older_event(kind, now=NOW) if kind in DIALECTS else sample_event(kind, now=NOW, event_id="e")
    for _ in range(draw(st.integers(0, 4))):
        graft(draw, payload, JSON)
    return payload


@st.composite
def deep_events(draw: st.DrawFn) -> bytes:
    """An event in which something is nested deeply, as the bytes of its JSON: no serialiser of ours could make it."""
    depth = draw(st.integers(1, 3000))
    opening, closing = draw(st.sampled_from([("[", "]"), ('{"a":', "}")]))
    text = opening * depth + "1" + closing * depth
    frame = draw(
        st.sampled_from(
            [
                '{"x":%s}',
                '{"event_type":"page.updated","data":{"id":"p","properties":{"A":%s}}}',
                '{"id":"e","x":%s}',
            ]
        )
    )
    return (frame % text).encode()


def graft(draw: st.DrawFn, root: Any, values: st.SearchStrategy[Any]) -> None:
    """Put a value somewhere into a document, or take one away."""
    place = root
    while True:
        keys: list[Any] = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        if isinstance(place[key], dict | list) and draw(st.booleans()):
            place = place[key]
            continue
        if draw(st.booleans()):
            place[key] = draw(values)
        else:
            del place[key]
        return


BODIES = st.one_of(
    st.binary(max_size=200),
    st.builds(lambda value: json.dumps(value).encode(), JSON | OBJECTS | almost_events()),
    st.builds(
        lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"), almost_events()
    ),
    deep_events(),
)
"""Bodies: bytes, JSON in both spellings, almost events, deep ones."""
