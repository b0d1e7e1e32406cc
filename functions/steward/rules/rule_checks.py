"""What has to fit within one automation, and between it and its data source."""

from collections.abc import Iterator
from dataclasses import replace

from steward.rules.creation import OnCreationRule
from steward.rules.deadline import DeadlineRule
from steward.rules.document import Rules
from steward.rules.mirror import MirrorRule
from steward.rules.mistakes import Mistake
from steward.rules.nearest import hint, nearest
from steward.rules.notices import LifecycleRule, PersonalNotice, StatusRule
from steward.rules.options import Place
from steward.rules.source import AnyRule, DataSource, Properties
from steward.rules.sync import SyncRule
from steward.rules.uses import Use, uses


def mistakes_in(rules: Rules, source: DataSource, rule: AnyRule, at: Place, number: int) -> Iterator[Mistake]:
    """Every mistake of one automation.

    Args:
        rules: the whole file.
        source: whose automation it is.
        rule: the automation.
        at: the place of the data source.
        number: which automation of it, from 0.
    """
    here: Place = (*at, "automation", number)
    for mistake in _within(rule):
        lacks = tuple((*here, *place) for place in mistake.lacks)
        yield replace(mistake, place=(*here, *mistake.place), lacks=lacks)
    for mistake in _around(rules, source, rule, at):
        yield replace(mistake, place=(*here, *mistake.place))
    wanted: set[tuple[str | None, str]] = set()
    for use in uses(source, rule):
        if (use.source, use.role) not in wanted:
            wanted.add((use.source, use.role))
            yield from _role(rules, source, rule, use, at, number)


def _role(
    rules: Rules, source: DataSource, rule: AnyRule, use: Use, at: Place, number: int
) -> Iterator[Mistake]:
    other = source if use.source is None else rules.source_named(use.source)
    if other is None or use.role in other.properties.roles():
        return
    here: Place = (*at, "automation", number)
    place = at if other is source else ("data_source", rules.data_source.index(other))
    lacks = ((*place, "properties", use.role),)
    if use.role in Properties.model_fields:
        near = nearest(use.role, other.properties.model_extra or ())
        text = (
            f"the {rule.kind} automation needs properties.{use.role}"
            + (f" of {other.name!r}" if other is not source else "")
            + f', e.g. {use.role} = "{use.role.capitalize()}"'
            + (f", or {use.instead}" if use.instead else "")
            + (f"; did you mean it by {near[0]!r}?" if near else "")
        )
        yield Mistake(here, text, lacks)
    else:
        text = (
            f"no property has the role {use.role!r}; {hint(use.role, other.properties.roles())}, "
            f'or add {use.role} = "…" to the properties'
        )
        yield Mistake((*here, *use.at), text.replace("?, or", "? Or"), lacks)


def _within(rule: AnyRule) -> Iterator[Mistake]:
    match rule:
        case StatusRule():
            yield from _status(rule)
        case LifecycleRule():
            yield from _lifecycle(rule)
        case OnCreationRule():
            yield from _creation(rule)
        case DeadlineRule():
            yield from _ladder(rule)
        case SyncRule():
            yield from _one_to_one(rule)
        case MirrorRule():
            yield from _one_to_one(rule)
            yield from _columns(rule)
        case _:
            pass


def _status(rule: StatusRule) -> Iterator[Mistake]:
    if rule.escalate and not rule.to:
        yield Mistake(("escalate",), 'say which statuses escalate, e.g. to = ["Blocked"]', (("to",),))
    if rule.to and set(rule.from_) == set(rule.to) and len(set(rule.to)) == 1:
        yield Mistake(("from",), f"a status does not change from {rule.to[0]!r} to itself")


def _lifecycle(rule: LifecycleRule) -> Iterator[Mistake]:
    if "updated" in rule.on and not rule.watch:
        yield Mistake(("on",), '"updated" needs watch, e.g. watch = ["status"]', (("watch",),))
    if rule.watch and "updated" not in rule.on:
        yield Mistake(("watch",), 'has no meaning without "updated" in on', (("on",),))


def _ladder(rule: DeadlineRule) -> Iterator[Mistake]:
    rungs = {name: getattr(rule.overdue, name) for name in ("assignee", "lead", "channel")}
    climbed = [days for days in rungs.values() if days]
    if climbed != sorted(climbed):
        steps = ", ".join(f"{name} {days}" for name, days in rungs.items())
        yield Mistake(("overdue",), f"the lead is told after the assignee, the channel last; here: {steps}")


def _creation(rule: OnCreationRule) -> Iterator[Mistake]:
    if rule.assign is None and not rule.categorise and not rule.welcome:
        text = "does nothing; say what: assign, categorise or welcome"
        yield Mistake((), text, (("assign",), ("categorise",), ("welcome",)))
    if rule.assign is not None:
        if not rule.assign.people and not rule.assign.round_robin:
            yield Mistake(("assign",), "assigns nobody; name people or round_robin", _ASSIGNED)
        if rule.assign.people and rule.assign.by is None:
            text = "people needs by: the role whose value decides"
            yield Mistake(("assign",), text, (("assign", "by"),))
        if rule.assign.by is not None and not rule.assign.people:
            yield Mistake(("assign", "by"), "has no meaning without people", (("assign", "people"),))
    for n, category in enumerate(rule.categorise):
        for role in category.values:
            if role in ("title", "assignee", "due"):
                instead = "; use assign" if role == "assignee" else ""
                yield Mistake(
                    ("categorise", n, "set", role), f"sets only selects, multi-selects and statuses{instead}"
                )


def _columns(rule: MirrorRule) -> Iterator[Mistake]:
    names = [column.name for column in rule.columns]
    roles = [column.role for column in rule.columns]
    for n, column in enumerate(rule.columns):
        if column.name in names[:n]:
            yield Mistake(("columns", n, "name"), f"there is a column {column.name!r} already")
        if column.role in roles[:n] or column.role in ("title", "status"):
            text = f"the role {column.role!r} has a column already, and two could say two things"
            yield Mistake(("columns", n, "role"), text)


def _one_to_one(rule: SyncRule | MirrorRule) -> Iterator[Mistake]:
    back: dict[str, str] = {}
    for ours, theirs in rule.options.items():
        if theirs in back:
            text = f"{back[theirs]!r} leads to {theirs!r}, too; the way back has to be clear"
            yield Mistake(("options", ours), text)
        back.setdefault(theirs, ours)


def _around(rules: Rules, source: DataSource, rule: AnyRule, at: Place) -> Iterator[Mistake]:
    if isinstance(rule, PersonalNotice) and rule.email and rules.email is None:
        yield Mistake(("email",), _NO_EMAIL, (("email",),))
    if isinstance(rule, StatusRule) and rule.escalate and rule.escalate.email and rules.email is None:
        yield Mistake(("escalate", "email"), _NO_EMAIL, (("email",),))
    if isinstance(rule, DeadlineRule) and _asks_for_lead(rule) and rules.lead_for(source) is None:
        text = 'no lead is named; add lead = "…" to the data source or at the top'
        yield Mistake(("overdue", "lead"), text, (("lead",), (*at, "lead")))
    if isinstance(rule, MirrorRule):
        yield from _one_table(rules, source, rule)
    if isinstance(rule, SyncRule):
        yield from _other_side(rules, source, rule)


def _asks_for_lead(rule: DeadlineRule) -> bool:
    """The ladder's default includes a lead for whoever has one; written down, it is a wish."""
    return rule.overdue.lead > 0 and "lead" in rule.overdue.model_fields_set


def _one_table(rules: Rules, source: DataSource, rule: MirrorRule) -> Iterator[Mistake]:
    """All data sources share one table, and a page is one row of it."""
    if source.of_kind(MirrorRule)[0] is not rule:
        yield Mistake((), "this data source has a mirror already; name all columns in one")
    earlier = rules.data_source[: rules.data_source.index(source)]
    types = {
        column.name: (column.type, other.name)
        for other in earlier
        for one in other.of_kind(MirrorRule)
        for column in one.columns
    }
    for n, column in enumerate(rule.columns):
        kind, name = types.get(column.name, (column.type, ""))
        if kind != column.type:
            text = f"is {kind} for {name!r}; one table has one type for it: write {kind!r} or another name"
            yield Mistake(("columns", n, "type"), text)


def _other_side(rules: Rules, source: DataSource, rule: SyncRule) -> Iterator[Mistake]:
    other = rules.source_named(rule.data_source)
    if other is None:
        names = [one.name for one in rules.data_source if one is not source]
        text = f"unknown data source {rule.data_source!r}; {hint(rule.data_source, names)}"
        yield Mistake(("data_source",), text, (("data_source",),))
    elif other is source:
        yield Mistake(("data_source",), "is this data source itself; name the other side")
    elif rules.data_source.index(other) < rules.data_source.index(source) and any(
        back.data_source == source.name for back in other.of_kind(SyncRule)
    ):
        text = f"{other.name!r} keeps itself in step with this one already; one sync works in both directions"
        yield Mistake(("data_source",), text)


_NO_EMAIL = 'needs [email] with a sender, e.g. sender = "steward@example.com"'
_ASSIGNED = (("assign", "people"), ("assign", "round_robin"))
