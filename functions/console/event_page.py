"""An event's own page: its explanation as the page needs it, every name there and times as times. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from console.event_lines import address, outcome_of
from steward.explanation_text import lines
from steward.printed import parsed

_TIMES = ("occurred_at", "received_at", "finished_at")
_EFFECT_TIMES = ("planned_at", "started_at", "done_at")
_EFFECT = ("person", "rule", "reason", "external_id", "digest", "other_page")


def values(found: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What the template ``event`` takes.

    Args:
        found: as ``steward.explanation`` gives it.
        now: our clock.
    """
    event = found["event"]
    return {
        "found": {
            **found,
            "event": {
                "entity": None,
                "title": None,
                "latency_ms": None,
                **event,
                **{name: parsed(event.get(name)) for name in _TIMES},
            },
            "effects": [_effect(effect) for effect in found["effects"]],
            "attempts": found.get("attempts"),
            "exception": found.get("exception"),
        },
        "text": "\n".join(lines(found)),
        "at": now,
        "address": address(event["type"], event.get("entity")),
        "outcome": outcome_of(found, {}),
    }


def _effect(effect: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **dict.fromkeys(_EFFECT),
        **effect,
        **{name: parsed(effect.get(name)) for name in _EFFECT_TIMES},
        "attempts": int(effect["attempts"]),
    }
