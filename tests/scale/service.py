"""How long things take in the simulated day: from the measured usage, on a Lambda function of the template's memory."""

from dataclasses import dataclass

from infra.operate.cost_inputs import stack, usage
from infra.operate.cost_model import seconds

STEP = 0.02
"""Seconds that times are rounded to, so that the document does not change with every measurement."""

HOP = 0.04
"""Seconds from one message of a lane to the next: the poller's delete, its receive, and the call of the function. Assumed."""


@dataclass(frozen=True, slots=True)
class Service:
    """Seconds.

    Attributes:
        ignored: our own work on an event that asks for nothing, with its calls of DynamoDB.
        read: on one whose page is read, without the reading.
        told: what telling adds, without Notion's and Slack's answers.
        notion: one call of Notion.
        slack: one call of Slack.
        hop: between two messages.
    """

    ignored: float
    read: float
    told: float
    notion: float
    slack: float
    hop: float = HOP


def measured() -> Service:
    """As measured and assumed in ``infra/operate/usage.toml``."""
    found, memory = usage(), stack().memory["processor"]

    def own(kind: str) -> float:
        one = {**found.one[kind], "notion_calls": 0.0, "slack_calls": 0.0}
        return max(round(seconds(one, memory, found.assumed) / STEP), 1) * STEP

    read, told = own("event_read"), own("event_told")
    assumed = found.assumed
    return Service(
        ignored=own("event_ignored"),
        read=read,
        told=max(told - read, STEP),
        notion=assumed["ms_notion"] / 1000,
        slack=assumed["ms_slack"] / 1000,
    )
