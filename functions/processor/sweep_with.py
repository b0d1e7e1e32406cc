"""How the parts of the sweep hang together."""

from collections.abc import Callable
from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from processor.connections import Connections
from processor.current_lane import CurrentLane
from processor.edits import Edits
from processor.found import Finder
from processor.known import Known
from processor.presence import Presence
from processor.reconcile import Reconciler
from processor.schema_watch import SchemaWatch
from processor.settle import Settler
from processor.sweep import Sweeper
from processor.vitals import Vitals
from steward import telemetry
from steward.journal import Journal
from steward.memory import Memory
from steward.rules import Rules
from steward.state import State


def sweep_with(
    *,
    rules: Rules,
    state: State,
    memory: Memory,
    journal: Journal,
    connections: Connections,
    known: Known,
    reconciler: Reconciler,
    settler: Settler,
    schemas: SchemaWatch,
    our_bots: Callable[[str], frozenset[str]],
    vitals: Vitals,
    current: CurrentLane,
    gather: timedelta,
    now: Callable[[], datetime],
    out_of_time: Callable[[], bool],
    logger: Logger,
    count: telemetry.Count,
) -> Sweeper:
    """Put them together."""
    finder = Finder(
        state=state,
        journal=journal,
        reconciler=reconciler,
        settler=settler,
        mine=current.mine,
        our_bots=our_bots,
        now=now,
        calls=current.calls,
        vitals=vitals,
        logger=logger,
        count=count,
        quiet_until=lambda: now() + gather,
    )
    return Sweeper(
        rules=rules,
        memory=memory,
        edits=Edits(
            memory=memory,
            connections=connections,
            known=known,
            finder=finder,
            now=now,
            out_of_time=out_of_time,
        ),
        presence=Presence(
            state=state,
            memory=memory,
            connections=connections,
            known=known,
            finder=finder,
            out_of_time=out_of_time,
        ),
        schemas=schemas,
        now=now,
        out_of_time=out_of_time,
        logger=logger,
        count=count,
    )
