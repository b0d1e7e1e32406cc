"""The desk from its parts: what the handler and a test build alike."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from steward import telemetry
from steward.clients.pager import Pager
from steward.clients.slack import Slack
from steward.incidents.names import Names
from steward.incidents.store import Incidents
from steward.memory import Memory
from steward.slack_channels import SlackChannels
from triage.incidents.by_slack import BySlack, Channels, WhenUnsure
from triage.incidents.damping import Rules
from triage.incidents.desk import Desk
from triage.incidents.runs import Runs
from triage.incidents.telling import Teller

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@dataclass(frozen=True, slots=True)
class Settings:
    """What a team decides.

    Attributes:
        channels: where incidents are told.
        names: how vendors are written, and the dashboard's address.
        rules: how patient the desk is.
        when_unsure: what becomes of a message of which nobody can tell whether it is there.
        journal_days: how long what is over is kept.
    """

    channels: Channels
    names: Names = field(default_factory=Names)
    rules: Rules = field(default_factory=Rules)
    when_unsure: WhenUnsure = "resend"
    journal_days: int = 90


def make_desk(
    settings: Settings,
    *,
    memory: Memory,
    journal: "Table",
    slack: Slack,
    pager: Pager | None,
    now: Callable[[], datetime],
    jitter: Callable[[], float],
    count: telemetry.Count,
) -> Desk:
    """Build the desk.

    Args:
        settings: see there.
        memory: the State table's.
        journal: the Journal table.
        slack: the client.
        pager: reaches on-call without Slack; None when there is none.
        now: our clock.
        jitter: gives a number in [0, 1).
        count: counts what was told.
    """
    store = Incidents(journal, settings.journal_days, now)
    by_slack = BySlack(
        store,
        slack,
        SlackChannels(memory, slack),
        settings.channels,
        settings.names,
        when_unsure=settings.when_unsure,
        now=now,
        jitter=jitter,
        count=count,
    )
    teller = Teller(
        store, by_slack, pager, settings.names, when_unsure=settings.when_unsure, now=now, count=count
    )
    return Desk(Runs(memory, settings.rules.of, settings.rules.pace), store, teller, settings.rules)
