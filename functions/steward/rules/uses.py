"""What an automation needs of its data source: roles, types of property, options.

One answer for everybody who asks: the check of the file (is the role mapped?), the check against the live schema (has the
property the type, and the option?), and whoever wants to know which properties a change of concerns Steward.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from steward.rules.creation import OnCreationRule
from steward.rules.deadline import DeadlineRule
from steward.rules.document import Rules
from steward.rules.mirror import TYPES, MirrorRule
from steward.rules.notices import AssignmentRule, LifecycleRule, SchemaRule, StatusRule
from steward.rules.options import Place
from steward.rules.source import AnyRule, DataSource
from steward.rules.sync import SyncRule
from steward.rules.values import Where

ROLE_TYPES = {
    "title": ("title",),
    "assignee": ("people",),
    "status": ("status", "select"),
    "due": ("date",),
}
"""The types of property that can play the known roles."""

OPTION_TYPES = ("select", "status", "multi_select")
"""Types whose values are options of the schema."""


@dataclass(frozen=True, slots=True)
class Use:
    """One thing that an automation needs.

    Attributes:
        role: of the property.
        at: the option that asks, within the automation, e.g. ``("where", "priority")``; empty: the kind itself.
        types: of the property that will do; empty: those of the role, or any.
        options: that the property must have when it has options at all.
        instead: what to write when the role is not wanted, or "".
        source: the name of another data source that is meant, or None.
    """

    role: str
    at: Place = ()
    types: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    instead: str = ""
    source: str | None = None


def uses(source: DataSource, rule: AnyRule) -> Iterator[Use]:
    """Everything that a rule of this data source needs."""
    match rule:
        case AssignmentRule():
            yield Use("assignee")
        case StatusRule():
            yield from _status(rule)
        case LifecycleRule():
            yield from (Use(role, ("watch", n)) for n, role in enumerate(rule.watch))
            yield from _where(rule.where)
        case OnCreationRule():
            yield from _on_creation(rule)
        case DeadlineRule():
            yield from _deadline(source, rule)
        case SyncRule():
            yield from _sync(rule)
        case MirrorRule():
            yield from _mirror(source, rule)
        case SchemaRule():
            pass


def roles_used(source: DataSource) -> frozenset[str]:
    """The roles of this data source's own properties that its automations look at or write."""
    found = (use for rule in source.automation for use in uses(source, rule))
    return frozenset(use.role for use in found if use.source in (None, source.name))


def roles_watched(source: DataSource, rules: Rules) -> frozenset[str]:
    """The same, with what the automations of other data sources need of this one."""
    others = (one for one in rules.data_source if one is not source)
    found = (use for one in others for rule in one.automation for use in uses(one, rule))
    return roles_used(source) | {use.role for use in found if use.source == source.name}


def _where(where: Where, *at: str | int) -> Iterator[Use]:
    for role, values in where.items():
        yield Use(role, (*at, "where", role), options=values)


def _status(rule: StatusRule) -> Iterator[Use]:
    yield Use("status")
    if rule.from_:
        yield Use("status", ("from",), options=rule.from_)
    if rule.to:
        yield Use("status", ("to",), options=rule.to)
    if rule.comment and rule.mention:
        yield Use("assignee", ("comment",), instead="mention = false")
    for way in ("direct", "email"):
        if getattr(rule, way):
            yield Use("assignee", (way,), instead=f"{way} = false")
    yield from _where(rule.where)


def _on_creation(rule: OnCreationRule) -> Iterator[Use]:
    if rule.assign:
        yield Use("assignee", ("assign",))
        if rule.assign.by:
            yield Use(rule.assign.by, ("assign", "by"), options=tuple(rule.assign.people))
    for n, category in enumerate(rule.categorise):
        yield from _where(category.where, "categorise", n)
        for role, values in category.values.items():
            types: Iterable[str] = OPTION_TYPES if len(values) == 1 else ("multi_select",)
            yield Use(role, ("categorise", n, "set", role), tuple(types), values)
    for n, welcome in enumerate(rule.welcome):
        yield from _where(welcome.where, "welcome", n)


def _deadline(source: DataSource, rule: DeadlineRule) -> Iterator[Use]:
    yield Use("due")
    yield Use("assignee")
    # Without a status nothing is ever done, which is a choice; done = [...] written down is not that choice.
    if source.properties.status is not None or "done" in rule.model_fields_set:
        yield Use("status", ("done",), options=rule.done)
    yield from _where(rule.where)


def _mirror(source: DataSource, rule: MirrorRule) -> Iterator[Use]:
    yield Use("title")
    # Without a status nothing is shown of it, which is a choice; options written down are not that choice.
    if source.properties.status is not None or rule.options:
        yield Use("status", ("options",), options=tuple(rule.options))
    for n, column in enumerate(rule.columns):
        yield Use(column.role, ("columns", n, "role"), TYPES[column.type])


def _sync(rule: SyncRule) -> Iterator[Use]:
    yield Use("status", ("options",), options=tuple(rule.options))
    yield Use(rule.link, ("link",), ("url", "rich_text"))
    yield Use(
        "status", ("options",), options=tuple(dict.fromkeys(rule.options.values())), source=rule.data_source
    )
