"""How the ways hang together in which effects become real."""

from collections.abc import Callable, Mapping
from datetime import datetime

from processor.connections import Connections
from processor.reconcile import Reconciler
from processor.ways.comment import CommentWay
from processor.ways.direct import DirectWay
from processor.ways.email import EmailWay
from processor.ways.message import MessageWay
from processor.ways.other_side import OtherSide
from processor.ways.way import Way
from processor.ways.write import WriteWay
from processor.who import Who
from steward.addresses import Addresses
from steward.clients.email import Email
from steward.clients.slack import Slack
from steward.effects import Kind
from steward.memory import Memory
from steward.people import People
from steward.rules import Rules
from steward.slack_people import SlackPeople
from steward.slack_threads import SlackThreads
from steward.state import State


def ways_with(
    *,
    rules: Rules,
    state: State,
    memory: Memory,
    connections: Connections,
    people: People,
    reconciler: Reconciler,
    slack: Slack,
    email: Email,
    now: Callable[[], datetime],
) -> Mapping[Kind, Way]:
    """Put them together: one for each kind of effect."""
    who = Who(people, SlackPeople(memory, slack))
    threads = SlackThreads(memory) if rules.slack.threads else None
    channel = rules.slack.default_channel
    other_side = OtherSide(
        rules=rules, state=state, connections=connections, came_across=reconciler.came_across, now=now
    )
    return {
        Kind.COMMENT: CommentWay(connections),
        Kind.WRITE: WriteWay(connections, Addresses(memory, connections.users), other_side, reconciler.wrote),
        Kind.MESSAGE: MessageWay(slack, memory, who, threads, channel),
        Kind.DIRECT: DirectWay(MessageWay(slack, memory, who, None, channel), who),
        Kind.EMAIL: EmailWay(email, who),
    }
