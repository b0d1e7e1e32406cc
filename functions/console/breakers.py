"""What rests because its calls failed, or because somebody wanted it. Reads, never writes.

There is a breaker for the lane, one for each further Notion connection, and one for the mirror's database.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from steward.health import Standing
from steward.lane_switch import MIRROR_REST, PAUSE, pause_of
from steward.memory import Memory
from steward.pauses import Cause, Pause, Phase, rest_name

LANE, MIRROR = "Notion, the lane", "PostgreSQL, the mirror"


class State(StrEnum):
    """How a breaker stands."""

    CLOSED = "closed"  # calls are made
    OPEN = "open"  # they are not, but for probes
    PAUSED = "paused"  # an operator holds the lane; no breaker does
    CLOSING = "closing"  # calls are made again, and the event source is about to be enabled


@dataclass(frozen=True, slots=True)
class Breaker:
    """One of them: how it is called, and its record."""

    title: str
    record: Pause

    @property
    def state(self) -> State:
        """How it stands."""
        if self.record.holds:
            return State.PAUSED if self.record.cause is Cause.OPERATOR else State.OPEN
        return State.CLOSING if self.record.phase is Phase.RESUMING else State.CLOSED

    @property
    def since(self) -> datetime | None:
        """Since when it stands so, or None where it never stood otherwise or nobody knows."""
        return self.record.since if self.record.holds else self.record.resumed_at


@dataclass(frozen=True, slots=True)
class Breakers:
    """All of them: the lane's, those of further connections, the mirror's."""

    lane: Breaker
    others: tuple[Breaker, ...]
    mirror: Breaker

    @property
    def open(self) -> tuple[Breaker, ...]:
        """Those that rest without holding the lane."""
        return tuple(one for one in (*self.others, self.mirror) if one.record.holds)

    def standing(self, oldest: timedelta) -> Standing:
        """What health makes its judgement of; ``oldest`` is how long an event may wait."""
        return Standing(self.lane.record, len(self.open), oldest)


def read(memory: Memory, connections: Sequence[str]) -> Breakers:
    """How they stand now; ``connections`` are the names of the further ones."""
    return Breakers(
        Breaker(LANE, pause_of(*memory.recall_version(PAUSE))),
        tuple(
            Breaker(f"Notion, {name}", pause_of(memory.recall(rest_name(name)), 0)) for name in connections
        ),
        Breaker(MIRROR, pause_of(memory.recall(MIRROR_REST), 0)),
    )


def connections_in(rules: Path) -> tuple[str, ...]:
    """The names of the further connections of a rules file; none where it can't be read, which the workers tell of.

    The checked reader needs pydantic, which would cost the console a layer and half of its start for a few names.
    """
    try:
        named: Any = tomllib.loads(rules.read_text(encoding="utf-8")).get("connection", [])
        return tuple(str(one["name"]) for one in named)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, AttributeError, KeyError, TypeError):
        return ()
