"""How the ways hang together in which effects become real."""

from collections.abc import Mapping

from processor.mirror_database import MirrorDatabase
from processor.mirror_with import changed_rows, push_way
from processor.reconcile import Reconciler
from processor.shared import Shared
from processor.ways.comment import CommentWay
from processor.ways.direct import DirectWay
from processor.ways.email import EmailWay
from processor.ways.message import MessageWay
from processor.ways.other_side import OtherSide
from processor.ways.row import RowWay
from processor.ways.way import Way
from processor.ways.write import WriteWay
from processor.who import Who
from steward.addresses import Addresses
from steward.clients.email import Email
from steward.clients.slack import Slack
from steward.effects import Kind
from steward.people import People
from steward.slack_people import SlackPeople
from steward.slack_threads import SlackThreads


def ways_with(
    shared: Shared,
    *,
    people: People,
    reconciler: Reconciler,
    slack: Slack,
    email: Email,
    mirror: MirrorDatabase,
) -> Mapping[Kind, Way]:
    """Put them together: one for each kind of effect."""
    memory, connections, rules = shared.memory, shared.connections, shared.rules
    who = Who(people, SlackPeople(memory, slack))
    threads = SlackThreads(memory) if rules.slack.threads else None
    channel = rules.slack.default_channel
    other_side = OtherSide(
        rules=rules,
        state=shared.state,
        connections=connections,
        came_across=reconciler.came_across,
        now=shared.now,
    )
    write = WriteWay(connections, Addresses(memory, connections.users), other_side, reconciler.wrote)
    return {
        Kind.COMMENT: CommentWay(connections),
        Kind.WRITE: push_way(write, changed_rows(mirror, rules), shared, reconciler),
        Kind.MESSAGE: MessageWay(slack, memory, who, threads, channel),
        Kind.DIRECT: DirectWay(MessageWay(slack, memory, who, None, channel), who),
        Kind.EMAIL: EmailWay(email, who),
        Kind.ROW: RowWay(mirror, rules=rules, state=shared.state, now=shared.now),
    }
