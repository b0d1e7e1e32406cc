"""The automation that reminds of deadlines (A5)."""

from datetime import time
from typing import Annotated, Literal

from pydantic import Field

from steward.rules.notices import PersonalNotice
from steward.rules.values import Channel, LocalTime, Name, Strict, Switch, Where

Days = Annotated[int, Field(strict=True, ge=0, le=365)]


class Overdue(Strict):
    """Who is told of an overdue task after how many days; 0 is never.

    Attributes:
        assignee: its assignees.
        lead: the lead, if one is named.
        channel: the channel.
        slack_channel: which one; the automation's own without.
    """

    assignee: Days = 1
    lead: Days = 3
    channel: Days = 7
    slack_channel: Channel | None = None


class DeadlineRule(PersonalNotice):
    """Remind of tasks that are due or overdue, once a person, task and due date (A5).

    Attributes:
        kind: which automation it is.
        at: local time of day.
        days_before: how many days before the due date; 0 is the day itself.
        working_days_only: remind on working days only; a reminder that falls on another day comes on the last working day
            before it, one of an overdue task on the next working day.
        done: the statuses that end reminding.
        where: only for pages with these values.
        overdue: the ladder for tasks that stay overdue.
    """

    kind: Literal["deadline"]
    at: LocalTime = time(9, 0)
    days_before: Days = 1
    working_days_only: Switch = True
    done: tuple[Name, ...] = ("Done",)
    where: Where = Field(default_factory=dict)
    overdue: Overdue = Overdue()
