"""How the parts that remind of deadlines hang together."""

from collections.abc import Callable
from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from processor.connections import Connections
from processor.current_lane import CurrentLane
from processor.known import Known
from processor.reconcile import Reconciler
from processor.remembered import Remembered
from processor.remind import Reminders
from processor.reminding import Reminding
from steward import telemetry
from steward.journal import Journal
from steward.memory import Memory
from steward.rules import Rules
from steward.state import State


def remind_with(
    *,
    rules: Rules,
    memory: Memory,
    state: State,
    journal: Journal,
    connections: Connections,
    known: Known,
    reconciler: Reconciler,
    current: CurrentLane,
    lanes: int,
    gather: timedelta,
    now: Callable[[], datetime],
    out_of_time: Callable[[], bool],
    logger: Logger,
    count: telemetry.Count,
) -> tuple[Reminders, Remembered]:
    """Put them together: what works a tick, and what goes on while Notion is away."""
    reminding = Reminding(
        state=state,
        journal=journal,
        reconciler=reconciler,
        now=now,
        calls=current.calls,
        quiet_until=lambda: now() + gather,
        logger=logger,
        count=count,
    )
    remembered = Remembered(
        rules=rules, memory=memory, state=state, reminding=reminding, now=now, out_of_time=out_of_time
    )
    reminders = Reminders(
        rules=rules,
        memory=memory,
        state=state,
        connections=connections,
        known=known,
        reminding=reminding,
        remembered=remembered,
        mine=current.mine,
        lanes=lanes,
        now=now,
        out_of_time=out_of_time,
        logger=logger,
        count=count,
    )
    return reminders, remembered
