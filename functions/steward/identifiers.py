"""Notion ids in one spelling.

Notion prints the same id with and without hyphens, depending on the surface; comparing them as strings loses events.
"""

import re

_HEX32 = re.compile(r"[0-9a-f]{32}")


def normalise_id(value: str) -> str:
    """Return ``value`` as a lower-case hyphenated UUID, or stripped but otherwise as it is when it is not a UUID.

    An id that is no UUID is kept: stand-ins and future Notion surfaces may use others, and dropping one loses an event.
    So a signed event about a page that can't be one is taken by ingest, refused by Notion's API, and parked by the processor
    with that reason: nothing documents the shape of an id for good, and a shape that nobody knows is worth the alarm.
    """
    text = value.strip()
    bare = text.replace("-", "").lower()
    if not _HEX32.fullmatch(bare):
        return text
    return f"{bare[:8]}-{bare[8:12]}-{bare[12:16]}-{bare[16:20]}-{bare[20:]}"
