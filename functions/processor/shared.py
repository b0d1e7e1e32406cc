"""What most of the processor's parts are given. Only the wiring knows it: each part still names what it needs itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from processor.connections import Connections
from processor.current_lane import CurrentLane
from processor.known import Known
from steward import telemetry
from steward.journal import Journal
from steward.lane import Lane
from steward.memory import Memory
from steward.rules import Rules
from steward.state import State


@dataclass(frozen=True, slots=True)
class Shared:
    """Of one environment.

    Attributes:
        rules: the rules file.
        state: the table of pages and effects.
        memory: what else is remembered.
        journal: where it is written down.
        lane: the queue.
        current: whose turn it is.
        connections: Notion.
        known: what is known of Notion's schemas.
        now: our clock.
        time_left: seconds that the invocation has left.
        out_of_time: whether nothing more should be begun.
        logger: logs.
        count: counts.
    """

    rules: Rules
    state: State
    memory: Memory
    journal: Journal
    lane: Lane
    current: CurrentLane
    connections: Connections
    known: Known
    now: Callable[[], datetime]
    time_left: Callable[[], float]
    out_of_time: Callable[[], bool]
    logger: Logger
    count: telemetry.Count

    @property
    def gather(self) -> timedelta:
        """How long messages wait to be gathered."""
        return timedelta(seconds=self.rules.digest.window_seconds)

    def quiet_until(self) -> datetime:
        """Until when messages that are late anyway wait to be gathered."""
        return self.now() + self.gather
