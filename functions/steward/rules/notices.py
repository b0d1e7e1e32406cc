"""The automations that tell people what happened: assignment (A1), status (A2), lifecycle (A3), schema (A10)."""

from typing import Annotated, Literal

from pydantic import Field

from steward.rules.values import Channel, Name, NotionId, People, Slug, Strict, Switch, Where


class Automation(Strict):
    """What every automation has.

    Attributes:
        name: tells two automations of one kind and data source apart; part of what their effects are known by.
    """

    name: Slug | None = None


class Notice(Automation):
    """An automation that tells a channel.

    Attributes:
        slack: send a message to the channel.
        slack_channel: which one; the data source's, else the default, without.
        urgent: wait for no quiet hours and for no digest.
    """

    slack: Switch = True
    slack_channel: Channel | None = None
    urgent: Switch = False


class PersonalNotice(Notice):
    """An automation that tells a channel and the people whom it concerns.

    Attributes:
        comment: comment on the page.
        direct: send each of them a direct message in Slack, found by their e-mail address.
        email: send each of them an e-mail.
    """

    comment: Switch = True
    direct: Switch = False
    email: Switch = False


class AssignmentRule(PersonalNotice):
    """Tell a person that a task became theirs (A1).

    Attributes:
        kind: which automation it is.
        removed: also tell who is no longer assigned; never by a comment, which would call them back to the page.
    """

    kind: Literal["assignment"]
    removed: Switch = False


class Escalation(Strict):
    """Whom else a status concerns.

    Attributes:
        to: people who are told, by name in the channel's message.
        slack_channel: the channel; the automation's own without.
        direct: also send them a direct message in Slack.
        email: also send them an e-mail.
        urgent: wait for no quiet hours and for no digest.
    """

    to: People = ()
    slack_channel: Channel | None = None
    direct: Switch = True
    email: Switch = False
    urgent: Switch = True


class StatusRule(PersonalNotice):
    """Tell that a task's status changed, and escalate (A2).

    Attributes:
        kind: which automation it is.
        from_: ``from`` in the file: only when the status was one of these; empty is any.
        to: only when the status became one of these; empty is any.
        where: only for pages with these values.
        comment: comment on the page.
        mention: the comment mentions the assignees.
        escalate: whom else to tell when the status became one of ``to``.
    """

    kind: Literal["status"]
    from_: tuple[Name, ...] = Field(default=(), alias="from")
    to: tuple[Name, ...] = ()
    where: Where = Field(default_factory=dict)
    comment: Switch = False
    mention: Switch = True
    escalate: Escalation | None = None


Moment = Literal["created", "updated", "deleted", "undeleted", "moved", "locked", "unlocked"]


class LifecycleRule(Notice):
    """Tell that a page came, went, or was locked (A3).

    Attributes:
        kind: which automation it is.
        on: what to tell of.
        watch: for ``updated``: the roles of which a change is told.
        where: only for pages with these values.
        parent: only for pages that are rows of one of these databases or data sources; empty is any.
    """

    kind: Literal["lifecycle"]
    on: Annotated[tuple[Moment, ...], Field(min_length=1)]
    watch: tuple[Slug, ...] = ()
    where: Where = Field(default_factory=dict)
    parent: tuple[NotionId, ...] = ()


class SchemaRule(Notice):
    """Tell that a change of the properties breaks automations (A10); every data source has it, with these defaults.

    Attributes:
        kind: which automation it is.
    """

    kind: Literal["schema"] = "schema"
