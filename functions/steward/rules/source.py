"""A Notion data source in the rules file: what its properties mean, and its automations."""

from datetime import date
from typing import Annotated, TypeVar

from pydantic import ConfigDict, Field

from steward.rules.calendar import QuietHours
from steward.rules.creation import OnCreationRule
from steward.rules.deadline import DeadlineRule
from steward.rules.mirror import MirrorRule
from steward.rules.notices import AssignmentRule, Automation, LifecycleRule, SchemaRule, StatusRule
from steward.rules.sync import SyncRule
from steward.rules.values import Channel, Day, Name, NotionId, Person, Slug, Strict, TimeZone, Weekday

MAIN = "main"
"""The name of the connection whose token is ``token`` in the Notion secret."""

AnyRule = (
    AssignmentRule
    | StatusRule
    | LifecycleRule
    | OnCreationRule
    | DeadlineRule
    | SyncRule
    | MirrorRule
    | SchemaRule
)
_Rule = TypeVar("_Rule", bound=Automation)


class Properties(Strict):
    """Role → the property that plays it, by its name or its property id.

    Attributes:
        title: the page's title; every data source has it under this id.
        assignee: a people property: whose task it is.
        status: a status or select property.
        due: a date property.
    """

    # Any further role is a team's own; checks.py refuses those that look misspelt.
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Name] = Field(init=False)

    title: Name = "title"
    assignee: Name | None = None
    status: Name | None = None
    due: Name | None = None

    def roles(self) -> dict[str, str]:
        """Every role that is mapped → name or id of its property."""
        known = {role: getattr(self, role) for role in type(self).model_fields}
        return {role: name for role, name in known.items() if name is not None} | dict(
            self.__pydantic_extra__ or {}
        )

    def of(self, role: str) -> str | None:
        """Name or id of the property that plays a role, or None."""
        return self.roles().get(role)


class DataSource(Strict):
    """One Notion data source and what happens on its pages.

    Attributes:
        name: for people, and part of what effects are known by.
        id: of the data source in Notion.
        connection: the name of the Notion connection that reads and writes it.
        properties: which property plays which role.
        slack_channel: where its messages go; the default channel without.
        lead: who answers for it; the file's without, and the same for the four below.
        time_zone: of its people.
        working_days: of its people.
        holidays: of its people.
        quiet_hours: of its people.
        automation: what happens on its pages.
    """

    name: Name
    id: NotionId
    connection: Slug = MAIN
    properties: Properties = Properties()
    slack_channel: Channel | None = None
    lead: Person | None = None
    time_zone: TimeZone | None = None
    working_days: Annotated[tuple[Weekday, ...], Field(min_length=1)] | None = None
    holidays: tuple[Day, ...] | None = None
    quiet_hours: QuietHours | None = None
    automation: tuple[Annotated[AnyRule, Field(discriminator="kind")], ...] = ()

    def of_kind(self, kind: type[_Rule]) -> tuple[_Rule, ...]:
        """Its automations of one kind, in the file's order."""
        return tuple(rule for rule in self.automation if isinstance(rule, kind))

    def rule_id(self, rule: AnyRule) -> str:
        """What a rule of it is known by in effects and the journal: ``Tasks/assignment``, ``Tasks/status:blocked``.

        It depends on nothing but the rule itself, so that moving it or adding another one changes no effect's id.
        """
        return f"{self.name}/{rule.kind}" + (f":{rule.name}" if rule.name else "")

    @property
    def schema_watch(self) -> SchemaRule:
        """How a change of its schema is told: as the file says, else with the defaults."""
        return next(iter(self.of_kind(SchemaRule)), SchemaRule())

    def holidays_or(self, default: tuple[date, ...]) -> tuple[date, ...]:
        """Its holidays; an empty list is none, not the default."""
        return default if self.holidays is None else self.holidays
