"""How the triage's parts hang together: adapters in, one patrol out. Builds no client and reads no environment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from steward import telemetry
from steward.clients.pager import Pager
from steward.clients.slack import Slack
from steward.closings import Closings
from steward.fallback import Fallback
from steward.incidents.names import Names
from steward.incidents.store import Incidents
from steward.journal import Journal
from steward.lane_switch import LaneSwitch
from steward.memory import Memory
from steward.pending_token import Outcome, PendingToken
from steward.post_mortems import PostMortems
from steward.remembered_bot import remembered_bot
from steward.waiting import waiting
from triage.incidents.by_slack import Channels, WhenUnsure
from triage.incidents.damping import Rules
from triage.incidents.desk_with import Settings as DeskSettings
from triage.incidents.desk_with import make_desk
from triage.mitigation.mitigator import Mitigator, Promote
from triage.pace import Pace
from triage.patrol import Books, Patrol
from triage.pulse_writer import PulseWriter
from triage.round import look
from triage.sight import Sight
from triage.vendors import known

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator sets.

    Attributes:
        channel: where incidents are told.
        other_channel: where they go when that one refuses for good; "" for nowhere.
        dashboard_url: of the dashboard; "" for none.
        when_unsure: what becomes of a message of which nobody can tell whether it is there.
        journal_days: how long what is over is kept.
        observe_only: nothing is mitigated; it is only said what would be.
        pace: how often a round is made.
        mirrors: whether a mirror is kept.
    """

    channel: str
    other_channel: str
    dashboard_url: str
    when_unsure: WhenUnsure
    journal_days: int
    observe_only: bool
    pace: Pace
    mirrors: bool


def patrol_with(
    settings: Settings,
    *,
    sight: Sight,
    memory: Memory,
    state_table: "Table",
    journal_table: "Table",
    switch: LaneSwitch,
    pending: PendingToken,
    slack: Slack,
    pager: Pager | None,
    now: Callable[[], datetime],
    jitter: Callable[[], float],
    logger: Logger,
    count: telemetry.Count,
) -> Patrol:
    """Put the patrol together."""
    titles = {name: vendor.title for name, vendor in known().items()}
    desk = make_desk(
        DeskSettings(
            channels=Channels(settings.channel, settings.other_channel),
            names=Names(titles, settings.dashboard_url),
            rules=Rules(pace=settings.pace),
            when_unsure=settings.when_unsure,
            journal_days=settings.journal_days,
        ),
        memory=memory,
        journal=journal_table,
        slack=slack,
        pager=pager,
        now=now,
        jitter=jitter,
        count=count,
    )
    mitigator = Mitigator(
        switch=switch,
        fallback=Fallback(memory, now),
        promote=_promote(pending, memory, logger, count),
        memory=memory,
        now=now,
        observe_only=settings.observe_only,
        pace=settings.pace,
    )
    books = Books(
        memory=memory,
        journal=Journal(journal_table, settings.journal_days, now),
        closings=Closings(journal_table, settings.journal_days, now),
        incidents=Incidents(journal_table, settings.journal_days, now),
        post_mortems=PostMortems(journal_table, now),
        titles=titles,
    )
    pulse = PulseWriter(
        memory,
        books.journal,
        books.closings,
        owed=lambda service: waiting(state_table, service),
        tells_slack=bool(settings.channel),
        mirrors=settings.mirrors,
        now=now,
    )
    return Patrol(lambda: look(sight.looks(), now=now), mitigator, desk, books, pulse, now, logger)


def _promote(pending: PendingToken, memory: Memory, logger: Logger, count: telemetry.Count) -> Promote:
    def promote(tell: Callable[[str], None]) -> bool:
        says = "the pending token proved itself and is in use now"
        try:
            end = pending.prove_and_promote(remembered=remembered_bot(memory), promoted=lambda: tell(says))
        except Exception:
            # Whatever keeps it from being tried must not keep the lane from resting; the next round tries again.
            logger.exception("the pending token could not be tried")
            count(telemetry.BUG)
            return False
        return end.outcome is Outcome.PROMOTED

    return promote
