"""How the processor's parts hang together: adapters in, one processor out. Builds no client and reads no environment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from processor.aside import Aside
from processor.connections import Connections
from processor.current_lane import CurrentLane
from processor.known import Known
from processor.mirror_database import MirrorDatabase
from processor.mirror_with import changed_rows, mirroring_with
from processor.orders import Orders
from processor.orders_with import baseline_with, compare_with
from processor.ourselves import Ourselves
from processor.outbox import Outbox
from processor.peers import Peers
from processor.pipeline_with import pipeline_with
from processor.recent import Recent
from processor.reconcile import Reconciler
from processor.remind_with import remind_with
from processor.rest import Rest
from processor.resting import Resting
from processor.schema_watch import SchemaWatch
from processor.settle import Settler, WhenUnsure
from processor.shared import Shared
from processor.skipped import Skipped
from processor.stand_in import StandIn
from processor.sweep import TIME_TO_STOP
from processor.sweep_with import sweep_with
from processor.ticks import Ticks
from processor.vitals import Vitals
from processor.ways_with import ways_with
from processor.worker import Worker
from steward import telemetry
from steward.clients.email import Email
from steward.clients.notion import NotionClient
from steward.clients.slack import Slack
from steward.journal import Journal
from steward.lane import Lane
from steward.lane_switch import LaneSwitch
from steward.memory import Memory
from steward.pauses import Breaker
from steward.people import People
from steward.rules import MAIN, Rules
from steward.siding import Siding
from steward.state import State

TICK_SLACK = timedelta(minutes=5)
"""How much later than the time between two sweeps a sweep's tick may come before the next one makes it stale."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator sets.

    Attributes:
        margin: see ``Snapshot.covers``.
        when_unsure: what to do with a notice of which nobody can tell whether it was sent.
        sweep_every: the time between two sweeps.
        max_receives: the lane's maxReceiveCount.
    """

    margin: timedelta
    when_unsure: WhenUnsure
    sweep_every: timedelta
    max_receives: int


@dataclass(frozen=True, slots=True)
class Processor:
    """What the entry point calls.

    Attributes:
        worker: works the messages of the lanes.
        resting: goes on without Notion, while the lanes rest.
    """

    worker: Worker
    resting: Resting


def assemble(
    settings: Settings,
    *,
    rules: Rules,
    state: State,
    memory: Memory,
    journal: Journal,
    lane: Lane,
    current: CurrentLane,
    switch: LaneSwitch,
    breaker: Breaker,
    notions: Mapping[str, NotionClient],
    rests: Mapping[str, Rest],
    siding: Siding,
    slack: Slack,
    email: Email,
    mirror: MirrorDatabase,
    logger: Logger,
    count: telemetry.Count,
    now: Callable[[], datetime],
    jitter: Callable[[], float],
    time_left: Callable[[], float],
) -> Processor:
    """Put the processor together."""
    connections = Connections(notions, rules)
    shared = Shared(
        rules=rules,
        state=state,
        memory=memory,
        journal=journal,
        lane=lane,
        current=current,
        connections=connections,
        known=Known(memory),
        now=now,
        time_left=time_left,
        out_of_time=lambda: time_left() < TIME_TO_STOP,
        logger=logger,
        count=count,
    )
    people = People(memory, connections.user)
    recent = Recent(rules.digest.notices, shared.gather, now)
    ourselves = Ourselves(memory, connections.names, lambda name: connections.named(name).me().body)
    reconciler = Reconciler(
        rules=rules,
        state=state,
        connections=connections,
        known=shared.known,
        people=people,
        peers=Peers(rules, state, shared.known),
        margin=settings.margin,
        now=now,
        count=count,
        skipped=Skipped(logger, count),
    )
    settler = Settler(
        state=state,
        ways=ways_with(shared, people=people, reconciler=reconciler, slack=slack, email=email, mirror=mirror),
        recent=recent,
        when_unsure=settings.when_unsure,
        now=now,
        jitter=jitter,
        count=count,
    )
    schemas = SchemaWatch(
        rules=rules,
        state=state,
        journal=journal,
        known=shared.known,
        settler=settler,
        read=lambda source: connections.of(source).data_source(shared.known.query_id(source)),
        mine=current.mine,
        now=now,
        calls=current.calls,
        logger=logger,
        count=count,
    )
    vitals = Vitals(
        connections.main, [source.id for source in rules.data_source if source.connection == MAIN]
    )
    outbox = Outbox(state=state, settler=settler, lane=lane, now=now, count=count, recent=recent)
    aside = Aside(siding=siding, lane=lane, rests=rests, now=now, count=count)
    check = compare_with(shared, mirror)
    reminders, remembered = remind_with(shared, reconciler)
    worker = Worker(
        pipeline=pipeline_with(shared, settings.margin, reconciler, settler, schemas, ourselves),
        ticks=Ticks(
            lane=lane,
            outbox=outbox,
            aside=aside,
            sweeper=sweep_with(
                shared,
                reconciler=reconciler,
                settler=settler,
                schemas=schemas,
                ourselves=ourselves,
                vitals=vitals,
            ),
            reminders=reminders,
            mirror_check=check,
            mirroring=mirroring_with(shared, changed_rows(mirror, rules), settler),
            sweep_keeps=settings.sweep_every + TICK_SLACK,
            now=now,
        ),
        orders=Orders(baseline_with(shared, reconciler), check),
        lane=lane,
        switch=switch,
        breaker=breaker,
        vitals=vitals,
        aside=aside,
        stand_in=StandIn(
            mirror,
            rules=rules,
            state=state,
            known=shared.known,
            margin=settings.margin,
            now=now,
            logger=logger,
        ).take,
        enter=current.enter,
        logger=logger,
        count=count,
        jitter=jitter,
        max_receives=settings.max_receives,
    )
    resting = Resting(
        switch=switch,
        current=current,
        remembered=remembered,
        outbox=outbox,
        now=now,
        out_of_time=shared.out_of_time,
        logger=logger,
    )
    return Processor(worker, resting)
