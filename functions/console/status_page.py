"""The public status as a page: what ``steward.incidents.status_text`` tells, with times as times. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from steward.printed import parsed

_TIMES = ("opened_at", "updated_at", "next_update_at", "expected_at", "resolved_at")


def values(told: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What the template ``status`` takes.

    Args:
        told: as ``status_text.document`` gives it.
        now: our clock.
    """
    rows = [{**row, **{name: parsed(row[name]) for name in _TIMES}} for row in told["incidents"]]
    return {"told": {**told, "at": parsed(told["at"]) or now, "incidents": rows}, "at": now}
