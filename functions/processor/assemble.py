"""How the processor's parts hang together: adapters in, one worker out. Builds no client and reads no environment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from processor.burst import Burst
from processor.current_lane import CurrentLane
from processor.edits import Edits
from processor.found import Finder
from processor.known import Known
from processor.names import Names
from processor.outbox import Outbox
from processor.pipeline import GATHER, Pipeline
from processor.presence import Presence
from processor.reconcile import Reconciler
from processor.settle import Settler, WhenUnsure
from processor.sweep import TIME_TO_STOP, Sweeper
from processor.ticks import Ticks
from processor.vitals import Vitals
from processor.ways.comment import CommentWay
from processor.ways.message import MessageWay
from processor.worker import Worker
from steward import telemetry
from steward.clients.notion import NotionClient
from steward.clients.slack import Slack
from steward.effects import Kind
from steward.journal import Journal
from steward.lane import Lane
from steward.lane_switch import LaneSwitch
from steward.memory import Memory
from steward.pauses import Breaker
from steward.people import People
from steward.rules import Rules
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
    notion: NotionClient,
    slack: Slack,
    logger: Logger,
    count: telemetry.Count,
    now: Callable[[], datetime],
    jitter: Callable[[], float],
    time_left: Callable[[], float],
) -> Worker:
    """Put the processor together."""
    names = Names(People(memory, lambda user_id: notion.user(user_id).body))
    settler = Settler(
        state=state,
        ways={
            Kind.COMMENT: CommentWay(notion),
            Kind.MESSAGE: MessageWay(slack, memory, names.of, rules.slack.default_channel),
        },
        when_unsure=settings.when_unsure,
        now=now,
        jitter=jitter,
        count=count,
    )
    known = Known(memory, lambda: notion.me().body.get("id"))
    reconciler = Reconciler(
        rules=rules, state=state, notion=notion, known=known, margin=settings.margin, now=now
    )
    pipeline = Pipeline(
        rules=rules,
        state=state,
        journal=journal,
        reconciler=reconciler,
        burst=Burst(
            notion=notion,
            reconciler=reconciler,
            known=known,
            mine=current.mine,
            margin=settings.margin,
            now=now,
            time_left=time_left,
        ),
        settler=settler,
        known=known,
        margin=settings.margin,
        now=now,
        calls=current.calls,
        waiting=lane.waiting,
    )
    vitals = Vitals(notion, [source.id for source in rules.data_source])
    finder = Finder(
        state=state,
        journal=journal,
        reconciler=reconciler,
        settler=settler,
        mine=current.mine,
        now=now,
        calls=current.calls,
        vitals=vitals,
        logger=logger,
        count=count,
        quiet_until=lambda: now() + GATHER,
    )

    def out_of_time() -> bool:
        return time_left() < TIME_TO_STOP

    sweeper = Sweeper(
        rules=rules,
        memory=memory,
        edits=Edits(
            memory=memory, notion=notion, known=known, finder=finder, now=now, out_of_time=out_of_time
        ),
        presence=Presence(
            state=state, memory=memory, notion=notion, known=known, finder=finder, out_of_time=out_of_time
        ),
        now=now,
        out_of_time=out_of_time,
        logger=logger,
        count=count,
    )
    return Worker(
        pipeline=pipeline,
        ticks=Ticks(
            lane=lane,
            outbox=Outbox(state=state, settler=settler, lane=lane, now=now, count=count),
            sweeper=sweeper,
            sweep_keeps=settings.sweep_every + TICK_SLACK,
            now=now,
        ),
        lane=lane,
        switch=switch,
        breaker=breaker,
        vitals=vitals,
        enter=current.enter,
        logger=logger,
        count=count,
        jitter=jitter,
        max_receives=settings.max_receives,
    )
