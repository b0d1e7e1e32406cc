"""Whether the subscription was heard from lately, against the rhythm that the triage learnt."""

from collections.abc import Sequence
from datetime import timedelta

from infra.operate.doctor.by_finding import line_of
from infra.operate.doctor.line import Line, warning
from infra.operate.doctor.stack import Stack
from steward.lane_switch import PAUSE, pause_of
from triage.probes import backlog, webhooks

NAME = "webhooks"

RECENT = timedelta(hours=1)
"""Of the journal, what is read first."""


def look(stack: Stack) -> Sequence[Line]:
    """Ask the journal; nothing that is learnt by the way is kept."""
    memory, journal, now = stack.memory(), stack.journal(), stack.now()
    rhythm = webhooks.remembered(memory, journal, stack.journal_days, now)
    last, lost = webhooks.last_webhook(memory, journal, journal.newest(now - RECENT, now, limit=100), now)
    waiting = backlog.depth_of(stack.client("sqs"), stack.target.output("LaneQueueUrl")).all
    held = waiting > backlog.TICKS or pause_of(*memory.recall_version(PAUSE)).holds
    finding = webhooks.finding_of(rhythm, last, lost, now, held=held)
    if last is None:
        return [warning(NAME, "none was ever heard of", "run `subscribe`; then change a page in Notion")]
    return [line_of(NAME, finding)]
